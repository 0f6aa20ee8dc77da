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

    /**
     * Arrays for a sequence of such neurons; q and m share one where they are equal.
     *
     * @param parameters of the neurons
     * @param size T·B·N
     * @return the arrays, not filled
     */
    public static LeakySequence of(LeakyParameters parameters, int size) {
        float[] potential = new float[size];
        return new LeakySequence(
                parameters.synapseDecay() == null ? null : new float[size],
                potential,
                parameters.resetDelayed() ? potential : new float[size],
                new float[size]);
    }

    /**
     * Checks the lengths of the arrays, and that those are there which the neurons write.
     *
     * @param kernel name of the kernel, for the message
     * @param shape [T, B, N]
     * @param parameters of the neurons
     * @throws IllegalArgumentException if an array is too short for the shape, if there is an array of synaptic currents
     *     where
     *     the neurons have none or the other way round, or if q and m share an array though they differ
     */
    @SuppressWarnings("ReferenceEquality") // whether it is one array is the question
    public void check(String kernel, SequenceShape shape, LeakyParameters parameters) {
        parameters.check(kernel, shape);
        if ((parameters.synapseDecay() == null) != (synapse == null)) {
            throw new IllegalArgumentException(kernel
                    + ": expected an array of synaptic currents where there are synaptic"
                    + " decays and none where there are none, found " + (synapse == null ? "none" : "one"));
        }
        if (membrane == potential && !parameters.resetDelayed()) {
            throw new IllegalArgumentException(kernel + ": expected arrays of their own for the potential and for the"
                    + " membrane, which differ where the reset is not delayed, found one");
        }
        Lengths.of(kernel, shape, "synapse", synapse);
        Lengths.of(kernel, shape, "potential", potential);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "spikes", spikes);
    }
}
