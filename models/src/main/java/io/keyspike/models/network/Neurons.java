package io.keyspike.models.network;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Kernel parameters of spiking nodes, from a network's tensors. */
final class Neurons {

    private Neurons() {}

    /** The synapses inside a layer, or null where there are none. */
    static @Nullable RecurrentSynapses recurrent(Network network, Node node) {
        return node.recurrence() == RecurrentWiring.NONE
                ? null
                : new RecurrentSynapses(node.recurrence(), network.values(node, "recurrent_weight"));
    }

    static LifParameters parameters(Network network, Node.Lif node) {
        Float floor = node.membraneFloor();
        return new LifParameters(
                network.values(node, "decay"),
                network.values(node, "threshold"),
                node.reset(),
                floor == null ? Float.NEGATIVE_INFINITY : floor);
    }

    static AdaptiveLifParameters parameters(Network network, Node.AdaptiveLif node) {
        return new AdaptiveLifParameters(
                network.values(node, "membrane_decay"),
                network.values(node, "adaptation_decay"),
                network.values(node, "membrane_coupling"),
                network.values(node, "spike_coupling"),
                network.values(node, "threshold"),
                node.symplectic());
    }

    static LeakyParameters parameters(Network network, Node.Leaky node) {
        return new LeakyParameters(
                null,
                network.values(node, "decay"),
                network.values(node, "threshold"),
                node.reset(),
                node.resetDelayed());
    }

    static LeakyParameters parameters(Network network, Node.Synaptic node) {
        return new LeakyParameters(
                network.values(node, "synapse_decay"),
                network.values(node, "decay"),
                network.values(node, "threshold"),
                node.reset(),
                node.resetDelayed());
    }

    static CurrentLifParameters parameters(Network network, Node.CurrentLif node) {
        Float floor = node.membraneFloor();
        return new CurrentLifParameters(
                node.synapses(),
                node.synapses() > 0 ? network.values(node, "synapse_decay") : new float[0],
                network.values(node, "decay"),
                network.values(node, "threshold"),
                node.reset(),
                floor == null ? Float.NEGATIVE_INFINITY : floor,
                node.maximumSpikes(),
                node.rule());
    }

    /** Neurons that never fire. The floor is left to the caller where the membrane before it is wanted. */
    static CurrentLifParameters parameters(Network network, Node.ExpLeak node, boolean floored) {
        Float floor = node.membraneFloor();
        float[] threshold = new float[node.width()];
        Arrays.fill(threshold, Float.POSITIVE_INFINITY);
        return new CurrentLifParameters(
                node.synapses(),
                node.synapses() > 0 ? network.values(node, "synapse_decay") : new float[0],
                network.values(node, "decay"),
                threshold,
                Reset.NONE,
                floor == null || !floored ? Float.NEGATIVE_INFINITY : floor,
                1,
                new CurrentLifRule(node.normalised(), 0f, 0f));
    }
}
