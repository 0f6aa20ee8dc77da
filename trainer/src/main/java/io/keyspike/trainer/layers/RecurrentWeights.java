package io.keyspike.trainer.layers;

import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.LayerConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Learnt synapses inside a layer: {@code [N, N]} from the neuron in the row to that in the column, or {@code [N]}. */
final class RecurrentWeights {
    private static final String NAME = "recurrent_weight";

    private final Parameter weight;
    private final RecurrentSynapses synapses;
    private final int width;

    private RecurrentWeights(Parameter weight, RecurrentWiring wiring, int width) {
        this.weight = weight;
        this.synapses = new RecurrentSynapses(wiring, weight.values());
        this.width = width;
    }

    /** Those of a layer, drawn as its configuration says; null for a feed-forward one, for which nothing is drawn. */
    static @Nullable RecurrentWeights of(ParameterSet set, LayerConfig layer, int width, SplitMix random) {
        RecurrentWiring wiring = layer.recurrence();
        if (wiring == RecurrentWiring.NONE) {
            return null;
        }
        boolean allToAll = wiring == RecurrentWiring.ALL_TO_ALL;
        float[] w = new float[wiring.weights(width)];
        double deviation = layer.recurrentInit().deviation();
        if (layer.recurrentInit().kind() == LayerConfig.InitConfig.Kind.FAN_IN) {
            deviation /= Math.sqrt(allToAll ? width : 1);
        }
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) (layer.recurrentInit().mean() + deviation * random.nextGaussian());
        }
        Parameter.Role role = allToAll ? Parameter.Role.MATRIX : Parameter.Role.DIAGONAL;
        return new RecurrentWeights(set.parameter(layer.name(), NAME, w, role), wiring, width);
    }

    RecurrentSynapses synapses() {
        return synapses;
    }

    RecurrentWiring wiring() {
        return synapses.wiring();
    }

    Parameter parameter() {
        return weight;
    }

    float[] gradient() {
        return weight.gradient();
    }

    /** Puts the weights under the neurons' name. */
    void export(String neurons, Map<String, Tensor> tensors) {
        float[] values = weight.values().clone();
        tensors.put(
                neurons + "." + NAME,
                wiring() == RecurrentWiring.ALL_TO_ALL ? Tensor.matrix(width, width, values) : Tensor.vector(values));
    }
}
