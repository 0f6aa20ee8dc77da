package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.KernelBackend;
import org.jspecify.annotations.Nullable;

/**
 * Synapses as plain loops: one accumulator per result, in the order that {@link KernelBackend} sets. Unchecked; primitives
 * and arrays only, so that these methods compile for other devices too.
 */
public final class ScalarSynapses {

    private ScalarSynapses() {}

    public static void dense(
            int rows, int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] y) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < outputs; j++) {
                float sum = bias == null ? 0f : bias[j];
                for (int i = 0; i < inputs; i++) {
                    sum = Math.fma(x[r * inputs + i], weight[i * outputs + j], sum);
                }
                y[r * outputs + j] = sum + 0f;
            }
        }
    }

    static void denseWeightGradient(int rows, int inputs, int outputs, float[] x, float[] dy, float[] dw) {
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < outputs; j++) {
                float sum = dw[i * outputs + j];
                for (int r = 0; r < rows; r++) {
                    sum = Math.fma(x[r * inputs + i], dy[r * outputs + j], sum);
                }
                dw[i * outputs + j] = sum + 0f;
            }
        }
    }

    static void biasGradient(int rows, int outputs, float[] dy, float[] db) {
        for (int j = 0; j < outputs; j++) {
            float sum = db[j];
            for (int r = 0; r < rows; r++) {
                sum += dy[r * outputs + j];
            }
            db[j] = sum;
        }
    }

    static void denseInputGradient(int rows, int inputs, int outputs, float[] dy, float[] weight, float[] dx) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < inputs; i++) {
                float sum = 0f;
                for (int j = 0; j < outputs; j++) {
                    sum = Math.fma(dy[r * outputs + j], weight[i * outputs + j], sum);
                }
                dx[r * inputs + i] = sum + 0f;
            }
        }
    }

    /** Forward and, with dy for x, the input's gradient: the same product. */
    public static void diagonal(int rows, int neurons, float[] x, float[] weight, float[] y) {
        for (int r = 0; r < rows; r++) {
            for (int n = 0; n < neurons; n++) {
                y[r * neurons + n] = Math.fma(x[r * neurons + n], weight[n], 0f);
            }
        }
    }

    static void diagonalWeightGradient(int rows, int neurons, float[] x, float[] dy, float[] dw) {
        for (int n = 0; n < neurons; n++) {
            float sum = dw[n];
            for (int r = 0; r < rows; r++) {
                sum = Math.fma(x[r * neurons + n], dy[r * neurons + n], sum);
            }
            dw[n] = sum;
        }
    }
}
