package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/**
 * The online filterbank: second-order IIR band-pass filters with geometrically spaced centres, rectified, integrated over
 * bins, compressed, levelled, normalised (source 2, "Filterbank": 16 IIR peak filters from 97.6 Hz to 15.9 kHz). Q,
 * rectifier and scaling of the real chip are not public, so they are parameters here.
 *
 * @param filters number of filters before those too high are dropped
 * @param firstCentreHz centre of the lowest filter
 * @param lastCentreHz centre of the highest filter
 * @param centreLimit a filter is kept if its centre is below this fraction of the sampling rate (0.5 is Nyquist)
 * @param q centre frequency over bandwidth
 * @param binSamples samples per bin; 128 at 16 kHz is 8 ms
 * @param adaptiveGain online levelling between compression and normaliser, or null for none
 * @param normaliser fixed normalisation, or null for none (while its numbers are being measured)
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

    /** How the coefficients are made: a peak filter (scipy's iirpeak) or a first-order Butterworth band-pass. */
    public enum Design {
        PEAK,
        BUTTERWORTH
    }

    /** max(y, 0) or |y|. */
    public enum Rectifier {
        HALF,
        FULL
    }

    /** What a bin holds of its rectified samples. */
    public enum Integration {
        MEAN,
        SUM
    }

    /** Applied to each bin. */
    public enum Compression {
        LINEAR,
        SQUARE_ROOT,
        CUBE_ROOT
    }

    /** The source's filterbank at 16 kHz with 8 ms bins, without normaliser. */
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

    /** Centre of filter {@code index} in Hz, whether or not it is kept. */
    public double centreHz(int index) {
        return firstCentreHz * Math.pow(lastCentreHz / firstCentreHz, index / (double) (filters - 1));
    }

    @Override
    public int width() {
        int kept = 0;
        for (int i = 0; i < filters; i++) {
            if (centreHz(i) < centreLimit * sampleRateHz) {
                kept++;
            }
        }
        return kept;
    }

    @Override
    public int stepSamples() {
        return binSamples;
    }
}
