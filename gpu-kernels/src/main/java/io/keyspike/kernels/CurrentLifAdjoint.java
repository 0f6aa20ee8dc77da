package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * The gradients that {@link KernelBackend#currentLifBackward} starts from and those that it makes.
 *
 * @param surrogate stands for the derivative of a spike by p − θ
 * @param resetDetached whether the spikes inside the reset carry no gradient
 * @param spikeGradient dL/dk, {@code [T, B, N]}
 * @param membraneGradient dL/dp, {@code [T, B, N]}, or null
 * @param inputGradient dL/dx, {@code [T, B, S·N]} ({@code [T, B, N]} where S = 0), written; may be the array of the input
 * @param parameters added to
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record CurrentLifAdjoint(
        Surrogate surrogate,
        boolean resetDetached,
        float[] spikeGradient,
        float @Nullable [] membraneGradient,
        float[] inputGradient,
        CurrentLifGradients parameters) {

    /**
     * Checks that the arrays are as long as the sequence, or as there are neurons.
     *
     * @param kernel name of the kernel, for the message
     * @param shape T, B, N
     * @param neurons whose gradients they are
     * @throws IllegalArgumentException if one is too short
     */
    public void check(String kernel, SequenceShape shape, CurrentLifParameters neurons) {
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "membraneGradient", membraneGradient);
        Lengths.of(kernel, neurons.inputShape(shape), "inputGradient", inputGradient);
        int n = shape.neurons();
        Lengths.require(
                kernel,
                "synapseDecayGradient",
                parameters.synapseDecay(),
                "synapses",
                neurons.synapses(),
                "neurons",
                n);
        Lengths.require(kernel, "decayGradient", parameters.decay(), "neurons", n);
        Lengths.require(kernel, "thresholdGradient", parameters.threshold(), "neurons", n);
    }
}
