package io.keyspike.trainer.layers;

import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A synapse, the normalisation of its currents, the neurons it feeds, and dropout on their spikes, and their delays. */
final class TrainableLayer {
    private final LayerConfig config;
    private final int inputs;
    private final int outputs;
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final @Nullable CurrentNorm norm;
    private final Neurons neurons;
    private final @Nullable FiringRateProbe tap;
    private final @Nullable AxonDelays delays;
    private final List<Stage> stages;

    TrainableLayer(
            LayerConfig config,
            int inputs,
            int outputs,
            Parameter weight,
            @Nullable Parameter bias,
            Stage synapse,
            @Nullable CurrentNorm norm,
            Neurons neurons,
            @Nullable FiringRateProbe tap,
            @Nullable SpikeDropout dropout,
            @Nullable AxonDelays delays) {
        this.config = config;
        this.inputs = inputs;
        this.outputs = outputs;
        this.weight = weight;
        this.bias = bias;
        this.norm = norm;
        this.neurons = neurons;
        this.tap = tap;
        this.delays = delays;
        var all = new ArrayList<Stage>();
        all.add(synapse);
        if (norm != null) {
            all.add(norm);
        }
        all.add(neurons);
        if (tap != null) {
            all.add(tap);
        }
        if (dropout != null) {
            all.add(dropout);
        }
        if (delays != null) {
            all.add(delays);
        }
        stages = List.copyOf(all);
    }

    List<Stage> stages() {
        return stages;
    }

    /** Loss on the firing rates of the last forward pass; 0 where there is none. */
    double rateLoss() {
        return tap == null ? 0 : tap.loss();
    }

    Neurons neurons() {
        return neurons;
    }

    @Nullable
    CurrentNorm norm() {
        return norm;
    }

    /**
     * The layer's nodes, each of which feeds the next: the synapse, named {@code <layer>_synapse}, the neurons, named as the layer,
     * and axonal delays, named {@code <layer>_delay}, where there are any.
     */
    List<Node> export(Map<String, Tensor> tensors) {
        List<Node> nodes = synapseAndNeurons(tensors);
        if (delays == null) {
            return nodes;
        }
        var all = new ArrayList<>(nodes);
        all.add(delays.export(nodes.getLast(), tensors));
        return all;
    }

    private List<Node> synapseAndNeurons(Map<String, Tensor> tensors) {
        String synapseName = config.name() + "_synapse";
        if (config.synapse() == LayerConfig.Synapse.DIAGONAL) {
            tensors.put(synapseName + ".weight", Tensor.vector(weight.values().clone()));
            return List.of(new Node.Diagonal(synapseName, outputs), neurons.export(tensors));
        }
        float[] w = weight.values().clone();
        float @Nullable [] b = bias == null ? null : bias.values().clone();
        if (norm != null) {
            b = b == null ? new float[outputs] : b;
            fold(norm, w, b);
        }
        tensors.put(synapseName + ".weight", Tensor.matrix(inputs, outputs, w));
        if (b != null) {
            tensors.put(synapseName + ".bias", Tensor.vector(b));
        }
        return List.of(new Node.Dense(synapseName, inputs, outputs, b != null), neurons.export(tensors));
    }

    private void fold(CurrentNorm currentNorm, float[] w, float[] b) {
        for (int n = 0; n < outputs; n++) {
            double scale = currentNorm.scale(n);
            for (int i = 0; i < inputs; i++) {
                w[i * outputs + n] = (float) (w[i * outputs + n] * scale);
            }
            b[n] = currentNorm.foldedBias(n, b[n]);
        }
    }
}
