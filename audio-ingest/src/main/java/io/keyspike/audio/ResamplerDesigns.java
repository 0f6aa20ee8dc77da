package io.keyspike.audio;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The filters of {@link PolyphaseResampler}, each designed once: the latest are kept, up to {@value #MOST_KEPT} coefficients
 * together, so that a thousand short clips or streams at one rate cost one design. A filter is never written to.
 */
final class ResamplerDesigns {

    /** 8 MiB: dozens of usual pairs of rates. A filter that is longer alone is not kept. */
    private static final long MOST_KEPT = 1L << 21;

    private static final Map<Ratio, float[]> KEPT = new LinkedHashMap<>(16, 0.75f, true);
    private static long kept;

    private ResamplerDesigns() {}

    private record Ratio(int up, int half, double cutoff) {}

    /**
     * A filter of {@code up} phases with {@code 2 * half} taps each.
     *
     * @param cutoff −6 dB point in cycles per input sample
     * @return {@code [up, 2 * half]}, shared
     */
    static float[] of(int up, int half, double cutoff) {
        var ratio = new Ratio(up, half, cutoff);
        float[] known = find(ratio);
        if (known != null) {
            return known;
        }
        float[] taps = design(up, half, cutoff); // not under the lock: a long design must not hold others up
        keep(ratio, taps);
        return taps;
    }

    private static synchronized float @Nullable [] find(Ratio ratio) {
        return KEPT.get(ratio);
    }

    private static synchronized void keep(Ratio ratio, float[] taps) {
        if (taps.length > MOST_KEPT || KEPT.putIfAbsent(ratio, taps) != null) {
            return;
        }
        kept += taps.length;
        var oldest = KEPT.values().iterator();
        while (kept > MOST_KEPT) {
            kept -= oldest.next().length;
            oldest.remove();
        }
    }

    /** {@return coefficients kept now} */
    static synchronized long kept() {
        return kept;
    }

    private static float[] design(int up, int half, double cutoff) {
        int length = 2 * half;
        double beta = 0.1102 * (PolyphaseResampler.STOP_DB - 8.7);
        double unit = bessel(beta);
        float[] taps = new float[up * length];
        double[] row = new double[length];
        for (int p = 0; p < up; p++) {
            double sum = 0;
            for (int k = 0; k < length; k++) {
                double t = k - half + 1 - (double) p / up; // input k's distance from the output
                row[k] = 2 * cutoff * sinc(2 * cutoff * t) * kaiser(t / half, beta, unit);
                sum += row[k];
            }
            for (int k = 0; k < length; k++) {
                taps[p * length + k] = (float) (row[k] / sum); // every phase passes a constant unchanged
            }
        }
        return taps;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x, double beta, double unit) {
        return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / unit;
    }

    /** Modified Bessel function of the first kind, order 0, by its power series. */
    private static double bessel(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= (x / (2 * k)) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
