package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * What the backward pass of a layer with recurrent synapses needs besides that of its neurons.
 *
 * @param synapses as the forward pass had them
 * @param spikes s as the forward pass wrote it, {@code [T, B, N]}
 * @param weightGradient dL/dw, as long as the weight, added to, or null
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record RecurrentBackward(RecurrentSynapses synapses, float[] spikes, float @Nullable [] weightGradient) {

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @throws IllegalArgumentException if an array is too short for the shape
     */
    public void check(String kernel, SequenceShape shape) {
        synapses.check(kernel, shape);
        Lengths.of(kernel, shape, "spikes", spikes);
        synapses.check(kernel, shape, "recurrentGradient", weightGradient);
    }
}
