package io.keyspike.audio.features;

import io.keyspike.audio.StreamState;

/** One stream's state in a {@link FeatureExtractor}. */
public interface FeatureState extends StreamState {

    /** {@return whether the last {@link FeatureExtractor#consume} completed a step} */
    boolean stepComplete();

    /**
     * Root mean square of the raw samples that arrived since the step before the one just completed. Meaningful when
     * {@link #stepComplete()}.
     *
     * @return the level relative to full scale, 0 to 1
     */
    float stepLevel();
}
