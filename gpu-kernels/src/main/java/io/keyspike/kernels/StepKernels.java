package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * One time step of one stream: what streaming inference is made of. The same arithmetic as {@link KernelBackend}, bit for
 * bit, driven by events: only the weights of inputs that fired are touched. Nothing is allocated and nothing is checked;
 * the network that calls this has checked its shapes once.
 */
public interface StepKernels {

    /**
     * {@code current[j] = bias[j] + Σ over fired i of w[i, j]}, ascending i.
     *
     * @param fired indices of the inputs that fired, ascending
     * @param firedCount how many of them are valid
     * @param weight {@code [inputs, outputs]}
     */
    void denseEvents(
            int outputs, int[] fired, int firedCount, float[] weight, float @Nullable [] bias, float[] current);

    /** {@code current[j] = bias[j] + Σ_i x[i]·w[i, j]} for real inputs, ascending i, fused. */
    void denseValues(int inputs, int outputs, float[] x, float[] weight, float @Nullable [] bias, float[] current);

    /** {@code current[n] = fma(x[n], w[n], +0)}. */
    void diagonal(int neurons, float[] x, float[] weight, float[] current);

    /**
     * One step of LIF.
     *
     * @param membrane u, {@code [N]}, updated (after reset and floor)
     * @param fired receives the indices of the neurons that fired, ascending
     * @return how many fired
     */
    int lif(LifParameters parameters, float[] current, float[] membrane, int[] fired);

    /**
     * One step of adaptive LIF.
     *
     * @param membrane u, {@code [N]}, updated
     * @param adaptation w, {@code [N]}, updated
     * @param spikes s of the previous step on entry and of this step on return, {@code [N]}, 0 or 1
     * @param fired receives the indices of the neurons that fired, ascending
     * @return how many fired
     */
    int adaptiveLif(
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes,
            int[] fired);

    /** One step of the leaky integrator; {@code output} is its state too. */
    void leakyIntegrator(int neurons, float[] decay, float[] current, float[] output);
}
