package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@link KernelBackend#lifTraining}.
 *
 * @param shape [T, B, N]
 * @param parameters of the neurons
 * @param current I, {@code [T, B, N]}, or {@code [B, N]} if constant
 * @param constant whether the current is the same at each step
 * @param membranes p, {@code [T, B, N]}, written
 * @param spikes s, {@code [T, B, N]}, written, or null
 * @param bits {@link SpikeBits}, written, or null
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record LifTraining(
        SequenceShape shape,
        LifParameters parameters,
        float[] current,
        boolean constant,
        Membranes membranes,
        float @Nullable [] spikes,
        long @Nullable [] bits) {

    /**
     * Checks the lengths of the arrays.
     *
     * @param kernel name of the kernel, for the message
     * @throws IllegalArgumentException if an array is too short for the shape
     */
    public void check(String kernel) {
        parameters.check(kernel, shape);
        Lengths.of(kernel, constant ? shape.withSteps(1) : shape, "current", current);
        Lengths.of(kernel, shape, "membranes", membranes.size());
        Lengths.of(kernel, shape, "spikes", spikes);
        Lengths.ofBits(kernel, shape, bits);
    }
}
