package io.keyspike.monitoring;

import java.util.List;

/**
 * What the meters must know of a model. Two of the same version are taken to be the same model.
 *
 * @param version name and fingerprint, as events carry it
 * @param layers the spiking ones, in order; those after the sixteenth count towards power but have no series
 * @param staticWattsPerNeuron power of one neuron while nothing spikes, in watts, as in the model's chip profile
 * @param joulesPerSpike energy of one spike in joules, as in the model's chip profile
 * @param joulesPerSynapticOperation energy in joules, as in the model's chip profile; 0 if it has none
 * @param inferenceSeconds audio length of one inference in seconds
 */
public record ModelFacts(
        String version,
        List<Layer> layers,
        double staticWattsPerNeuron,
        double joulesPerSpike,
        double joulesPerSynapticOperation,
        double inferenceSeconds) {

    /** Before a model is activated: no layers, no power. */
    static final ModelFacts NONE = new ModelFacts("", List.of(), 0, 0, 0, 0);

    /**
     * A spiking layer.
     *
     * @param name tag of the layer's series
     * @param width neurons
     * @param fanOut synapses that one spike reaches
     */
    public record Layer(String name, int width, int fanOut) {}

    /** Copies the layers. */
    public ModelFacts {
        layers = List.copyOf(layers);
    }

    /** Power of the chip while nothing spikes. */
    double staticWatts() {
        return staticWattsPerNeuron * layers.stream().mapToInt(Layer::width).sum();
    }

    /** Energy of one spike of a layer, with the synaptic operations that it causes. */
    double joulesOf(Layer layer) {
        return joulesPerSpike + joulesPerSynapticOperation * layer.fanOut();
    }
}
