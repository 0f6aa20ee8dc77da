package io.keyspike.models.chip;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The nearest network that a chip can store: weights clamped, aligned in their sign groups and rounded to the grid, decays
 * snapped, thresholds, resets and floors the chip's own. Where a layer's threshold differs from the chip's, its weights are
 * scaled along, which leaves the spikes as they were (of LIF neurons u/θ is all that counts) as far as the range allows.
 * Structure, size and biases are not changed: what of these does not fit, {@link ChipCheck} names.
 */
public final class ChipProjection {

    private final ChipProfile profile;

    /**
     * A projection onto one chip.
     *
     * @param profile the chip's neurons and synapses
     */
    public ChipProjection(ChipProfile profile) {
        this.profile = profile;
    }

    /**
     * The projected network, of the same shape.
     *
     * @param network a chain; not changed
     * @return a new network; what is counted off the chip stays as it is
     * @throws IllegalArgumentException if the network is not a chain: a synapse's weights are scaled to the threshold of the
     *     one layer of neurons behind it
     */
    public Network apply(Network network) {
        return apply(network, true);
    }

    /**
     * As {@link #apply}, with the neurons' decays, thresholds, resets and floors as they are.
     *
     * @param network a chain; not changed
     * @return a new network; its weights are scaled to the chip's threshold all the same
     * @throws IllegalArgumentException if the network is not a chain
     */
    public Network applyToWeights(Network network) {
        return apply(network, false);
    }

    private Network apply(Network network, boolean neuronsToo) {
        List<Node> chain = network.graph().chain();
        double step = network.graph().stepSeconds();
        Map<String, Tensor> tensors = new TreeMap<>(network.tensors());
        var nodes = new ArrayList<Node>();
        int onChip = HostReadout.onChip(network).size();
        for (int i = 0; i < chain.size(); i++) {
            Node node = chain.get(i);
            if (i >= onChip) {
                nodes.add(node);
                continue;
            }
            switch (node) {
                case Node.Diagonal diagonal ->
                    tensors.put(
                            diagonal.name() + ".weight", Tensor.vector(positive(scaled(network, diagonal, chain, i))));
                case Node.Dense dense ->
                    tensors.put(
                            dense.name() + ".weight",
                            Tensor.matrix(
                                    dense.inputs(), dense.outputs(), signed(scaled(network, dense, chain, i), dense)));
                case Node.Lif lif -> {
                    recurrence(network, lif, tensors);
                    if (neuronsToo) {
                        node = new Node.Lif(
                                lif.name(),
                                lif.width(),
                                profile.neuron().reset(),
                                profile.neuron().membraneFloor(),
                                lif.recurrence());
                        neurons(network, lif, step, tensors);
                    }
                }
                default -> {
                    // nothing that could be projected
                }
            }
            nodes.add(node);
        }
        return new Network(NetworkGraph.ofChain(step, nodes), tensors);
    }

    private void recurrence(Network network, Node.Lif lif, Map<String, Tensor> tensors) {
        if (lif.recurrence() == RecurrentWiring.NONE) {
            return;
        }
        Tensor meant = network.tensor(lif, "recurrent_weight");
        float[] weight = meant.values().clone();
        float[] threshold = network.tensor(lif, "threshold").values();
        for (int i = 0; i < weight.length; i++) {
            weight[i] *= profile.neuron().threshold() / threshold[i % lif.width()];
        }
        if (lif.recurrence() == RecurrentWiring.ALL_TO_ALL) {
            new SignGroups(lif.width(), lif.width(), profile.synapse().signGroup()).align(weight);
        }
        WeightGrid grid = profile.grid();
        for (int i = 0; i < weight.length; i++) {
            weight[i] = grid.nearest(weight[i]);
        }
        tensors.put(lif.name() + ".recurrent_weight", new Tensor(meant.shape(), weight));
    }

    private void neurons(Network network, Node.Lif lif, double step, Map<String, Tensor> tensors) {
        float[] decay = network.tensor(lif, "decay").values().clone();
        for (int n = 0; n < decay.length; n++) {
            decay[n] = profile.neuron().leak().nearest(decay[n], step);
        }
        float[] threshold = new float[lif.width()];
        Arrays.fill(threshold, profile.neuron().threshold());
        tensors.put(lif.name() + ".decay", Tensor.vector(decay));
        tensors.put(lif.name() + ".threshold", Tensor.vector(threshold));
    }

    /** Weights as they are when the neurons after them have the chip's threshold. */
    private float[] scaled(Network network, Node synapse, List<Node> chain, int at) {
        float[] weight = network.tensor(synapse, "weight").values().clone();
        if (at + 1 < chain.size() && chain.get(at + 1) instanceof Node.Lif lif) {
            float[] threshold = network.tensor(lif, "threshold").values();
            int outputs = lif.width();
            for (int i = 0; i < weight.length; i++) {
                float own = threshold[i % outputs];
                if (own != profile.neuron().threshold()) {
                    weight[i] *= profile.neuron().threshold() / own;
                }
            }
        }
        return weight;
    }

    private float[] positive(float[] weight) {
        WeightGrid grid = profile.grid();
        for (int n = 0; n < weight.length; n++) {
            weight[n] = grid.weight(Math.max(1, grid.code(weight[n])));
        }
        return weight;
    }

    private float[] signed(float[] weight, Node.Dense dense) {
        WeightGrid grid = profile.grid();
        new SignGroups(dense.inputs(), dense.outputs(), profile.synapse().signGroup()).align(weight);
        for (int i = 0; i < weight.length; i++) {
            weight[i] = grid.nearest(weight[i]);
        }
        return weight;
    }
}
