package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One node's part of a {@link GraphState}: what it remembers, which for a spiking node includes the spikes of the last step; what it
 * gives as numbers is in its {@link NodeRoom}. Arrays that a node does not
 * need are empty; the others may be longer than the node is wide, for the kernels' sake, and hold zeros there.
 *
 * <p>Saved: the remembered numbers ({@code membrane}, {@code slow}, or a readout's {@code output}) as float32, then,
 * for a spiking node, the spikes of the last step as {@link SpikeCode} has them. Nothing for nodes without memory.
 */
final class NodeState {

    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    /** A readout's values. */
    final float[] output;

    final float[] membrane;

    /** The second memory of a neuron: adaptive LIF's adaptation, Synaptic's current, CurrentLif's {@code [S, N]} currents. */
    final float[] slow;

    /** Adaptive LIF's spikes of the last step once more, as 0 and 1. */
    final float[] spikes;

    /** Indices of the neurons that fired in the last step, ascending; the first {@link #firedCount} are valid. */
    final int[] fired;

    int firedCount;

    /** How often each of {@link #fired} did; empty where neurons fire at most once in a step. */
    final int[] counts;

    private final int maximumSpikes;

    /** Rows of {@link #slow}, each as long as the membranes. */
    private final int slowRows;

    /** The node's own, without padding. */
    private final int width;

    /** Length of a row, with padding. */
    private final int padded;

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    NodeState(Node node, int block) {
        int n = Padding.roundUp(node.outputs(), block);
        width = node.outputs();
        padded = n;
        maximumSpikes = node.maximumSpikes();
        slowRows = node.slowRows();
        output = node.remembersValues() ? new float[n] : NO_FLOATS;
        membrane = node.remembersMembranes() ? new float[n] : NO_FLOATS;
        slow = slowRows > 0 ? new float[slowRows * n] : NO_FLOATS;
        spikes = node instanceof Node.AdaptiveLif ? new float[n] : NO_FLOATS;
        fired = node.spikes() ? new int[n] : NO_INTS;
        counts = maximumSpikes > 1 ? new int[n] : NO_INTS;
    }

    int byteSize() {
        int rows = (membrane.length > 0 ? 1 : 0) + slowRows + (output.length > 0 ? 1 : 0);
        return Float.BYTES * width * rows + (maximumSpikes > 0 ? SpikeCode.byteSize(width, maximumSpikes) : 0);
    }

    /** Length of a row of {@link #slow}. */
    int rowLength() {
        return padded;
    }

    /** Membrane potentials, {@code [N]}: a copy. */
    float[] membrane() {
        return Arrays.copyOf(membrane, width);
    }

    /**
     * Appends to a little-endian buffer.
     *
     * @param room for numbers, as long as the node is wide
     */
    void save(ByteBuffer out, float[] room) {
        putAll(out, membrane);
        putAll(out, slow);
        putAll(out, output);
        if (maximumSpikes > 0) {
            scatterSpikes(room);
            SpikeCode.put(out, room, width, maximumSpikes);
        }
    }

    /**
     * Takes from a little-endian buffer.
     *
     * @param room for numbers, as long as the node is wide
     */
    void restore(ByteBuffer in, float[] room) {
        getAll(in, membrane);
        getAll(in, slow);
        getAll(in, output);
        if (maximumSpikes > 0) {
            SpikeCode.get(in, room, width, maximumSpikes);
            gatherSpikes(room);
        }
    }

    /** The spikes of the last step of all neurons together. */
    int spikeTotal() {
        if (counts.length == 0) {
            return firedCount;
        }
        int sum = 0;
        for (int i = 0; i < firedCount; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** Writes the last step's spikes as 0, 1 and so on. */
    void scatterSpikes(float[] target) {
        Arrays.fill(target, 0, width, 0f);
        if (counts.length == 0) {
            for (int i = 0; i < firedCount; i++) {
                target[fired[i]] = 1f;
            }
        } else {
            for (int i = 0; i < firedCount; i++) {
                target[fired[i]] = counts[i];
            }
        }
    }

    private void gatherSpikes(float[] numbers) {
        firedCount = 0;
        for (int n = 0; n < width; n++) {
            if (numbers[n] != 0f) {
                if (counts.length > 0) {
                    counts[firedCount] = (int) numbers[n];
                }
                fired[firedCount++] = n;
            }
        }
        if (spikes.length > 0) {
            System.arraycopy(numbers, 0, spikes, 0, width);
        }
    }

    void reset() {
        Arrays.fill(output, 0f);
        Arrays.fill(membrane, 0f);
        Arrays.fill(slow, 0f);
        Arrays.fill(spikes, 0f);
        firedCount = 0;
    }

    /** Rows of as many numbers as the node is wide, out of padded ones. */
    private void putAll(ByteBuffer out, float[] numbers) {
        for (int row = 0; row < numbers.length; row += padded) {
            for (int i = 0; i < width; i++) {
                out.putFloat(numbers[row + i]);
            }
        }
    }

    private void getAll(ByteBuffer in, float[] numbers) {
        for (int row = 0; row < numbers.length; row += padded) {
            for (int i = 0; i < width; i++) {
                numbers[row + i] = in.getFloat();
            }
        }
    }
}
