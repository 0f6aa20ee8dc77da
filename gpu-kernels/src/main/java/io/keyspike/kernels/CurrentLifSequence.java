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

    /**
     * Arrays for neurons over a sequence.
     *
     * @param shape T, B, N
     * @param parameters of the neurons
     * @return zeros of the right lengths
     */
    public static CurrentLifSequence of(SequenceShape shape, CurrentLifParameters parameters) {
        return new CurrentLifSequence(
                new float[Math.multiplyExact(shape.size(), parameters.synapses())],
                new float[shape.size()],
                new float[shape.size()]);
    }

    /**
     * Checks that the arrays are as long as the sequence.
     *
     * @param kernel name of the kernel, for the message
     * @param shape T, B, N
     * @param parameters of the neurons
     * @throws IllegalArgumentException if one is too short
     */
    public void check(String kernel, SequenceShape shape, CurrentLifParameters parameters) {
        Lengths.of(
                kernel,
                shape.withNeurons(Math.multiplyExact(parameters.synapses(), shape.neurons())),
                "synapse",
                synapse);
        Lengths.of(kernel, shape, "membrane", membrane);
        Lengths.of(kernel, shape, "spikes", spikes);
    }
}
