package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.BatchNorm;

/**
 * Batch normalisation of currents as plain loops (Ioffe and Szegedy 2015). Sums over rows are taken in blocks of
 * {@link #BLOCK_ROWS} rows: ascending within a block, then block after block; this rounds less than one long sum, and the
 * blocks can be given to threads without changing a bit. Unchecked.
 */
public final class ScalarNormalisation {

    public static final int BLOCK_ROWS = 128;

    private ScalarNormalisation() {}

    /** 1/√(variance + ε), in single precision throughout. */
    public static float inverseDeviation(float variance, float epsilon) {
        return 1f / (float) Math.sqrt(variance + epsilon);
    }

    static void forward(BatchNorm norm, float[] x, float[] shift, float[] y) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        float[] variance = norm.variance();
        for (int n = 0; n < neurons; n++) {
            float m = sum(rows, neurons, n, x) / rows;
            mean[n] = m;
            float v = sumOfSquares(rows, neurons, n, x, m) / rows;
            variance[n] = v;
            float scale = norm.gain()[n] * inverseDeviation(v, norm.epsilon());
            for (int r = 0; r < rows; r++) {
                y[r * neurons + n] = (x[r * neurons + n] - m) * scale + shift[n];
            }
        }
    }

    /** With x̂ = (x − mean)·inverse: dx = gain·inverse·((dy − mean of dy) − x̂·mean of dy·x̂). */
    static void backward(
            BatchNorm norm, float[] x, float[] dy, float[] dx, float[] gainGradient, float[] shiftGradient) {
        int rows = norm.rows();
        int neurons = norm.neurons();
        float[] mean = norm.mean();
        for (int n = 0; n < neurons; n++) {
            float inverse = inverseDeviation(norm.variance()[n], norm.epsilon());
            float plain = sum(rows, neurons, n, dy);
            float along = sumAlong(rows, neurons, n, x, mean[n], inverse, dy);
            shiftGradient[n] += plain;
            gainGradient[n] += along;
            float meanPlain = plain / rows;
            float meanAlong = along / rows;
            float scale = norm.gain()[n] * inverse;
            for (int r = 0; r < rows; r++) {
                int at = r * neurons + n;
                float normal = (x[at] - mean[n]) * inverse;
                dx[at] = ((dy[at] - meanPlain) - normal * meanAlong) * scale;
            }
        }
    }

    private static float sum(int rows, int neurons, int n, float[] x) {
        float total = 0f;
        for (int from = 0; from < rows; from += BLOCK_ROWS) {
            float block = 0f;
            for (int r = from; r < Math.min(rows, from + BLOCK_ROWS); r++) {
                block += x[r * neurons + n];
            }
            total += block;
        }
        return total;
    }

    private static float sumOfSquares(int rows, int neurons, int n, float[] x, float mean) {
        float total = 0f;
        for (int from = 0; from < rows; from += BLOCK_ROWS) {
            float block = 0f;
            for (int r = from; r < Math.min(rows, from + BLOCK_ROWS); r++) {
                float d = x[r * neurons + n] - mean;
                block = Math.fma(d, d, block);
            }
            total += block;
        }
        return total;
    }

    private static float sumAlong(int rows, int neurons, int n, float[] x, float mean, float inverse, float[] dy) {
        float total = 0f;
        for (int from = 0; from < rows; from += BLOCK_ROWS) {
            float block = 0f;
            for (int r = from; r < Math.min(rows, from + BLOCK_ROWS); r++) {
                float normal = (x[r * neurons + n] - mean) * inverse;
                block = Math.fma(dy[r * neurons + n], normal, block);
            }
            total += block;
        }
        return total;
    }
}
