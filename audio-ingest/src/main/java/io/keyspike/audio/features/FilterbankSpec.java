package io.keyspike.audio.features;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The online filterbank: second-order IIR band-pass filters with geometrically spaced centres, rectified, integrated over
 * bins, compressed, levelled, normalised (source 2, "Filterbank": 16 IIR peak filters from 97.6 Hz to 15.9 kHz). Q,
 * rectifier and scaling of the real chip are not public, so they are parameters here.
 *
 * <p>The values pass in this order: band-pass, rectifier, integration, compression, adaptive gain, normaliser.
 *
 * @param sampleRateHz rate in Hz that the samples must have
 * @param filters number of filters before those too high are dropped, 1 to {@link #MAXIMUM_FILTERS}
 * @param firstCentreHz centre of the lowest filter in Hz
 * @param lastCentreHz centre of the highest filter in Hz
 * @param centreLimit a filter is kept if its centre is below this fraction of the sampling rate (0.5 is Nyquist)
 * @param design how the filters' coefficients are computed
 * @param q centre frequency over bandwidth
 * @param rectifier what becomes of a filter's negative output
 * @param integration what a bin holds of its rectified samples
 * @param binSamples samples per bin; 128 at 16 kHz is 8 ms
 * @param compression applied to each bin's value
 * @param adaptiveGain online levelling between compression and normaliser, or null for none
 * @param normaliser fixed normalisation, or null for none (while its statistics are being measured)
 */
public record FilterbankSpec(
        int sampleRateHz,
        int filters,
        double firstCentreHz,
        double lastCentreHz,
        double centreLimit,
        Design design,
        double q,
        Rectifier rectifier,
        Integration integration,
        int binSamples,
        Compression compression,
        @Nullable AdaptiveGain adaptiveGain,
        @Nullable Normaliser normaliser)
        implements FeatureSpec {

    /** Most filters a spec may ask for; a limit on what a model file can make a service allocate. */
    public static final int MAXIMUM_FILTERS = 1_024;

    // Wider than anything of use; beyond, coefficients underflow and filters ring for hours.
    private static final double LEAST_Q = 0.01;
    private static final double MOST_Q = 1_000;
    private static final double LOWEST_CENTRE_HZ = 0.1;
    private static final double HIGHEST_CENTRE_HZ = 1e6;

    /** How the coefficients are made: a peak filter (scipy's iirpeak) or a first-order Butterworth band-pass. */
    public enum Design {
        /** Peak filter, as scipy's iirpeak. */
        PEAK,
        /** First-order Butterworth band-pass. */
        BUTTERWORTH
    }

    /** max(y, 0) or |y|. */
    public enum Rectifier {
        /** max(y, 0). */
        HALF,
        /** |y|. */
        FULL
    }

    /** What a bin holds of its rectified samples. */
    public enum Integration {
        /** Their mean. */
        MEAN,
        /** Their sum. */
        SUM
    }

    /** Applied to each bin. */
    public enum Compression {
        /** None. */
        LINEAR,
        /** Square root. */
        SQUARE_ROOT,
        /** Cube root. */
        CUBE_ROOT
    }

    /**
     * Checks that the values fit together.
     *
     * @throws IllegalArgumentException in one sentence, if the values do not fit together
     */
    public FilterbankSpec {
        SpecChecks.sampleRate("filterbank", sampleRateHz);
        SpecChecks.range("filterbank", "filters", filters, 1, MAXIMUM_FILTERS);
        SpecChecks.range("filterbank", "bin samples", binSamples, 1, sampleRateHz);
        SpecChecks.above("filterbank", "first centre in Hz", firstCentreHz, 0);
        if (filters > 1) {
            SpecChecks.above("filterbank", "last centre in Hz", lastCentreHz, firstCentreHz);
        }
        SpecChecks.above("filterbank", "centre limit", centreLimit, 0);
        if (centreLimit > 0.5) {
            throw new IllegalArgumentException(
                    "filterbank: expected a centre limit of at most 0.5 (Nyquist), found " + centreLimit);
        }
        SpecChecks.above("filterbank", "q", q, 0);
        SpecChecks.within("filterbank", "q", q, LEAST_Q, MOST_Q);
        SpecChecks.within("filterbank", "first centre in Hz", firstCentreHz, LOWEST_CENTRE_HZ, HIGHEST_CENTRE_HZ);
        if (filters > 1) {
            SpecChecks.within("filterbank", "last centre in Hz", lastCentreHz, LOWEST_CENTRE_HZ, HIGHEST_CENTRE_HZ);
        }
        if (firstCentreHz >= centreLimit * sampleRateHz) {
            throw new IllegalArgumentException("filterbank: expected the lowest centre below "
                    + centreLimit * sampleRateHz + " Hz at " + sampleRateHz + " Hz, found " + firstCentreHz + " Hz");
        }
        SpecChecks.channels(
                "filterbank", normaliser, keptOf(sampleRateHz, filters, firstCentreHz, lastCentreHz, centreLimit));
    }

    /**
     * The source's filterbank at 16 kHz with 8 ms bins, without normaliser.
     *
     * @return a spec that keeps those of its 16 filters whose centres lie below 8 kHz
     */
    public static FilterbankSpec standard() {
        return new FilterbankSpec(
                16_000,
                16,
                97.6,
                15_900,
                0.5,
                Design.PEAK,
                3.0,
                Rectifier.FULL,
                Integration.MEAN,
                128,
                Compression.LINEAR,
                null,
                null);
    }

    @Override
    public String kind() {
        return "filterbank";
    }

    @Override
    public String channelsName() {
        return "Filterbank";
    }

    @Override
    public double channelHz(int channel) {
        return centreHz(Objects.checkIndex(channel, channels()));
    }

    @Override
    public int channels() {
        return width();
    }

    /** The spec itself: a step is one frame. */
    @Override
    public FilterbankSpec withoutContext() {
        return this;
    }

    @Override
    public FilterbankSpec withNormaliser(@Nullable Normaliser newNormaliser) {
        return new FilterbankSpec(
                sampleRateHz,
                filters,
                firstCentreHz,
                lastCentreHz,
                centreLimit,
                design,
                q,
                rectifier,
                integration,
                binSamples,
                compression,
                adaptiveGain,
                newNormaliser);
    }

    /**
     * Centres are spaced geometrically from {@code firstCentreHz} to {@code lastCentreHz}.
     *
     * @param index of the filter, 0 to {@code filters − 1}, whether or not it is kept
     * @return its centre frequency in Hz
     */
    public double centreHz(int index) {
        return centre(index, filters, firstCentreHz, lastCentreHz);
    }

    /** Filters that are kept: those whose centre lies below {@code centreLimit · sampleRateHz}. */
    @Override
    public int width() {
        return keptOf(sampleRateHz, filters, firstCentreHz, lastCentreHz, centreLimit);
    }

    @Override
    public int stepSamples() {
        return binSamples;
    }

    private static double centre(int index, int filters, double firstHz, double lastHz) {
        return index == 0 ? firstHz : firstHz * StrictMath.pow(lastHz / firstHz, index / (double) (filters - 1));
    }

    private static int keptOf(int rateHz, int filters, double firstHz, double lastHz, double limit) {
        int kept = 0;
        while (kept < filters && centre(kept, filters, firstHz, lastHz) < limit * rateHz) {
            kept++;
        }
        return kept;
    }
}
