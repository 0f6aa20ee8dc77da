package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@link KernelBackend#lifBackward}.
 *
 * @param shape [T, B, N]
 * @param parameters as the forward pass had them
 * @param surrogate stands in for the derivative of the spike
 * @param resetDetached whether the spike inside the reset carries no gradient
 * @param membranes p as the forward pass wrote it, {@code [T, B, N]}
 * @param given gradients that come from outside the layer
 * @param wanted where the results go
 */
public record LifBackward(
        SequenceShape shape,
        LifParameters parameters,
        Surrogate surrogate,
        boolean resetDetached,
        Membranes membranes,
        Given given,
        Wanted wanted) {

    /**
     * Gradients of the loss with respect to what the layer put out.
     *
     * @param spikes dL/ds, {@code [T, B, N]}, or {@code [B, N]} if constant
     * @param constant whether dL/ds is the same at each step
     * @param membrane dL/dp, {@code [T, B, N]}, or null
     * @param membraneAfter dL/du (after reset and floor), {@code [T, B, N]}, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Given(
            float[] spikes, boolean constant, float @Nullable [] membrane, float @Nullable [] membraneAfter) {

        /**
         * Gradients of the spikes alone, different at each step.
         *
         * @param spikes dL/ds, {@code [T, B, N]}
         */
        public Given(float[] spikes) {
            this(spikes, false, null, null);
        }
    }

    /**
     * Gradients of the loss with respect to what went into the layer.
     *
     * @param current dL/dI, {@code [T, B, N]}, written; if {@code summed}, {@code [B, N]}: the sums over t, descending from +0,
     *     which are the gradient of a constant current
     * @param summed whether dL/dI is summed over the steps
     * @param decay dL/dβ, {@code [N]}, added to, or null
     * @param threshold dL/dθ, {@code [N]}, added to, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Wanted(float[] current, boolean summed, float @Nullable [] decay, float @Nullable [] threshold) {

        /**
         * The current's gradient at each step, and those of the parameters.
         *
         * @param current dL/dI, {@code [T, B, N]}, written
         * @param decay dL/dβ, {@code [N]}, added to, or null
         * @param threshold dL/dθ, {@code [N]}, added to, or null
         */
        public Wanted(float[] current, float @Nullable [] decay, float @Nullable [] threshold) {
            this(current, false, decay, threshold);
        }
    }

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @throws IllegalArgumentException if an array is too short for the shape
     */
    public void check(String kernel) {
        parameters.check(kernel, shape);
        Lengths.of(kernel, shape, "membranes", membranes.size());
        Lengths.of(kernel, given.constant ? shape.withSteps(1) : shape, "spikeGradient", given.spikes);
        Lengths.of(kernel, shape, "membraneGradient", given.membrane);
        Lengths.of(kernel, shape, "membraneAfterGradient", given.membraneAfter);
        Lengths.of(kernel, wanted.summed ? shape.withSteps(1) : shape, "currentGradient", wanted.current);
        Lengths.require(kernel, "decayGradient", wanted.decay, "neurons", shape.neurons());
        Lengths.require(kernel, "thresholdGradient", wanted.threshold, "neurons", shape.neurons());
    }
}
