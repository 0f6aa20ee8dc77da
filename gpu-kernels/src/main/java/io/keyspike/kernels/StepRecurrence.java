package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * {@link RecurrentSynapses} as {@link StepKernels#recurrent} reads them.
 *
 * @param neurons N
 * @param matrix from all neurons to all, or null for one to one
 * @param weight {@code [N]} of one to one
 */
@SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
public record StepRecurrence(int neurons, @Nullable StepWeights matrix, float[] weight) {

    /**
     * Prepares the synapses of a layer.
     *
     * @param kernels what will read them
     * @param synapses of the layer; not changed
     * @param neurons N
     * @return the same synapses
     */
    public static StepRecurrence of(StepKernels kernels, RecurrentSynapses synapses, int neurons) {
        float[] weight = synapses.weight();
        boolean all = synapses.wiring() == RecurrentWiring.ALL_TO_ALL;
        // Neurons that are there to fill up a layer never fire, and may have no rows.
        return new StepRecurrence(
                neurons, all ? kernels.weights(weight.length / neurons, neurons, weight) : null, weight);
    }
}
