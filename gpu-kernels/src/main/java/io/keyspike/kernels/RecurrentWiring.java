package io.keyspike.kernels;

/** Which spikes of a layer's last step reach its neurons in this one. */
public enum RecurrentWiring {
    /** None: the layer is feed-forward. */
    NONE,
    /** Each neuron's reach all neurons: a weight {@code [N, N]}, from the neuron in the row to that in the column. */
    ALL_TO_ALL,
    /** Each neuron's reach itself only: a weight {@code [N]}. */
    ONE_TO_ONE;

    /**
     * Number of weights among N neurons.
     *
     * @param neurons N
     * @return number of weights
     */
    public int weights(int neurons) {
        return switch (this) {
            case NONE -> 0;
            case ALL_TO_ALL -> Math.multiplyExact(neurons, neurons);
            case ONE_TO_ONE -> neurons;
        };
    }
}
