package io.keyspike.audio.features;

import io.keyspike.audio.features.LogMelSpec.MelScale;

/**
 * Triangular filters over the bins of a power spectrum, whose corners lie at equal distances on the mel scale and whose
 * sides are straight in Hz; with area normalisation, each is scaled by {@code 2 / (upper corner − lower corner)}. Kept
 * sparse: the bins of a triangle, and its weights.
 */
final class MelBands {
    private static final double SLANEY_HZ_PER_MEL = 200.0 / 3;
    private static final double SLANEY_BREAK_HZ = 1_000;
    private static final double SLANEY_BREAK_MEL = SLANEY_BREAK_HZ / SLANEY_HZ_PER_MEL;
    private static final double SLANEY_LOG_STEP = StrictMath.log(6.4) / 27;

    private final int[] firstBin;
    private final double[][] weight;

    private MelBands(int[] firstBin, double[][] weight) {
        this.firstBin = firstBin;
        this.weight = weight;
    }

    static MelBands of(LogMelSpec spec) {
        int bands = spec.bands();
        double[] corner = new double[bands + 2];
        for (int i = 0; i < corner.length; i++) {
            corner[i] = cornerHz(spec, i);
        }
        int[] firstBin = new int[bands];
        double[][] weight = new double[bands][];
        double hzPerBin = (double) spec.sampleRateHz() / spec.fftSize();
        for (int b = 0; b < bands; b++) {
            int first = (int) Math.ceil(corner[b] / hzPerBin);
            int last = Math.min((int) Math.floor(corner[b + 2] / hzPerBin), spec.fftSize() / 2);
            firstBin[b] = first;
            weight[b] = new double[Math.max(0, last - first + 1)];
            for (int k = first; k <= last; k++) {
                double hz = k * hzPerBin;
                double rising = (hz - corner[b]) / (corner[b + 1] - corner[b]);
                double falling = (corner[b + 2] - hz) / (corner[b + 2] - corner[b + 1]);
                double area = spec.areaNormalised() ? 2 / (corner[b + 2] - corner[b]) : 1;
                weight[b][k - first] = Math.max(0, Math.min(rising, falling)) * area;
            }
        }
        return new MelBands(firstBin, weight);
    }

    /** Corner {@code index} of 0 to bands + 1: band b rises from corner b to b + 1 and falls to b + 2. */
    private static double cornerHz(LogMelSpec spec, int index) {
        double low = toMel(spec.lowHz(), spec.melScale());
        double high = toMel(spec.highHz(), spec.melScale());
        return toHz(low + (high - low) * index / (spec.bands() + 1), spec.melScale());
    }

    /** Where a band has its peak, in Hz. */
    static double peakHz(LogMelSpec spec, int band) {
        return cornerHz(spec, band + 1);
    }

    int count() {
        return weight.length;
    }

    /**
     * Energy in one band.
     *
     * @param power {@code [fftSize / 2 + 1]}
     */
    double energy(int band, double[] power) {
        int first = firstBin[band];
        double[] w = weight[band];
        double sum = 0;
        for (int i = 0; i < w.length; i++) {
            sum += w[i] * power[first + i];
        }
        return sum;
    }

    /** The first bin of a band. */
    int firstBin(int band) {
        return firstBin[band];
    }

    /** The weights of a band's bins, from {@link #firstBin} on; not to be changed. */
    double[] weights(int band) {
        return weight[band];
    }

    /** Weight of bin {@code bin} in band {@code band}. */
    double weight(int band, int bin) {
        int i = bin - firstBin[band];
        return i >= 0 && i < weight[band].length ? weight[band][i] : 0;
    }

    private static double toMel(double hz, MelScale scale) {
        return switch (scale) {
            case HTK -> 2_595 * StrictMath.log10(1 + hz / 700);
            case SLANEY ->
                hz < SLANEY_BREAK_HZ
                        ? hz / SLANEY_HZ_PER_MEL
                        : SLANEY_BREAK_MEL + StrictMath.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
        };
    }

    private static double toHz(double mel, MelScale scale) {
        return switch (scale) {
            case HTK -> 700 * (StrictMath.pow(10, mel / 2_595) - 1);
            case SLANEY ->
                mel < SLANEY_BREAK_MEL
                        ? mel * SLANEY_HZ_PER_MEL
                        : SLANEY_BREAK_HZ * StrictMath.exp(SLANEY_LOG_STEP * (mel - SLANEY_BREAK_MEL));
        };
    }
}
