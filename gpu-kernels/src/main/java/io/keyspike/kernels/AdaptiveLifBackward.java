package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@link KernelBackend#adaptiveLifBackward}. Spikes follow from the membrane, so they are not asked for.
 *
 * @param shape [T, B, N]
 * @param parameters as the forward pass had them
 * @param surrogate stands in for the derivative of the spike
 * @param resetDetached whether the spike in {@code u − θ·s} carries no gradient; that in {@code q·s} always does
 * @param membrane u as the forward pass wrote it, {@code [T, B, N]}
 * @param adaptation w as the forward pass wrote it, {@code [T, B, N]}
 * @param spikeGradient dL/ds, {@code [T, B, N]}
 * @param currentGradient dL/dI, {@code [T, B, N]}, written; without recurrent synapses it may be the array of
 *     {@code spikeGradient}, which saves a passage through memory
 * @param parameterGradient arrays of {@code [N]} like the parameters', added to (the threshold's stays untouched), or null
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record AdaptiveLifBackward(
        SequenceShape shape,
        AdaptiveLifParameters parameters,
        Surrogate surrogate,
        boolean resetDetached,
        float[] membrane,
        float[] adaptation,
        float[] spikeGradient,
        float[] currentGradient,
        @Nullable AdaptiveLifParameters parameterGradient) {

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @throws IllegalArgumentException if an array is too short for the shape
     */
    public void check(String kernel) {
        parameters.check(kernel, shape);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "adaptation", adaptation);
        Lengths.of(kernel, shape, "spikeGradient", spikeGradient);
        Lengths.of(kernel, shape, "currentGradient", currentGradient);
        if (parameterGradient != null) {
            parameterGradient.check(kernel + " gradient", shape);
        }
    }
}
