package io.keyspike.kernels.internal.device;

import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.multiplyAdd;
import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.rounded;

import io.keyspike.kernels.ParallelLoop;
import io.keyspike.kernels.internal.scalar.ScalarNormalisation;

/**
 * Batch normalisation for a device, in the order of {@link ScalarNormalisation}: sums of blocks of
 * {@link ScalarNormalisation#BLOCK_ROWS} rows by one thread each, then the blocks' sums by one thread for each neuron.
 * Unchecked; sizes above 0.
 */
public final class DeviceNormalisation {

    private DeviceNormalisation() {}

    /** Number of blocks that {@code rows} rows make. */
    public static int blocks(int rows) {
        return (rows + ScalarNormalisation.BLOCK_ROWS - 1) / ScalarNormalisation.BLOCK_ROWS;
    }

    /** Σ x of each block: {@code sums[block, n]}. */
    public static void blockSums(int rows, int neurons, int blocks, int blockRows, float[] x, float[] sums) {
        for (@ParallelLoop int block = 0; block < blocks; block++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                float sum = 0f;
                int end = Math.min(rows, (block + 1) * blockRows);
                for (int r = block * blockRows; r < end; r++) {
                    sum += x[r * neurons + n];
                }
                sums[block * neurons + n] = sum;
            }
        }
    }

    /** Σ (x − mean)² of each block. */
    public static void blockSquares(
            int rows, int neurons, int blocks, int blockRows, float[] x, float[] mean, float[] sums) {
        for (@ParallelLoop int block = 0; block < blocks; block++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                float sum = 0f;
                int end = Math.min(rows, (block + 1) * blockRows);
                for (int r = block * blockRows; r < end; r++) {
                    float d = x[r * neurons + n] - mean[n];
                    sum = multiplyAdd(d, d, sum);
                }
                sums[block * neurons + n] = sum;
            }
        }
    }

    /** Σ dy·x̂ of each block. */
    public static void blockProducts(
            int rows,
            int neurons,
            int blocks,
            int blockRows,
            float[] x,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] dy,
            float[] sums) {
        for (@ParallelLoop int block = 0; block < blocks; block++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                float inverse = ScalarNormalisation.inverseDeviation(variance[n], epsilon);
                float sum = 0f;
                int end = Math.min(rows, (block + 1) * blockRows);
                for (int r = block * blockRows; r < end; r++) {
                    float normal = (x[r * neurons + n] - mean[n]) * inverse;
                    sum = multiplyAdd(dy[r * neurons + n], normal, sum);
                }
                sums[block * neurons + n] = sum;
            }
        }
    }

    /** The blocks' sums added up, ascending, divided by the divisor. */
    public static void total(int neurons, int blocks, float divisor, float[] sums, float[] result) {
        for (@ParallelLoop int n = 0; n < neurons; n++) {
            float total = 0f;
            for (int block = 0; block < blocks; block++) {
                total += sums[block * neurons + n];
            }
            result[n] = total / divisor;
        }
    }

    public static void forward(
            int rows,
            int neurons,
            float[] x,
            float[] gain,
            float[] shift,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] y) {
        for (@ParallelLoop int r = 0; r < rows; r++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                float scale = gain[n] * ScalarNormalisation.inverseDeviation(variance[n], epsilon);
                y[r * neurons + n] = rounded((x[r * neurons + n] - mean[n]) * scale) + shift[n];
            }
        }
    }

    /**
     * @param plain Σ dy, {@code [N]}
     * @param along Σ dy·x̂, {@code [N]}
     */
    public static void backward(
            int rows,
            int neurons,
            float[] x,
            float[] gain,
            float epsilon,
            float[] mean,
            float[] variance,
            float[] plain,
            float[] along,
            float[] dy,
            float[] dx) {
        for (@ParallelLoop int r = 0; r < rows; r++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                int at = r * neurons + n;
                float inverse = ScalarNormalisation.inverseDeviation(variance[n], epsilon);
                float normal = (x[at] - mean[n]) * inverse;
                dx[at] = ((dy[at] - plain[n] / rows) - normal * (along[n] / rows)) * (gain[n] * inverse);
            }
        }
    }
}
