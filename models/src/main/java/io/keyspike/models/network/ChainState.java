package io.keyspike.models.network;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** State of a chain of nodes: each node's, one after the other, in the saved form too. */
public final class ChainState implements NetworkState {

    /** By position in the chain. */
    final NodeState[] nodes;

    /** The spiking ones among {@link #nodes}, by layer. */
    private final NodeState[] layers;

    /** This state, for whoever steps one stream at a time. */
    final ChainState[] alone = {this};

    private final int byteSize;

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    public ChainState(List<Node> chain, int block) {
        nodes = chain.stream().map(node -> NodeState.of(node, block)).toArray(NodeState[]::new);
        layers = Arrays.stream(nodes).filter(n -> n.fired.length > 0).toArray(NodeState[]::new);
        int size = 0;
        for (NodeState node : nodes) {
            size += node.byteSize();
        }
        byteSize = size;
    }

    @Override
    public int lastSpikes(int layer) {
        return layers[layer].firedCount;
    }

    @Override
    public int[] lastFired(int layer) {
        return layers[layer].fired;
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
        } finally {
            in.order(order);
        }
    }

    @Override
    public void reset() {
        for (NodeState node : nodes) {
            node.reset();
        }
    }
}
