package io.keyspike.models.network;

import java.util.Arrays;

/**
 * Where the parts of a {@link GraphState} lie, one node after the other in order of computation, so that a step touches few cache
 * lines of its stream. The same for all streams of a network.
 */
final class StateLayout {

    final NetworkPlan plan;

    /** What widths are padded to, {@link io.keyspike.kernels.StepKernels#block}. */
    final int block;

    /** By position in the plan. */
    final NodeLayout[] nodes;

    /** Those that fire, by layer. */
    final NodeLayout[] layers;

    StateLayout(NetworkPlan plan, int block) {
        this.plan = plan;
        this.block = block;
        nodes = new NodeLayout[plan.nodes().size()];
        int numbers = 0;
        int words = 0;
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new NodeLayout(plan.node(i), i, block, numbers, words);
            numbers = nodes[i].end();
            words = nodes[i].endWord();
        }
        layers = Arrays.stream(nodes).filter(NodeLayout::fires).toArray(NodeLayout[]::new);
    }

    int numbers() {
        return nodes[nodes.length - 1].end();
    }

    int words() {
        return nodes[nodes.length - 1].endWord();
    }
}
