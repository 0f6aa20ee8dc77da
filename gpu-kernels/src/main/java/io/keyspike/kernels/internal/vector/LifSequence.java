package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SpikeBits;
import org.jspecify.annotations.Nullable;

/**
 * What one whole-sequence run of LIF neurons reads and writes on vectors. Parameters come one per lane.
 *
 * @param fromStep first step
 * @param toStep end of the steps
 * @param lanes floats from one step to the next, {@code B·N}
 * @param currentStride {@code lanes}, or 0 where the current is the same at each step
 * @param spikes {@code [T, B, N]}, written, or null
 * @param bits {@link SpikeBits}, written, or null
 * @param u the membrane before the first of the steps on entry and after the last on return, {@code [lanes]}
 * @param row {@code [lanes]}, working space for membranes kept in 16 bits
 * @param back {@code [lanes]}, working space for membranes kept in 16 bits
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
record LifSequence(
        int fromStep,
        int toStep,
        int lanes,
        float[] decay,
        float[] threshold,
        int reset,
        float floor,
        float[] current,
        int currentStride,
        Membranes membranes,
        float @Nullable [] spikes,
        long @Nullable [] bits,
        float[] u,
        float[] row,
        float[] back) {}
