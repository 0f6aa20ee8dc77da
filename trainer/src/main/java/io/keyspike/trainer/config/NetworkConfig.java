package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.kernels.Solver;
import io.keyspike.kernels.Surrogate;
import java.util.List;

/** The layers, how gradients pass spikes, and how sequences of LIF neurons are solved. */
public record NetworkConfig(List<LayerConfig> layers, Surrogate surrogate, boolean resetDetached, Solver solver) {

    public NetworkConfig {
        layers = List.copyOf(layers);
        check(!layers.isEmpty(), "network.layers", "at least one layer", "none");
        for (LayerConfig layer : layers.subList(0, layers.size() - 1)) {
            check(
                    layer.width() != null || layer.synapse() == LayerConfig.Synapse.DIAGONAL,
                    "network.layers: " + layer.name(),
                    "a width",
                    "none");
            check(
                    layer.neuron().kind() != NeuronConfig.Kind.READOUT,
                    "network.layers: " + layer.name(),
                    "a readout only as the last layer",
                    "one before others");
        }
        check(
                !layers.getLast().delay().active(),
                "network.layers: " + layers.getLast().name() + ".delay",
                "none of the last layer, whose spikes go nowhere",
                layers.getLast().delay());
        boolean chain = Wiring.of(layers).chain();
        for (LayerConfig layer : layers) {
            check(
                    chain || !layer.fluctuationDriven(),
                    layer.name() + ".init.kind",
                    "normal or fan_in where layers do not form a chain",
                    "fluctuation");
        }
    }

    /** Which layers feed which. */
    public Wiring wiring() {
        return Wiring.of(layers);
    }
}
