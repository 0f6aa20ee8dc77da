package io.keyspike.trainer.common;

/** Confidence interval of a proportion. */
public record Interval(double low, double high) {
    /** Two-sided 95 % quantile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    /** Wilson's 95 % score interval (Wilson 1927); [0, 1] of nothing. */
    public static Interval wilson95(long correct, long total) {
        if (correct < 0 || total < correct) {
            throw new IllegalArgumentException(
                    "interval: expected 0 <= correct <= total, found " + correct + " of " + total);
        }
        if (total == 0) {
            return new Interval(0, 1);
        }
        double n = total;
        double p = correct / n;
        double centre = p + Z * Z / (2 * n);
        double half = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        double scale = 1 + Z * Z / n;
        return new Interval(Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale));
    }
}
