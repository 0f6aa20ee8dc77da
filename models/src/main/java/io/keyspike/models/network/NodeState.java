package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One node's part of a {@link GraphState}: what it remembers and what it gives to the nodes that read it. Arrays that a node does not
 * need are empty; the others may be longer than the node is wide, for the kernels' sake, and hold zeros there.
 *
 * <p>Saved: the remembered numbers ({@code membrane}, {@code slow}, or a readout's {@code values}) as float32, then,
 * for a spiking node, the spikes of the last step as {@link SpikeCode} has them. Nothing for nodes without memory.
 */
final class NodeState {

    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    /** What the node gives as real numbers: currents, a readout's values, or spikes as 0 and 1. */
    final float[] values;

    final float[] membrane;

    /** The second memory of a neuron: adaptive LIF's adaptation, Synaptic's current, CurrentLif's {@code [S, N]} currents. */
    final float[] slow;

    /** Scratch of the current step: current with what recurrent synapses bring, or inputs in rows of padded length. */
    final float[] total;

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

    /** Whether {@link #values} is memory (a readout) rather than a result of the step. */
    private final boolean valuesRemembered;

    private NodeState(Node node, int block, boolean memory) {
        int n = Padding.roundUp(node.outputs(), block);
        boolean spikes = memory && node.spikes();
        width = node.outputs();
        maximumSpikes = spikes ? node.maximumSpikes() : 0;
        valuesRemembered = memory && node.remembersValues();
        slowRows = memory ? node.slowRows() : 0;
        values = new float[n];
        membrane = memory && node.remembersMembranes() ? new float[n] : NO_FLOATS;
        slow = slowRows > 0 ? new float[slowRows * n] : NO_FLOATS;
        total = memory && node.scratchRows() > 0 ? new float[node.scratchRows() * n] : NO_FLOATS;
        fired = spikes ? new int[n] : NO_INTS;
        counts = maximumSpikes > 1 ? new int[n] : NO_INTS;
    }

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    static NodeState of(Node node, int block) {
        return new NodeState(node, block, true);
    }

    /** What a delayed edge gives: the values of its source, of spikes as 0, 1 and so on. */
    static NodeState ofDelayed(Node source, int block) {
        return new NodeState(source, block, false);
    }

    int byteSize() {
        int rows = (membrane.length > 0 ? 1 : 0) + slowRows + (valuesRemembered ? 1 : 0);
        return Float.BYTES * width * rows + (maximumSpikes > 0 ? SpikeCode.byteSize(width, maximumSpikes) : 0);
    }

    /** Membrane potentials, {@code [N]}: a copy. */
    float[] membrane() {
        return Arrays.copyOf(membrane, width);
    }

    /** Appends to a little-endian buffer. */
    void save(ByteBuffer out) {
        putAll(out, membrane);
        putAll(out, slow);
        if (valuesRemembered) {
            putAll(out, values);
        }
        if (maximumSpikes > 0) {
            scatterSpikes(values);
            SpikeCode.put(out, values, width, maximumSpikes);
        }
    }

    /** Takes from a little-endian buffer. */
    void restore(ByteBuffer in) {
        getAll(in, membrane);
        getAll(in, slow);
        if (valuesRemembered) {
            getAll(in, values);
        }
        if (maximumSpikes > 0) {
            SpikeCode.get(in, values, width, maximumSpikes);
            gatherSpikes();
        }
    }

    /** The spikes of the last step of all neurons together. */
    int spikes() {
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

    private void gatherSpikes() {
        firedCount = 0;
        for (int n = 0; n < width; n++) {
            if (values[n] != 0f) {
                if (counts.length > 0) {
                    counts[firedCount] = (int) values[n];
                }
                fired[firedCount++] = n;
            }
        }
    }

    void reset() {
        Arrays.fill(values, 0f);
        Arrays.fill(membrane, 0f);
        Arrays.fill(slow, 0f);
        firedCount = 0;
    }

    /** Rows of as many numbers as the node is wide, out of padded ones. */
    private void putAll(ByteBuffer out, float[] numbers) {
        for (int row = 0; row < numbers.length; row += values.length) {
            for (int i = 0; i < width; i++) {
                out.putFloat(numbers[row + i]);
            }
        }
    }

    private void getAll(ByteBuffer in, float[] numbers) {
        for (int row = 0; row < numbers.length; row += values.length) {
            for (int i = 0; i < width; i++) {
                numbers[row + i] = in.getFloat();
            }
        }
    }
}
