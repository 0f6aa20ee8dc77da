package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where in a {@link GraphState} one node's part lies: what it remembers, which for a spiking node includes the spikes of the last
 * step. What it gives on is in its {@link NodeRoom}. The same for all streams of a network.
 *
 * <p>Rows of numbers, each as long as the kernels want, with zeros after the node's width: the membranes; adaptive LIF's adaptation,
 * Synaptic's current, CurrentLif's {@code [S, N]} currents or the spikes that an axon delay holds, the latest first; a readout's
 * values. Each only where the node has such.
 *
 * <p>Saved: the numbers as float32, and then, of a spiking node, the spikes as {@link SpikeCode} has them. Nothing of nodes
 * without memory.
 */
final class NodeLayout {

    /** The node's, in the plan. */
    final int position;

    /** Where the node's rows begin, in {@link GraphState#numbers}. */
    final int at;

    /** Where its spikes begin, in {@link GraphState#spikes}. */
    final int word;

    /** After its spikes: the word in which they are counted. */
    final int sum;

    /** Length of a row. */
    final int padded;

    /** What its spikes are kept as; null of nodes without. */
    final @Nullable SpikeCode code;

    private final int width;
    private final int rows;

    /** Whether the first row is membranes. */
    private final boolean membranes;

    private final boolean remembersValues;

    /**
     * @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block}
     * @param at where there is room in the state's numbers
     * @param word where there is room among the words of its spikes
     */
    NodeLayout(Node node, int position, int block, int at, int word) {
        this.position = position;
        this.at = at;
        this.word = word;
        width = node.outputs();
        padded = Padding.roundUp(width, block);
        membranes = node.remembersMembranes();
        remembersValues = node.remembersValues();
        rows = (membranes ? 1 : 0) + node.slowRows() + (remembersValues ? 1 : 0);
        code = node.spikes() ? new SpikeCode(width, node.maximumSpikes()) : null;
        sum = code == null ? word : word + code.words();
    }

    /** After the node's numbers. */
    int end() {
        return at + rows * padded;
    }

    /** After the words of its spikes and their sum. */
    int endWord() {
        return code == null ? word : sum + 1;
    }

    /** Whether it is neurons that fire, rather than something that passes on others' spikes. */
    boolean fires() {
        return code != null && membranes;
    }

    int byteSize() {
        return Float.BYTES * width * rows + (code == null ? 0 : code.byteSize());
    }

    /** Whether it remembers what it gives, as a readout does. */
    boolean remembersValues() {
        return remembersValues;
    }

    /** Where a row of what it remembers besides membranes begins. */
    int slow(int row) {
        return at + (row + (membranes ? 1 : 0)) * padded;
    }

    /** Its membranes become zero. */
    void clearMembranes(GraphState stream) {
        Arrays.fill(stream.numbers, at, at + padded, 0f);
    }

    /** All numbers that it remembers become zero. */
    void clearNumbers(GraphState stream) {
        Arrays.fill(stream.numbers, at, end(), 0f);
    }

    /** Appends to a little-endian buffer. */
    void save(GraphState stream, ByteBuffer out) {
        for (int row = at; row < end(); row += padded) {
            for (int i = 0; i < width; i++) {
                out.putFloat(stream.numbers[row + i]);
            }
        }
        if (code != null) {
            code.save(out, stream.spikes, word);
        }
    }

    /**
     * Takes from a little-endian buffer.
     *
     * @throws IllegalArgumentException if these are no spikes that the node can give
     */
    void restore(GraphState stream, ByteBuffer in) {
        for (int row = at; row < end(); row += padded) {
            for (int i = 0; i < width; i++) {
                stream.numbers[row + i] = in.getFloat();
            }
        }
        if (code != null) {
            code.restore(in, stream.spikes, word);
        }
    }
}
