package io.keyspike.kernels;

/**
 * What {@link KernelBackend#currentLif} writes.
 *
 * @param synapse i, {@code [T, B, S·N]}; empty where there are no synaptic currents. May be the array of the input, unless
 *     gradients of the synaptic decays are wanted later
 * @param membrane p, the membrane before the reset, {@code [T, B, N]}
 * @param spikes k, the numbers of spikes, {@code [T, B, N]}
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
public record CurrentLifSequence(float[] synapse, float[] membrane, float[] spikes) {

    /** Arrays for such neurons over such a sequence. */
    public static CurrentLifSequence of(SequenceShape shape, CurrentLifParameters parameters) {
        return new CurrentLifSequence(
                new float[Math.multiplyExact(shape.size(), parameters.synapses())],
                new float[shape.size()],
                new float[shape.size()]);
    }
}
