package io.keyspike.trainer.chip;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.models.chip.ChipProfile.Mismatch;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import java.util.Map;
import java.util.TreeMap;

/** A network as one imperfect chip would run it: every synapse, threshold and time constant off by its own draw. */
final class SampledChip {

    /** No draw makes a quantity smaller than this share of its nominal value, let alone changes its sign. */
    private static final double LEAST_FACTOR = 0.05;

    private SampledChip() {}

    /** Each quantity times (1 + σ·ε), ε normal; drawn node by node, parameter by parameter, in the order of computation. */
    static Network of(Network network, Mismatch sigma, SplitMix random) {
        Map<String, Tensor> tensors = new TreeMap<>(network.tensors());
        for (NetworkPlan.PlannedNode planned : network.graph().plan().nodes()) {
            Node node = planned.node();
            switch (node) {
                case Node.Diagonal d ->
                    put(tensors, d, "weight", factors(network, d, "weight", sigma.weight(), random));
                case Node.Dense d -> put(tensors, d, "weight", factors(network, d, "weight", sigma.weight(), random));
                case Node.Lif lif -> {
                    put(tensors, lif, "threshold", factors(network, lif, "threshold", sigma.threshold(), random));
                    put(tensors, lif, "decay", decays(network, lif, sigma.leak(), random));
                    if (lif.recurrence() != RecurrentWiring.NONE) {
                        put(
                                tensors,
                                lif,
                                "recurrent_weight",
                                factors(network, lif, "recurrent_weight", sigma.weight(), random));
                    }
                }
                default -> {
                    // not on the chip
                }
            }
        }
        return new Network(network.graph(), tensors);
    }

    private static void put(Map<String, Tensor> tensors, Node node, String parameter, Tensor tensor) {
        tensors.put(node.name() + "." + parameter, tensor);
    }

    /** What a quantity with such a relative spread is multiplied by on one chip. */
    static double factor(double sigma, SplitMix random) {
        return Math.max(LEAST_FACTOR, 1 + sigma * random.nextGaussian());
    }

    private static Tensor factors(Network network, Node node, String parameter, double sigma, SplitMix random) {
        Tensor meant = network.tensor(node, parameter);
        float[] values = meant.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) factor(sigma, random);
        }
        return new Tensor(meant.shape(), values);
    }

    /** β = exp(−dt/τ), so a time constant f times as long has β^(1/f). */
    private static Tensor decays(Network network, Node node, double sigma, SplitMix random) {
        Tensor meant = network.tensor(node, "decay");
        float[] values = meant.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.pow(values[i], 1 / factor(sigma, random));
        }
        return new Tensor(meant.shape(), values);
    }
}
