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

    /** By position in the plan; what delayed edges give follows, in the order of {@link #delays}. */
    final NodeState[] nodes;

    /** The delayed edges. */
    final DelayLine[] delays;

    /** The spiking ones among {@link #nodes}, by layer. */
    private final NodeState[] layers;

    /** This state, for callers that step one stream at a time. */
    final GraphState[] alone = {this};

    private final int byteSize;

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    GraphState(NetworkPlan plan, int block) {
        var all = new ArrayList<NodeState>();
        plan.nodes().forEach(planned -> all.add(NodeState.of(planned.node(), block)));
        layers = all.stream()
                .filter(n -> n.fired.length > 0 && n.membrane.length > 0)
                .toArray(NodeState[]::new);
        var lines = new ArrayList<DelayLine>();
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            for (NetworkPlan.Source source : planned.sources()) {
                if (source.delaySteps() > 0) {
                    Node from = plan.node(source.position());
                    NodeState given = NodeState.ofDelayed(from, block);
                    lines.add(new DelayLine(from, source.delaySteps(), all.get(source.position()), given));
                    all.add(given);
                }
            }
        }
        nodes = all.toArray(NodeState[]::new);
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
        return layers[layer].spikes();
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
        for (NodeState node : nodes) {
            node.save(out);
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
            for (NodeState node : nodes) {
                node.restore(in);
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
