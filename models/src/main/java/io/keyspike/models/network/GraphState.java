package io.keyspike.models.network;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * State of a network's nodes and delayed edges: each node's in order of computation, then each delayed edge's in the order of
 * the nodes it leads into, one after the other in the saved form too. The nodes' lies in two arrays, so that a step finds it in few
 * cache lines, at an address that takes few accesses to know.
 */
public final class GraphState implements NetworkState {

    private static final DelayLine[] NO_DELAYS = {};

    /** What nodes remember as numbers, as {@link NodeLayout} has it. */
    final float[] numbers;

    /** The spikes of the last step, likewise, and after each node's how many there were since they were last counted. */
    final long[] spikes;

    /** The delayed edges. */
    final DelayLine[] delays;

    private final StateLayout layout;

    /** What only steps of the stream alone need: a stream among others takes no memory for it. */
    private @Nullable Alone alone;

    /**
     * This state and the room for its steps, for the methods that take several of both.
     *
     * @param states of this stream alone
     * @param rooms of this stream alone, as {@link NodeRoom#all} has them
     */
    @SuppressWarnings("ArrayRecordComponent") // in use, never compared
    record Alone(GraphState[] states, NodeRoom[][] rooms) {
        NodeRoom[] room() {
            return rooms[0];
        }
    }

    GraphState(StateLayout layout) {
        this.layout = layout;
        numbers = new float[layout.numbers()];
        spikes = new long[layout.words()];
        delays = delays(layout);
    }

    private static DelayLine[] delays(StateLayout layout) {
        NetworkPlan plan = layout.plan;
        int nodes = plan.nodes().size();
        var lines = new ArrayList<DelayLine>();
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            for (NetworkPlan.Source source : planned.sources()) {
                if (source.delaySteps() > 0) {
                    lines.add(new DelayLine(
                            plan.node(source.position()),
                            layout.nodes[source.position()],
                            source,
                            nodes + lines.size(),
                            layout.block));
                }
            }
        }
        return lines.isEmpty() ? NO_DELAYS : lines.toArray(DelayLine[]::new);
    }

    /** For steps of the stream alone; made when first asked for. */
    Alone alone() {
        Alone made = alone;
        if (made == null) {
            made = new Alone(new GraphState[] {this}, new NodeRoom[][] {NodeRoom.all(layout.plan, layout.block)});
            alone = made;
        }
        return made;
    }

    private NodeLayout layer(int layer) {
        return layout.layers[layer];
    }

    private static SpikeCode code(NodeLayout node) {
        if (node.code == null) {
            throw new IllegalStateException("network state: expected a node that spikes, found one that does not");
        }
        return node.code;
    }

    @Override
    public int lastSpikes(int layer) {
        NodeLayout node = layer(layer);
        return code(node).fired(spikes, node.word);
    }

    @Override
    public int lastSpikeTotal(int layer) {
        NodeLayout node = layer(layer);
        return code(node).total(spikes, node.word);
    }

    @Override
    public long spikes(int layer) {
        return spikes[layer(layer).sum];
    }

    @Override
    public long takeSpikes(int layer) {
        int sum = layer(layer).sum;
        long taken = spikes[sum];
        spikes[sum] = 0;
        return taken;
    }

    @Override
    public void addSpikes(int layer, long more) {
        spikes[layer(layer).sum] += more;
    }

    @Override
    public int[] lastFired(int layer) {
        return listed(layer).fired;
    }

    @Override
    public int[] lastCounts(int layer) {
        return listed(layer).counts;
    }

    private NodeRoom listed(int layer) {
        NodeLayout node = layer(layer);
        NodeRoom room = alone().room()[node.position];
        room.firedCount = code(node).list(spikes, node.word, room.fired, room.counts);
        return room;
    }

    @Override
    public float[] membrane(int layer) {
        NodeLayout node = layer(layer);
        return Arrays.copyOfRange(
                numbers, node.at, node.at + layout.plan.node(node.position).outputs());
    }

    @Override
    public int byteSize() {
        int size = 0;
        for (NodeLayout node : layout.nodes) {
            size += node.byteSize();
        }
        for (DelayLine delay : delays) {
            size += delay.byteSize();
        }
        return size;
    }

    @Override
    public void save(ByteBuffer out) {
        if (out.remaining() < byteSize()) {
            throw new BufferOverflowException();
        }
        ByteOrder order = out.order();
        out.order(ByteOrder.LITTLE_ENDIAN);
        for (NodeLayout node : layout.nodes) {
            node.save(this, out);
        }
        for (DelayLine delay : delays) {
            delay.save(out);
        }
        out.order(order);
    }

    @Override
    public void restore(ByteBuffer in) {
        if (in.remaining() < byteSize()) {
            throw new BufferUnderflowException();
        }
        ByteOrder order = in.order();
        in.order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (NodeLayout node : layout.nodes) {
                node.restore(this, in);
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
        Arrays.fill(numbers, 0f);
        for (NodeLayout node : layout.nodes) {
            Arrays.fill(spikes, node.word, node.sum, 0);
        }
        Arrays.stream(delays).forEach(DelayLine::reset);
    }
}
