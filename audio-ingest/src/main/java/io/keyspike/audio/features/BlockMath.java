package io.keyspike.audio.features;

/** Logarithms and exponentials of many numbers: on vectors where the JVM has them, with the very bits of {@link StrictMath}. */
public final class BlockMath {
    private static final boolean VECTORS = FilterKernel.hasVectors();

    private BlockMath() {}

    /** Whether the JVM has vectors. */
    static boolean hasVectors() {
        return VECTORS;
    }

    /** {@code x[i] = StrictMath.log(x[i])} of the first {@code count}. */
    static void log(double[] x, int count) {
        if (VECTORS) {
            LaneMath.log(x, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            x[i] = StrictMath.log(x[i]);
        }
    }

    /**
     * {@code x[i] = StrictMath.exp(x[i])}.
     *
     * @param x {@code [count]} at least, changed in place
     * @param count how many of them, from the first on
     */
    public static void exp(double[] x, int count) {
        if (VECTORS) {
            LaneMath.exp(x, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            x[i] = StrictMath.exp(x[i]);
        }
    }
}
