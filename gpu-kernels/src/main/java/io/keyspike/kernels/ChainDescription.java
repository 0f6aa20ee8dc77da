package io.keyspike.kernels;

import java.util.List;

/**
 * A feed-forward chain of dense synapses with LIF neurons, and how it is trained: all that a device has to know before it
 * can compile the network.
 *
 * @param steps T
 * @param batch B
 * @param inputs width of an input step
 * @param layers at least one; the last one's spikes are counted
 * @param constantInput whether the input is the same at every step: {@code [B, inputs]} then, not {@code [T, B, inputs]}
 * @param resetDetached whether the spike inside the reset carries no gradient
 */
public record ChainDescription(
        int steps,
        int batch,
        int inputs,
        List<Layer> layers,
        boolean constantInput,
        Surrogate surrogate,
        boolean resetDetached,
        Optimiser optimiser) {

    /**
     * @param outputs neurons
     * @param bias whether the synapses have a bias that is learnt
     * @param decay β of all neurons; 1 for IAF
     * @param threshold θ of all neurons
     * @param membraneFloor lower clamp; {@link Float#NEGATIVE_INFINITY} for none
     */
    public record Layer(int outputs, boolean bias, float decay, float threshold, Reset reset, float membraneFloor) {}

    /**
     * Adam, or AdamW where the decay is decoupled.
     *
     * @param weightDecay of weights, not of biases
     */
    public record Optimiser(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled) {}

    public ChainDescription {
        layers = List.copyOf(layers);
        if (steps < 1 || batch < 1 || inputs < 1 || layers.isEmpty()) {
            throw new IllegalArgumentException("chain: expected steps, batch, inputs and layers of at least 1, found "
                    + steps + ", " + batch + ", " + inputs + " and " + layers.size());
        }
        for (Layer layer : layers) {
            if (layer.outputs() < 1) {
                throw new IllegalArgumentException(
                        "chain: expected layers of at least 1 neuron, found " + layer.outputs());
            }
        }
    }

    /** Width of what goes into a layer. */
    public int inputsOf(int layer) {
        return layer == 0 ? inputs : layers.get(layer - 1).outputs();
    }

    /** Neurons of the last layer. */
    public int outputs() {
        return layers.getLast().outputs();
    }

    /** Numbers of an input batch. */
    public int inputSize() {
        return inputSteps() * batch * inputs;
    }

    /** T, or 1 where the input is constant. */
    public int inputSteps() {
        return constantInput ? 1 : steps;
    }

    /** B·N of a layer. */
    public int lanesOf(int layer) {
        return batch * layers.get(layer).outputs();
    }

    /** Rows of the product of a layer. */
    public int rowsOf(int layer) {
        return layer == 0 && constantInput ? batch : steps * batch;
    }
}
