package io.keyspike.kernels.internal.device;

import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.multiplyAdd;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ParallelLoop;

/**
 * Synapses for a device: one thread for each result, which sums in the order that {@link KernelBackend} sets. Unchecked;
 * sizes above 0. Numbers passed as such become constants of the compiled kernel; arrays are never null.
 */
public final class DeviceSynapses {

    private DeviceSynapses() {}

    /** @param bias {@code [outputs]}; zeros where there is none, which gives the same bits */
    public static void dense(int rows, int inputs, int outputs, float[] x, float[] weight, float[] bias, float[] y) {
        for (@ParallelLoop int r = 0; r < rows; r++) {
            for (@ParallelLoop int j = 0; j < outputs; j++) {
                float sum = bias[j];
                for (int i = 0; i < inputs; i++) {
                    sum = multiplyAdd(x[r * inputs + i], weight[i * outputs + j], sum);
                }
                y[r * outputs + j] = sum + 0f;
            }
        }
    }

    public static void denseWeightGradient(int rows, int inputs, int outputs, float[] x, float[] dy, float[] dw) {
        for (@ParallelLoop int i = 0; i < inputs; i++) {
            for (@ParallelLoop int j = 0; j < outputs; j++) {
                float sum = dw[i * outputs + j];
                for (int r = 0; r < rows; r++) {
                    sum = multiplyAdd(x[r * inputs + i], dy[r * outputs + j], sum);
                }
                dw[i * outputs + j] = sum + 0f;
            }
        }
    }

    public static void biasGradient(int rows, int outputs, float[] dy, float[] db) {
        for (@ParallelLoop int j = 0; j < outputs; j++) {
            float sum = db[j];
            for (int r = 0; r < rows; r++) {
                sum += dy[r * outputs + j];
            }
            db[j] = sum;
        }
    }

    public static void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        for (@ParallelLoop int r = 0; r < rows; r++) {
            for (@ParallelLoop int i = 0; i < inputs; i++) {
                float sum = 0f;
                for (int j = 0; j < outputs; j++) {
                    sum = multiplyAdd(dy[r * outputs + j], weight[i * outputs + j], sum);
                }
                dx[r * inputs + i] = sum + 0f;
            }
        }
    }

    /** Forward and, with dy for x, the input's gradient: the same product. */
    public static void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        for (@ParallelLoop int r = 0; r < rows; r++) {
            for (@ParallelLoop int n = 0; n < neurons; n++) {
                y[r * neurons + n] = multiplyAdd(x[r * neurons + n], weight[n], 0f);
            }
        }
    }

    public static void diagonalWeightGradient(int rows, int neurons, float[] x, float[] dy, float[] dw) {
        for (@ParallelLoop int n = 0; n < neurons; n++) {
            float sum = dw[n];
            for (int r = 0; r < rows; r++) {
                sum = multiplyAdd(x[r * neurons + n], dy[r * neurons + n], sum);
            }
            dw[n] = sum;
        }
    }
}
