package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One stream's memory of one delayed edge: the values of the last steps, zeros before the first. In each step
 * {@link #give} comes before the nodes and {@link #take} after them.
 *
 * <p>Saved: the values, the oldest step first, of spikes as {@link SpikeCode} has them and else as float32.
 */
final class DelayLine {

    // Positions among the nodes' room.
    private final int source;
    private final int given;

    /** {@code [delay, width]}, rows as long as those that the source gives; of spikes no numbers. */
    private final float[][] ring;

    /** {@code [delay, words]} of spikes; of other numbers no words. */
    private final long[][] spikes;

    private final int width;

    /** Where the source has its spikes; null of a source of real numbers. */
    private final @Nullable SpikeCode code;

    private final int word;

    /** The row of the oldest step. */
    private int oldest;

    /**
     * @param from the source
     * @param layout where its spikes are
     * @param given where the consumer reads, among the network's {@link NodeRoom}s
     */
    DelayLine(Node from, NodeLayout layout, NetworkPlan.Source edge, int given, int block) {
        this.source = edge.position();
        this.given = given;
        width = from.outputs();
        code = layout.code;
        word = layout.word;
        ring = new float[edge.delaySteps()][code == null ? Padding.roundUp(width, block) : 0];
        spikes = new long[edge.delaySteps()][code == null ? 0 : code.words()];
    }

    /** Leaves the values of as many steps ago as the edge is long where its consumer reads them. */
    void give(NodeRoom[] rooms) {
        if (code == null) {
            System.arraycopy(ring[oldest], 0, rooms[given].values, 0, width);
        } else {
            code.scatter(spikes[oldest], 0, rooms[given].values);
        }
    }

    /** Keeps what the source gave in this step in place of what is no longer needed. */
    void take(GraphState stream, NodeRoom[] rooms) {
        if (code == null) {
            System.arraycopy(rooms[source].values, 0, ring[oldest], 0, width);
        } else {
            System.arraycopy(stream.spikes, word, spikes[oldest], 0, spikes[oldest].length);
        }
        oldest = oldest + 1 == ring.length ? 0 : oldest + 1;
    }

    int byteSize() {
        return ring.length * (code == null ? Float.BYTES * width : code.byteSize());
    }

    /** Appends to a little-endian buffer. */
    void save(ByteBuffer out) {
        for (int i = 0; i < ring.length; i++) {
            int row = (oldest + i) % ring.length;
            if (code == null) {
                for (int n = 0; n < width; n++) {
                    out.putFloat(ring[row][n]);
                }
            } else {
                code.save(out, spikes[row], 0);
            }
        }
    }

    /** Takes from a little-endian buffer. */
    void restore(ByteBuffer in) {
        oldest = 0;
        for (int row = 0; row < ring.length; row++) {
            if (code == null) {
                for (int n = 0; n < width; n++) {
                    ring[row][n] = in.getFloat();
                }
            } else {
                code.restore(in, spikes[row], 0);
            }
        }
    }

    void reset() {
        oldest = 0;
        for (int row = 0; row < ring.length; row++) {
            Arrays.fill(ring[row], 0f);
            Arrays.fill(spikes[row], 0);
        }
    }
}
