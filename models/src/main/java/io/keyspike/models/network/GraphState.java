package io.keyspike.models.network;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * State of a network's nodes and delayed edges: each node's in order of computation, then each delayed edge's in the order of
 * the nodes it leads into, one after the other in the saved form too.
 */
public final class GraphState implements NetworkState {

    /** By position in the plan. */
    final NodeState[] nodes;

    /** The delayed edges. */
    final DelayLine[] delays;

    /** The spiking ones among {@link #nodes}, by layer. */
    private final NodeState[] layers;

    /** This state, for callers that step one stream at a time. */
    final GraphState[] alone = {this};

    /** Room for its steps alone; of a step among others, what nodes gave is not in here. */
    final NodeRoom[][] aloneRooms;

    private final int byteSize;

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    GraphState(NetworkPlan plan, int block) {
        nodes = plan.nodes().stream()
                .map(planned -> new NodeState(planned.node(), block))
                .toArray(NodeState[]::new);
        layers = Arrays.stream(nodes)
                .filter(n -> n.fired.length > 0 && n.membrane.length > 0)
                .toArray(NodeState[]::new);
        aloneRooms = new NodeRoom[][] {NodeRoom.all(plan, block)};
        var lines = new ArrayList<DelayLine>();
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            for (NetworkPlan.Source source : planned.sources()) {
                if (source.delaySteps() > 0) {
                    int given = nodes.length + lines.size();
                    lines.add(new DelayLine(plan.node(source.position()), source, given, block));
                }
            }
        }
        delays = lines.toArray(DelayLine[]::new);
        int size = 0;
        for (NodeState node : nodes) {
            size += node.byteSize();
        }
        for (DelayLine delay : delays) {
            size += delay.byteSize();
        }
        byteSize = size;
    }

    @Override
    public int lastSpikes(int layer) {
        return layers[layer].firedCount;
    }

    @Override
    public int lastSpikeTotal(int layer) {
        return layers[layer].spikeTotal();
    }

    @Override
    public int[] lastFired(int layer) {
        return layers[layer].fired;
    }

    @Override
    public int[] lastCounts(int layer) {
        return layers[layer].counts;
    }

    @Override
    public float[] membrane(int layer) {
        return layers[layer].membrane();
    }

    @Override
    public int byteSize() {
        return byteSize;
    }

    @Override
    public void save(ByteBuffer out) {
        if (out.remaining() < byteSize) {
            throw new BufferOverflowException();
        }
        ByteOrder order = out.order();
        out.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < nodes.length; i++) {
            nodes[i].save(out, aloneRooms[0][i].values());
        }
        for (DelayLine delay : delays) {
            delay.save(out);
        }
        out.order(order);
    }

    @Override
    public void restore(ByteBuffer in) {
        if (in.remaining() < byteSize) {
            throw new BufferUnderflowException();
        }
        ByteOrder order = in.order();
        in.order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (int i = 0; i < nodes.length; i++) {
                nodes[i].restore(in, aloneRooms[0][i].values());
            }
            for (DelayLine delay : delays) {
                delay.restore(in);
            }
        } finally {
            in.order(order);
        }
    }

    @Override
    public void reset() {
        for (NodeState node : nodes) {
            node.reset();
        }
        Arrays.stream(delays).forEach(DelayLine::reset);
    }
}
