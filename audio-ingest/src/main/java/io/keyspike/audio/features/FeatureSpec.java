package io.keyspike.audio.features;

/**
 * What turns sound into the steps that a network sees. A spec is a description, free of state; it travels inside the
 * model file, so that a model always hears what it was trained on.
 */
public sealed interface FeatureSpec permits FilterbankSpec, LogMelSpec {

    /** Rate in Hz that the samples must have. */
    int sampleRateHz();

    /** Values per step: the network's input width. */
    int width();

    /** Samples between two steps. */
    int stepSamples();

    /** Seconds between two steps: the network's time step. */
    default double stepSeconds() {
        return (double) stepSamples() / sampleRateHz();
    }
}
