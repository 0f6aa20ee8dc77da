package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One stream's memory of one delayed edge: the values of the last steps, zeros before the first. In each step
 * {@link #give} comes before the nodes and {@link #take} after them.
 *
 * <p>Saved: the values, the oldest step first, of spikes as {@link SpikeCode} has them and else as float32.
 */
final class DelayLine {

    // Positions among the nodes and their room.
    private final int source;
    private final int given;

    /** {@code [delay, width]}, rows as long as those that the source gives. */
    private final float[][] ring;

    private final int width;
    private final int maximumSpikes;

    /** The row of the oldest step. */
    private int oldest;

    /**
     * @param from the source
     * @param given where the consumer reads, among the network's {@link NodeRoom}s
     */
    DelayLine(Node from, NetworkPlan.Source edge, int given, int block) {
        this.source = edge.position();
        this.given = given;
        width = from.outputs();
        maximumSpikes = from.maximumSpikes();
        ring = new float[edge.delaySteps()][Padding.roundUp(width, block)];
    }

    /** Leaves the values of as many steps ago as the edge is long where its consumer reads them. */
    void give(NodeRoom[] rooms) {
        System.arraycopy(ring[oldest], 0, rooms[given].values(), 0, width);
    }

    /** Keeps what the source gave in this step in place of what is no longer needed. */
    void take(NodeState[] nodes, NodeRoom[] rooms) {
        float[] row = ring[oldest];
        if (maximumSpikes > 0) {
            nodes[source].scatterSpikes(row);
        } else {
            System.arraycopy(rooms[source].values(), 0, row, 0, width);
        }
        oldest = oldest + 1 == ring.length ? 0 : oldest + 1;
    }

    int byteSize() {
        return ring.length * (maximumSpikes > 0 ? SpikeCode.byteSize(width, maximumSpikes) : Float.BYTES * width);
    }

    /** Appends to a little-endian buffer. */
    void save(ByteBuffer out) {
        for (int i = 0; i < ring.length; i++) {
            float[] row = ring[(oldest + i) % ring.length];
            if (maximumSpikes > 0) {
                SpikeCode.put(out, row, width, maximumSpikes);
            } else {
                for (int n = 0; n < width; n++) {
                    out.putFloat(row[n]);
                }
            }
        }
    }

    /** Takes from a little-endian buffer. */
    void restore(ByteBuffer in) {
        oldest = 0;
        for (float[] row : ring) {
            if (maximumSpikes > 0) {
                SpikeCode.get(in, row, width, maximumSpikes);
            } else {
                for (int n = 0; n < width; n++) {
                    row[n] = in.getFloat();
                }
            }
        }
    }

    void reset() {
        oldest = 0;
        for (float[] row : ring) {
            Arrays.fill(row, 0f);
        }
    }
}
