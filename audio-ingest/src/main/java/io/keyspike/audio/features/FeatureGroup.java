package io.keyspike.audio.features;

/**
 * Several streams of one {@link FeatureExtractor} side by side, each as if it were alone: what one stream's recurrences
 * leave idle, the others use. Holds scratch memory, so it is for one thread; allocates nothing in {@link #consume}.
 */
public interface FeatureGroup {

    /** {@return the number of streams that go together} */
    int size();

    /**
     * Consumes the same number of samples from each stream, stopping right after the sample that completes a step of any of
     * them; {@link FeatureState#stepComplete} tells of which.
     *
     * @param streams {@code [size]}, different ones, made by the extractor's {@link FeatureExtractor#newState}
     * @param samples {@code [size]} of each stream
     * @param from {@code [size]}, first sample of each stream
     * @param limit most samples to take of each
     * @param features {@code [size][width]}, those of streams with a complete step are written
     * @return how many were consumed of each
     */
    int consume(FeatureState[] streams, short[][] samples, int[] from, int limit, float[][] features);
}
