package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@link KernelBackend#leakyBackward}.
 *
 * @param shape [T, B, N]
 * @param parameters as the forward pass had them
 * @param recurrent synapses inside the layer, or null
 * @param surrogate stands in for the derivative of the spike
 * @param sequence as {@link KernelBackend#leaky} wrote it
 * @param given gradients that come from outside the layer
 * @param currentGradient dL/dI, {@code [T, B, N]}, written
 * @param parameterGradient added to
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record LeakyBackward(
        SequenceShape shape,
        LeakyParameters parameters,
        @Nullable RecurrentSynapses recurrent,
        Surrogate surrogate,
        LeakySequence sequence,
        Given given,
        float[] currentGradient,
        LeakyGradients parameterGradient) {

    /**
     * Gradients of the loss with respect to what the layer put out, {@code [T, B, N]} each.
     *
     * @param spikes dL/ds; on return with what came through recurrent synapses
     * @param membrane dL/dm, or null
     * @param synapse dL/di, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    public record Given(float[] spikes, float @Nullable [] membrane, float @Nullable [] synapse) {}

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @throws IllegalArgumentException if an array is too short for the shape, or if there is an array of synaptic currents
     *     where the neurons have none or the other way round
     */
    public void check(String kernel) {
        sequence.check(kernel, shape, parameters);
        Lengths.of(kernel, shape, "spikeGradient", given.spikes);
        Lengths.of(kernel, shape, "membraneGradient", given.membrane);
        Lengths.of(kernel, shape, "synapseGradient", given.synapse);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        int neurons = shape.neurons();
        Lengths.require(kernel, "synapseDecayGradient", parameterGradient.synapseDecay(), "neurons", neurons);
        Lengths.require(kernel, "decayGradient", parameterGradient.decay(), "neurons", neurons);
        Lengths.require(kernel, "thresholdGradient", parameterGradient.threshold(), "neurons", neurons);
        if (recurrent != null) {
            recurrent.check(kernel, shape);
            recurrent.check(kernel, shape, "recurrentGradient", parameterGradient.recurrentWeight());
        }
    }
}
