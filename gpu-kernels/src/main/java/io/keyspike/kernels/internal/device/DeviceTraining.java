package io.keyspike.kernels.internal.device;

import static io.keyspike.kernels.internal.arithmetic.DeviceArithmetic.rounded;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ParallelLoop;

/** What training on a device needs besides synapses and neurons. Unchecked; sizes above 0. */
public final class DeviceTraining {

    private DeviceTraining() {}

    /**
     * A batch out of clips that lie on the device: {@code x[t, b, i] = clips[chosen[b], t, i]}.
     *
     * @param clips {@code [clips, T, I]}
     * @param chosen {@code [B]}
     * @param x {@code [T, B, I]}, written
     */
    public static void gather(int steps, int batch, int inputs, float[] clips, int[] chosen, float[] x) {
        for (@ParallelLoop int row = 0; row < steps * batch; row++) {
            for (@ParallelLoop int i = 0; i < inputs; i++) {
                int clip = chosen[row % batch];
                x[row * inputs + i] = clips[(clip * steps + row / batch) * inputs + i];
            }
        }
    }

    /**
     * {@code sums[lane] = Σ_t x[t, lane]}, descending t from +0: spike counts, and gradients of a constant current in the
     * order of {@link KernelBackend#lifBackward}.
     */
    public static void sumSteps(int steps, int lanes, float[] x, float[] sums) {
        for (@ParallelLoop int lane = 0; lane < lanes; lane++) {
            float sum = 0f;
            for (int back = 1; back <= steps; back++) {
                sum += x[(steps - back) * lanes + lane];
            }
            sums[lane] = sum;
        }
    }

    /** Copies, to bring back what a later graph goes on using. */
    public static void copy(int size, float[] from, float[] to) {
        for (@ParallelLoop int i = 0; i < size; i++) {
            to[i] = from[i];
        }
    }

    /**
     * One step of Adam or AdamW (Kingma and Ba 2015; Loshchilov and Hutter 2019), which leaves the gradient at 0.
     *
     * @param g gradient, read and set to 0
     * @param m first moments
     * @param v second moments
     * @param step what changes from step to step: rate/(1 − β₁ᵗ), √(1 − β₂ᵗ), the factor of AdamW's decay
     * @param decay of the weights into the gradient (Adam)
     * @param b1 β₁
     * @param c1 1 − β₁
     * @param b2 β₂
     * @param c2 1 − β₂
     */
    public static void adam(
            int size,
            float[] w,
            float[] g,
            float[] m,
            float[] v,
            float[] step,
            float decay,
            float b1,
            float c1,
            float b2,
            float c2,
            float epsilon) {
        for (@ParallelLoop int i = 0; i < size; i++) {
            float gi = g[i] + rounded(decay * w[i]);
            float mi = rounded(b1 * m[i]) + rounded(c1 * gi);
            float vi = rounded(b2 * v[i]) + rounded((c2 * gi) * gi);
            m[i] = mi;
            v[i] = vi;
            w[i] = w[i] * step[2] - step[0] * (mi / ((float) Math.sqrt(vi) / step[1] + epsilon));
            g[i] = 0f;
        }
    }
}
