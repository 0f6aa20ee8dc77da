package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/**
 * Describes how audio becomes the feature steps that are a network's input. A spec is a stateless description stored in the
 * model file, so a model always gets the features it was trained on.
 */
public sealed interface FeatureSpec permits FilterbankSpec, LogMelSpec {

    /** Rate in Hz that the samples must have. */
    int sampleRateHz();

    /** Values per step: the network's input width. */
    int width();

    /** Its name in model files: {@code filterbank}, {@code log-mel}. */
    String kind();

    /** Frequency channels of one frame: filters kept, or mel bands. A step may hold several frames, see {@link #width}. */
    int channels();

    /** Fixed normalisation per channel; null for none (while its numbers are being measured). */
    @Nullable
    Normaliser normaliser();

    /**
     * The same features with another normaliser, or none.
     *
     * @throws IllegalArgumentException if it is for another number of channels
     */
    FeatureSpec withNormaliser(@Nullable Normaliser newNormaliser);

    /** The same features with one frame per step, so that {@code width() == channels()}. */
    FeatureSpec withoutContext();

    /** Samples between two steps. */
    int stepSamples();

    /** Seconds between two steps: the network's time step. */
    default double stepSeconds() {
        return (double) stepSamples() / sampleRateHz();
    }
}
