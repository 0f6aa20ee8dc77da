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
 * @param surrogate stands in for the derivative of the spike
 * @param resetDetached whether the spike inside the reset carries no gradient
 * @param optimiser Adam and what it is set to
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
     * A dense layer of LIF neurons.
     *
     * @param outputs neurons
     * @param bias whether the synapses have a bias that is learnt
     * @param decay β of all neurons; 1 for IAF
     * @param threshold θ of all neurons
     * @param reset what a spike does to the membrane
     * @param membraneFloor lower clamp; {@link Float#NEGATIVE_INFINITY} for none
     */
    public record Layer(int outputs, boolean bias, float decay, float threshold, Reset reset, float membraneFloor) {}

    /**
     * Adam, or AdamW where the decay is decoupled.
     *
     * @param beta1 β₁, decay of the first moments
     * @param beta2 β₂, decay of the second moments
     * @param epsilon ε, added to the root of the second moment
     * @param weightDecay of weights, not of biases
     * @param decoupled whether weights decay apart from the gradient (AdamW)
     */
    public record Optimiser(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled) {}

    /**
     * Checks the network.
     *
     * @throws IllegalArgumentException if it has no layers or a size is wrong
     */
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

    /**
     * Width of what goes into a layer.
     *
     * @param layer index of the layer
     * @return width of what goes into a layer
     */
    public int inputsOf(int layer) {
        return layer == 0 ? inputs : layers.get(layer - 1).outputs();
    }

    /** {@return neurons of the last layer} */
    public int outputs() {
        return layers.getLast().outputs();
    }

    /** {@return numbers of an input batch} */
    public int inputSize() {
        return inputSteps() * batch * inputs;
    }

    /** {@return T, or 1 where the input is constant} */
    public int inputSteps() {
        return constantInput ? 1 : steps;
    }

    /**
     * B·N of a layer.
     *
     * @param layer index of the layer
     * @return B·N of a layer
     */
    public int lanesOf(int layer) {
        return batch * layers.get(layer).outputs();
    }

    /**
     * Rows of the product of a layer.
     *
     * @param layer index of the layer
     * @return rows of the product of a layer
     */
    public int rowsOf(int layer) {
        return layer == 0 && constantInput ? batch : steps * batch;
    }
}
