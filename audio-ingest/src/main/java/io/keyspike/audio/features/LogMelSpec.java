package io.keyspike.audio.features;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Streaming log-mel energies. Frame {@code k} covers samples {@code [k·hop, k·hop + fftSize)}: causal, no padding. Every
 * {@code strideFrames}-th frame a step is made of the last {@code contextFrames} normalised frames, oldest first; before
 * the stream's start frame 0 stands in. Step {@code j} is frame {@code j·strideFrames}, complete with sample
 * {@code j·strideFrames·hop + fftSize − 1}.
 *
 * @param sampleRateHz rate in Hz that the samples must have
 * @param windowSamples length of the periodic Hann window, at most {@code fftSize}, centred in the FFT's samples
 * @param fftSize samples per transform, a power of two up to {@link #MAXIMUM_FFT_SIZE}
 * @param hopSamples samples between the starts of two frames
 * @param bands triangular mel filters per frame
 * @param lowHz lower edge of the first band in Hz
 * @param highHz upper edge of the last band in Hz, at most half the sampling rate
 * @param melScale scale on which the bands are spaced evenly
 * @param areaNormalised whether each band's triangle has area 1 (over Hz) instead of height 1
 * @param logFloor added before the logarithm ({@code ln(mel + logFloor)}); 1 gives log1p
 * @param pcen per-channel energy normalisation in place of the logarithm, which {@code logFloor} then has no part in, or
 *     null for the logarithm
 * @param contextFrames frames per step
 * @param strideFrames frames between two steps
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
        @Nullable Pcen pcen,
        int contextFrames,
        int strideFrames,
        @Nullable Normaliser normaliser)
        implements FeatureSpec {

    /** Longest transform a spec may ask for; a limit on what a model file can make a service allocate. */
    public static final int MAXIMUM_FFT_SIZE = 65_536;

    /** Most values a step may have. */
    public static final int MAXIMUM_WIDTH = 65_536;

    /** SLANEY: linear below 1 kHz, then logarithmic. HTK: 2595·log10(1 + f/700). */
    public enum MelScale {
        /** Linear below 1 kHz, then logarithmic. */
        SLANEY,
        /** 2595·log10(1 + f/700). */
        HTK
    }

    /**
     * Checks that the values fit together.
     *
     * @throws IllegalArgumentException in one sentence, if the values do not fit together
     */
    public LogMelSpec {
        SpecChecks.sampleRate("log-mel", sampleRateHz);
        SpecChecks.range("log-mel", "FFT size", fftSize, 4, MAXIMUM_FFT_SIZE);
        if (Integer.bitCount(fftSize) != 1) {
            throw new IllegalArgumentException(
                    "log-mel: expected an FFT size that is a power of two, found " + fftSize);
        }
        SpecChecks.range("log-mel", "window samples", windowSamples, 1, fftSize);
        SpecChecks.range("log-mel", "hop samples", hopSamples, 1, sampleRateHz);
        SpecChecks.range("log-mel", "bands", bands, 1, fftSize / 2 + 1);
        SpecChecks.range("log-mel", "context frames", contextFrames, 1, MAXIMUM_WIDTH / bands);
        SpecChecks.range("log-mel", "stride frames", strideFrames, 1, Math.max(1, sampleRateHz / hopSamples));
        if (!(lowHz >= 0) || !(highHz > lowHz) || !(highHz <= sampleRateHz / 2.0)) {
            throw new IllegalArgumentException("log-mel: expected 0 <= low < high <= " + sampleRateHz / 2.0
                    + " Hz, found low " + lowHz + " Hz and high " + highHz + " Hz");
        }
        SpecChecks.above("log-mel", "log floor", logFloor, 0);
        SpecChecks.within("log-mel", "log floor", logFloor, 1e-30, 1e12);
        SpecChecks.channels("log-mel", normaliser, bands);
    }

    /**
     * Log-mel energies with the logarithm.
     *
     * @param sampleRateHz as the record's
     * @param windowSamples as the record's
     * @param fftSize as the record's
     * @param hopSamples as the record's
     * @param bands as the record's
     * @param lowHz as the record's
     * @param highHz as the record's
     * @param melScale as the record's
     * @param areaNormalised as the record's
     * @param logFloor as the record's
     * @param contextFrames as the record's
     * @param strideFrames as the record's
     * @param normaliser as the record's
     * @throws IllegalArgumentException in one sentence, if the values do not fit together
     */
    public LogMelSpec(
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
            @Nullable Normaliser normaliser) {
        this(
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
                null,
                contextFrames,
                strideFrames,
                normaliser);
    }

    /**
     * The features of the shipped twelve-word model, without normaliser.
     *
     * @return a spec of 40 bands and steps of 5 frames, one every 20 ms
     */
    public static LogMelSpec standard() {
        return new LogMelSpec(16_000, 400, 512, 160, 40, 20, 7_600, MelScale.SLANEY, true, 1e-6, 5, 2, null);
    }

    @Override
    public String kind() {
        return "log-mel";
    }

    @Override
    public String channelsName() {
        return pcen == null ? "Log-mel bands" : "Mel bands (PCEN)";
    }

    @Override
    public double channelHz(int channel) {
        return MelBands.peakHz(this, Objects.checkIndex(channel, channels()));
    }

    @Override
    public int channels() {
        return bands;
    }

    @Override
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
                pcen,
                contextFrames,
                strideFrames,
                newNormaliser);
    }

    /**
     * The same features with another compression of the mel energies.
     *
     * @param newPcen per-channel energy normalisation, or null for the logarithm
     * @return a copy; this spec is not changed
     */
    public LogMelSpec withPcen(@Nullable Pcen newPcen) {
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
                newPcen,
                contextFrames,
                strideFrames,
                normaliser);
    }

    /** The same frames, one per step, as a {@link NormaliserFit} measures them. */
    @Override
    public LogMelSpec withoutContext() {
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
                pcen,
                1,
                1,
                normaliser);
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
