package io.keyspike.kernels;

import java.util.Arrays;

/** Layers made as wide as {@link StepKernels#block} wants them, without a change in what they do. */
public final class Padding {

    /** No membrane is above it; finite, so that a product with 0 is 0. */
    private static final float NEVER_REACHED = Float.MAX_VALUE;

    private Padding() {}

    /**
     * The smallest multiple of a block that holds {@code count}.
     *
     * @param count a number of at least 0
     * @param block above 0
     * @return the smallest multiple of a block that holds {@code count}
     */
    public static int roundUp(int count, int block) {
        return Math.ceilDiv(count, block) * block;
    }

    /**
     * Adds columns of zeros.
     *
     * @param matrix {@code [rows, columns]}
     * @param rows rows of the input
     * @param columns of the matrix without padding
     * @param padded neurons with padding, at least as many
     * @return {@code [rows, padded]}, zeros in the columns that were added
     */
    public static float[] columns(float[] matrix, int rows, int columns, int padded) {
        float[] wide = new float[rows * padded];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(matrix, row * columns, wide, row * padded, columns);
        }
        return wide;
    }

    static float[] thresholds(float[] thresholds, int neurons) {
        float[] all = Arrays.copyOf(thresholds, neurons);
        Arrays.fill(all, Math.min(thresholds.length, neurons), neurons, NEVER_REACHED);
        return all;
    }
}
