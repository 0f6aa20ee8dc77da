package io.keyspike.models.chip;

import io.keyspike.kernels.Reset;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Chips and networks to try them with, the same for the same seed. */
final class Chips {

    static final double STEP = 0.008;

    private Chips() {}

    static ChipProfile h1() {
        return chip(Reset.ZERO, 5, 5, List.of(64, 64, 64, 64), new LeakRule.Range(1, 1_000));
    }

    static ChipProfile chip(Reset reset, int bits, int signGroup, List<Integer> cores, LeakRule leak) {
        return new ChipProfile(
                "test-chip",
                "",
                new ChipProfile.FrontEnd(16),
                16,
                cores,
                true,
                new ChipProfile.NeuronRules(1, reset, 0f, leak),
                new ChipProfile.SynapseRules(0.9f, signGroup, bits, false),
                new ChipProfile.Mismatch(0.1, 0.05, 0.1),
                ChipPower.H1,
                ChipPower.H1_EXAMPLE,
                Set.of());
    }

    /** Front end, hidden layers, with weights of any size and sign, as training without constraints leaves them. */
    static Network network(long seed, int... widths) {
        var r = new Random(seed);
        var nodes = new ArrayList<Node>();
        Map<String, Tensor> tensors = new TreeMap<>();
        nodes.add(new Node.Input("input", widths[0]));
        for (int l = 0; l < widths.length; l++) {
            String name = "layer" + l;
            String synapse = name + "_synapse";
            int inputs = l == 0 ? widths[0] : widths[l - 1];
            nodes.add(
                    l == 0 ? new Node.Diagonal(synapse, widths[0]) : new Node.Dense(synapse, inputs, widths[l], false));
            float[] weight = new float[l == 0 ? inputs : inputs * widths[l]];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = (float) (l == 0 ? 0.2 + r.nextDouble() : 0.1 + 0.5 * r.nextGaussian());
            }
            tensors.put(synapse + ".weight", l == 0 ? Tensor.vector(weight) : Tensor.matrix(inputs, widths[l], weight));
            nodes.add(new Node.Lif(name, widths[l], Reset.SUBTRACT, null));
            float[] decay = new float[widths[l]];
            float[] threshold = new float[widths[l]];
            for (int n = 0; n < widths[l]; n++) {
                decay[n] = 0.3f + 0.65f * r.nextFloat();
                threshold[n] = 0.5f + r.nextFloat();
            }
            tensors.put(name + ".decay", Tensor.vector(decay));
            tensors.put(name + ".threshold", Tensor.vector(threshold));
        }
        return new Network(NetworkGraph.ofChain(STEP, nodes), tensors);
    }

    /** The network with one tensor's value changed. */
    static Network with(Network network, String tensor, int index, float value) {
        Map<String, Tensor> tensors = new TreeMap<>(network.tensors());
        Tensor old = java.util.Objects.requireNonNull(network.tensors().get(tensor), tensor);
        float[] values = old.values().clone();
        values[index] = value;
        tensors.put(tensor, new Tensor(old.shape(), values));
        return new Network(network.graph(), tensors);
    }
}
