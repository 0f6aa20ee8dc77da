package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * The gradients that {@link KernelBackend#currentLifBackward} starts from and those that it makes.
 *
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
        CurrentLifGradients parameters) {}
