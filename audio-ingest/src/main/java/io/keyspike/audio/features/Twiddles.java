package io.keyspike.audio.features;

/**
 * The factors of a split-radix transform (Yavne 1968; here the conjugate-pair form in passes of four, as in Ooura's FFT package),
 * as JTransforms makes them: a factor found by another formula would differ in its last bit, and so would the features.
 *
 * <p>A transform of N complex numbers is a tree. A plain node of n numbers, with {@code j < m = n/4}, {@code w(j) = e^(2πi·j/n)}
 * and {@code a0 … a3} the four numbers m apart, makes
 *
 * <pre>
 * a0 + a2 + a1 + a3,   a0 + a2 − a1 − a3,   w(j)·(a0 − a2 + i·(a1 − a3)),   w(3j)·(a0 − a2 − i·(a1 − a3))
 * </pre>
 *
 * and its four parts are nodes that are plain, turned, plain and plain. A turned node, of numbers still to be multiplied by
 * {@code e^(2πi·j/4n)}, makes of the sums {@code p, q = a0 ± i·a2} and {@code r, s = a1 ± i·a3}
 *
 * <pre>
 * A·p + B·r,   A·p − B·r,   C·q + D·s,   C·q − D·s
 * </pre>
 *
 * and its parts are plain, turned, plain and turned. The result is in bit-reversed order.
 */
final class Twiddles {
    private static final double QUARTER = Math.PI / 4;

    /** {@code cos(π/4)}: both parts of the factor of an eighth turn, applied to sum and difference. */
    static final double EIGHTH = Math.cos(QUARTER);

    private Twiddles() {}

    /** {@code i / span} of a turn, of a whole number of eighth turns in the double nearest to π/4. */
    private static double angle(int i, int span) {
        return QUARTER * i * (8.0 / span);
    }

    private static double cos(int i, int span) {
        return Math.cos(angle(i, span));
    }

    private static double sin(int i, int span) {
        return Math.sin(angle(i, span));
    }

    private static double cos3(int i, int span) {
        return Math.cos(3 * angle(i, span));
    }

    private static double sin3(int i, int span) {
        return Math.sin(3 * angle(i, span));
    }

    /**
     * Factors of a plain node.
     *
     * @param n its numbers, at least 4
     * @param root whether it is the whole transform: every other factor is then the mean of its neighbours, stretched
     * @return {@code [n/4, 4]}: real and imaginary part of {@code w(j)} and {@code w(3j)}; those of j = 0 and n/8 are not used
     */
    static double[] plain(int n, boolean root) {
        int m = n / 4;
        double[] w = new double[4 * m];
        for (int j = 1; 2 * j < m; j++) {
            double r1;
            double i1;
            double r3;
            double i3;
            if (n == 16) {
                r1 = cos(1, 16);
                i1 = sin(1, 16);
                r3 = i1;
                i3 = r1;
            } else if (!root || j % 2 == 0) {
                r1 = cos(j, n);
                i1 = sin(j, n);
                r3 = cos3(j, n);
                i3 = sin3(j, n);
            } else {
                double stretch1 = 0.5 / cos(1, n);
                double stretch3 = 0.5 / cos3(1, n);
                boolean last = 2 * (j + 1) == m; // whose upper neighbour is the eighth turn
                boolean first = j == 1;
                r1 = stretch1 * ((first ? 1 : cos(j - 1, n)) + (last ? EIGHTH : cos(j + 1, n)));
                i1 = stretch1 * ((first ? 0 : sin(j - 1, n)) + (last ? EIGHTH : sin(j + 1, n)));
                r3 = stretch3 * ((first ? 1 : cos3(j - 1, n)) + (last ? -EIGHTH : cos3(j + 1, n)));
                i3 = stretch3 * ((first ? 0 : sin3(j - 1, n)) + (last ? EIGHTH : sin3(j + 1, n)));
            }
            put(w, j, r1, i1, r3, i3);
            put(w, m - j, i1, r1, -i3, -r3); // π/2 less the angle
        }
        return w;
    }

    /**
     * Factors of a turned node.
     *
     * @param n its numbers, at least 4
     * @return {@code [n/4, 8]}: real and imaginary parts of A, B, C and D; those of j = 0 are not used
     */
    static double[] turned(int n) {
        int m = n / 4;
        int span = 2 * n;
        double[] w = new double[8 * m];
        for (int j = 1; 2 * j < m; j++) {
            int k = m - j;
            double r1 = cos(j, span);
            double i1 = sin(j, span);
            double r3 = cos3(j, span);
            double i3 = sin3(j, span);
            // Of the turn of k, whose cosine is found as the sine of what is left to a quarter turn.
            double rk = n == 16 ? r3 : cos(k, span);
            double ik = n == 16 ? i3 : sin(k, span);
            double rk3 = n == 16 ? -i1 : cos3(k, span);
            double ik3 = n == 16 ? r1 : sin3(k, span);
            put(w, 2 * j, r1, i1, ik, rk);
            put(w, 2 * j + 1, r3, i3, -ik3, -rk3);
            put(w, 2 * k, rk, ik, i1, r1);
            put(w, 2 * k + 1, rk3, ik3, -i3, -r3);
        }
        if (m > 1) {
            double r = cos(1, 16);
            double i = sin(1, 16);
            put(w, m, r, i, i, r);
            put(w, m + 1, i, r, -r, -i);
        }
        return w;
    }

    private static void put(double[] w, int j, double a, double b, double c, double d) {
        w[4 * j] = a;
        w[4 * j + 1] = b;
        w[4 * j + 2] = c;
        w[4 * j + 3] = d;
    }
}
