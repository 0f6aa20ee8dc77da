package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/**
 * Describes how audio becomes the feature steps that are a network's input. A spec is a stateless description stored in the
 * model file, so a model always gets the features it was trained on.
 */
public sealed interface FeatureSpec permits FilterbankSpec, LogMelSpec {

    /** {@return the rate in Hz that the samples must have} */
    int sampleRateHz();

    /** {@return the number of values per step: the network's input width} */
    int width();

    /** {@return its name in model files, {@code filterbank} or {@code log-mel}} */
    String kind();

    /**
     * Frequency channels of one frame. A step may hold several frames, see {@link #width}.
     *
     * @return the number of filters kept, or of mel bands
     */
    int channels();

    /**
     * What a plot of the channels is called.
     *
     * @return {@code Filterbank}, {@code Log-mel bands} or {@code Mel bands (PCEN)}
     */
    String channelsName();

    /**
     * Where a channel lies on the axis of frequency.
     *
     * @param channel 0, the lowest, to {@link #channels} − 1
     * @return centre of the filter, or peak of the mel band, in Hz
     * @throws IndexOutOfBoundsException if there is no such channel
     */
    double channelHz(int channel);

    /** {@return the fixed normalisation per channel, or null for none (while its numbers are being measured)} */
    @Nullable
    Normaliser normaliser();

    /**
     * The same features with another normaliser, or none.
     *
     * @param newNormaliser for {@link #channels} channels, or null for none
     * @return a copy; this spec is not changed
     * @throws IllegalArgumentException if it is for another number of channels
     */
    FeatureSpec withNormaliser(@Nullable Normaliser newNormaliser);

    /** {@return the same features with one frame per step, so that {@code width() == channels()}} */
    FeatureSpec withoutContext();

    /** {@return the number of samples between two steps} */
    int stepSamples();

    /** {@return the seconds between two steps: the network's time step} */
    default double stepSeconds() {
        return (double) stepSamples() / sampleRateHz();
    }
}
