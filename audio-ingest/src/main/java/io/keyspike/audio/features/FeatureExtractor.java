package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/**
 * A compiled {@link FeatureSpec}: immutable, shared by any number of streams and threads; everything that changes is in
 * the {@link FeatureState}.
 *
 * <p>Law: the steps do not depend on how the samples are split into calls. Nothing is allocated in {@link #consume}.
 *
 * <pre>{@code
 * int at = 0;
 * while (at < count) {
 *     at = extractor.consume(state, samples, at, count, feature);
 *     if (state.stepComplete()) {
 *         network.step(networkState, feature, output);
 *     }
 * }
 * }</pre>
 */
public interface FeatureExtractor {

    /** {@return the spec it was compiled from} */
    FeatureSpec spec();

    /** {@return a new state, at the start of a stream} */
    FeatureState newState();

    /**
     * Consumes samples from {@code from} (inclusive) to {@code to} (exclusive), stopping right after the sample that
     * completes a step.
     *
     * @param state the stream's own, made by {@link #newState}; updated
     * @param samples PCM16 at the spec's rate
     * @param from index of the first sample to consume
     * @param to index after the last one
     * @param feature {@code [width]}, written when a step is complete
     * @return index of the first sample not consumed; {@code to} when all are
     */
    int consume(FeatureState state, short[] samples, int from, int to, float[] feature);

    /**
     * Makes a group that processes several streams in parallel on one thread.
     *
     * @return a new group, or null if that is not faster than one stream after the other
     */
    default @Nullable FeatureGroup newGroup() {
        return null;
    }
}
