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

    /** The spec it was compiled from. */
    FeatureSpec spec();

    /** A state for the start of a stream. */
    FeatureState newState();

    /**
     * Consumes samples from {@code from} (inclusive) to {@code to} (exclusive), stopping right after the sample that
     * completes a step.
     *
     * @param feature {@code [width]}, written when a step is complete
     * @return index of the first sample not consumed; {@code to} when all are
     */
    int consume(FeatureState state, short[] samples, int from, int to, float[] feature);

    /** A group that processes several streams in parallel; null if that is not faster than one after the other. */
    default @Nullable FeatureGroup newGroup() {
        return null;
    }
}
