package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.Surrogate;
import org.jspecify.annotations.Nullable;

/**
 * What the backward pass of one whole-sequence run of LIF neurons reads and writes on vectors. Parameters come one per
 * lane.
 *
 * @param fromStep first step
 * @param toStep end of the steps
 * @param lanes floats from one step to the next, {@code B·N}
 * @param membranes p as the forward pass kept them
 * @param spikeGradientStride {@code lanes}, or 0 where the gradient is the same at each step
 * @param currentGradient {@code [T, B, N]}, written; or {@code [B, N]}, written with the sums over t descending if
 *     {@code summed}
 * @param zeros {@code [lanes]}, zeros, stand in for gradients that are not given
 * @param derivative {@code [lanes]} of each step that is taken at a time, overwritten;
 *     {@link VectorLifBackward#derivativeRow}
 * @param carried the gradient at u that the step after the last left on entry, and what the first leaves to the step
 *     before it on return, {@code [lanes]}
 * @param decaySums dL/dβ of each lane, {@code [lanes]}, added to, or null
 * @param thresholdSums dL/dθ of each lane, {@code [lanes]}, added to
 * @param row {@code [lanes]}, working space
 * @param rowBefore {@code [lanes]}, working space
 * @param gradientRow {@code [lanes]}, working space
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
record LifAdjoint(
        int fromStep,
        int toStep,
        int lanes,
        float[] decay,
        float[] threshold,
        int reset,
        float floor,
        Surrogate surrogate,
        boolean resetDetached,
        Membranes membranes,
        float[] spikeGradient,
        int spikeGradientStride,
        float @Nullable [] membraneGradient,
        float @Nullable [] membraneAfterGradient,
        float[] currentGradient,
        boolean summed,
        float[] zeros,
        float[] derivative,
        float[] carried,
        float @Nullable [] decaySums,
        float[] thresholdSums,
        float[] row,
        float[] rowBefore,
        float[] gradientRow) {}
