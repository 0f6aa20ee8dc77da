package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * The products of one dense synapse, with its weights laid out once and used many times: by all slices of a batch, forward
 * and backward. The sums are those of {@link KernelBackend#dense} and its gradients, in the same order; spikes given as bits
 * give the same bits as spikes given as floats.
 *
 * <p>{@link #lay} comes first and must not run beside the other methods; these may run on several threads at once.
 */
public interface DenseProducts {

    /** What a synapse's weights are needed for. */
    enum Use {
        /** {@link #forward}. */
        VALUES,
        /** {@link #forwardSpikes}. */
        SPIKES,
        /** {@link #inputGradient}. */
        INPUT_GRADIENT
    }

    /**
     * Lays the weights out, for the uses given only. They are not to change before the next call.
     *
     * @param weight {@code [inputs, outputs]}
     * @param bias {@code [outputs]}, or null for +0
     * @param uses what the weights will be used for
     */
    void lay(float[] weight, float @Nullable [] bias, Use... uses);

    /**
     * {@link KernelBackend#dense}.
     *
     * @param rows rows of the input
     * @param x {@code [rows, inputs]}
     * @param y {@code [rows, outputs]}, written
     */
    void forward(int rows, float[] x, float[] y);

    /**
     * {@link KernelBackend#dense} of spikes.
     *
     * @param shape {@code [T, B, inputs]}
     * @param spikes {@link SpikeBits} of that shape
     * @param height what a spike counts: 1, or more where dropout makes up for those it takes away
     * @param y {@code [T, B, outputs]}, written
     */
    void forwardSpikes(SequenceShape shape, long[] spikes, float height, float[] y);

    /**
     * {@link KernelBackend#denseInputGradient}.
     *
     * @param rows rows of the input
     * @param dy {@code [rows, outputs]}
     * @param dx {@code [rows, inputs]}, written
     */
    void inputGradient(int rows, float[] dy, float[] dx);

    /**
     * {@link KernelBackend#denseParameterGradient}.
     *
     * @param rows rows of the input
     * @param x {@code [rows, inputs]}
     * @param dy dL/dy, {@code [rows, outputs]}
     * @param weightGradient {@code [inputs, outputs]}, added to
     * @param biasGradient {@code [outputs]}, added to, or null
     */
    void parameterGradient(int rows, float[] x, float[] dy, float[] weightGradient, float @Nullable [] biasGradient);

    /**
     * {@link #parameterGradient} where the input was spikes, {@code [T, B, inputs]}.
     *
     * @param shape [T, B, N]
     * @param spikes {@link SpikeBits}
     * @param height what a spike counted
     * @param dy dL/dy, {@code [rows, outputs]}
     * @param weightGradient {@code [inputs, outputs]}, added to
     * @param biasGradient {@code [outputs]}, added to, or null
     */
    void parameterGradientSpikes(
            SequenceShape shape,
            long[] spikes,
            float height,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient);
}
