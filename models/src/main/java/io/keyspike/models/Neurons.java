package io.keyspike.models;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.LifParameters;

/** Kernel parameters of spiking nodes, from a network's tensors. */
final class Neurons {

    private Neurons() {}

    static boolean spikes(Node node) {
        return node instanceof Node.Lif || node instanceof Node.AdaptiveLif;
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
                network.values(node, "threshold"));
    }
}
