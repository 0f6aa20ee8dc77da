package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * What {@link KernelBackend#leaky} writes, {@code [T, B, N]} each.
 *
 * @param synapse i, or null for neurons without a synaptic current
 * @param potential q, which is compared with the threshold
 * @param membrane m, what a step leaves to the next; may be the array of q where the reset is delayed, since it is q then
 * @param spikes s
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record LeakySequence(float @Nullable [] synapse, float[] potential, float[] membrane, float[] spikes) {

    /** Arrays of so many values for such neurons, m and q in one where they are equal. */
    public static LeakySequence of(LeakyParameters parameters, int size) {
        float[] potential = new float[size];
        return new LeakySequence(
                parameters.synapseDecay() == null ? null : new float[size],
                potential,
                parameters.resetDelayed() ? potential : new float[size],
                new float[size]);
    }
}
