package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/**
 * Streaming log-mel energies. Frame {@code k} covers samples {@code [k·hop, k·hop + fftSize)}: causal, no padding. Every
 * {@code strideFrames}-th frame a step is made of the last {@code contextFrames} normalised frames, oldest first; before
 * the stream's start frame 0 stands in.
 *
 * @param windowSamples length of the periodic Hann window, centred in the FFT's samples
 * @param logFloor added before the logarithm ({@code ln(mel + logFloor)}); 1 gives log1p
 * @param normaliser fixed normalisation per band, or null for none
 */
public record LogMelSpec(
        int sampleRateHz,
        int windowSamples,
        int fftSize,
        int hopSamples,
        int bands,
        double lowHz,
        double highHz,
        MelScale melScale,
        boolean areaNormalised,
        double logFloor,
        int contextFrames,
        int strideFrames,
        @Nullable Normaliser normaliser)
        implements FeatureSpec {

    /** SLANEY: linear below 1 kHz, then logarithmic. HTK: 2595·log10(1 + f/700). */
    public enum MelScale {
        SLANEY,
        HTK
    }

    /** What the shipped twelve-word model hears, without normaliser. */
    public static LogMelSpec standard() {
        return new LogMelSpec(16_000, 400, 512, 160, 40, 20, 7_600, MelScale.SLANEY, true, 1e-6, 5, 2, null);
    }

    public LogMelSpec withNormaliser(@Nullable Normaliser newNormaliser) {
        return new LogMelSpec(
                sampleRateHz,
                windowSamples,
                fftSize,
                hopSamples,
                bands,
                lowHz,
                highHz,
                melScale,
                areaNormalised,
                logFloor,
                contextFrames,
                strideFrames,
                newNormaliser);
    }

    @Override
    public int width() {
        return bands * contextFrames;
    }

    @Override
    public int stepSamples() {
        return hopSamples * strideFrames;
    }
}
