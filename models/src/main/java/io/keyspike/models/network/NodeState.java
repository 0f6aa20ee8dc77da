package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import io.keyspike.kernels.RecurrentWiring;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One node's part of a {@link ChainState}: what it remembers and what it gives to the next node. Arrays that a node does not
 * need are empty; the others may be longer than the node is wide, for the kernels' sake, and hold zeros there.
 *
 * <p>Saved: the remembered numbers ({@code membrane}, {@code slow}, or a readout's {@code values}) as float32, then,
 * for a spiking node, the spikes of the last step, one bit each, lowest bit first. Nothing for nodes without memory.
 */
final class NodeState {

    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    /** What the node gives as real numbers: currents, a readout's values, or spikes as 0 and 1. */
    final float[] values;

    final float[] membrane;

    /** The second memory of a neuron: adaptive LIF's adaptation, Synaptic's current. */
    final float[] slow;

    /** Current with what recurrent synapses bring, of the step at hand. */
    final float[] total;

    /** Indices of the neurons that fired in the last step, ascending; the first {@link #firedCount} are valid. */
    final int[] fired;

    int firedCount;

    /** The node's own, without padding. */
    private final int width;

    /** Whether {@link #values} is memory (a readout) rather than a result of the step. */
    private final boolean valuesRemembered;

    private NodeState(
            int width,
            float[] values,
            float[] membrane,
            float[] slow,
            float[] total,
            int[] fired,
            boolean valuesRemembered) {
        this.width = width;
        this.values = values;
        this.membrane = membrane;
        this.slow = slow;
        this.total = total;
        this.fired = fired;
        this.valuesRemembered = valuesRemembered;
    }

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    static NodeState of(Node node, int block) {
        return switch (node) {
            case Node.Lif lif -> neurons(lif, block, false);
            case Node.AdaptiveLif lif -> neurons(lif, block, true);
            case Node.Leaky leaky -> neurons(leaky, block, false);
            case Node.Synaptic synaptic -> neurons(synaptic, block, true);
            case Node.Readout readout -> values(readout, block, true);
            case Node.Input input -> values(input, block, false);
            case Node.Diagonal diagonal -> values(diagonal, block, false);
            case Node.Dense dense -> values(dense, block, false);
            case Node.Sum sum -> values(sum, block, false);
            case Node.CurrentLif lif -> throw new IllegalArgumentException("network: current-lif does not run yet");
        };
    }

    private static NodeState neurons(Node node, int block, boolean slow) {
        int n = Padding.roundUp(node.outputs(), block);
        return new NodeState(
                node.outputs(),
                new float[n],
                new float[n],
                slow ? new float[n] : NO_FLOATS,
                node.recurrence() == RecurrentWiring.NONE ? NO_FLOATS : new float[n],
                new int[n],
                false);
    }

    private static NodeState values(Node node, int block, boolean remembered) {
        int n = Padding.roundUp(node.outputs(), block);
        return new NodeState(node.outputs(), new float[n], NO_FLOATS, NO_FLOATS, NO_FLOATS, NO_INTS, remembered);
    }

    int byteSize() {
        int arrays = (membrane.length > 0 ? 1 : 0) + (slow.length > 0 ? 1 : 0) + (valuesRemembered ? 1 : 0);
        return Float.BYTES * width * arrays + bitBytes();
    }

    private int bitBytes() {
        return (spikingWidth() + 7) / 8;
    }

    private int spikingWidth() {
        return fired.length > 0 ? width : 0;
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
        int next = 0;
        for (int first = 0; first < spikingWidth(); first += 8) {
            int bits = 0;
            while (next < firedCount && fired[next] < first + 8) {
                bits |= 1 << (fired[next] - first);
                next++;
            }
            out.put((byte) bits);
        }
    }

    /** Takes from a little-endian buffer. */
    void restore(ByteBuffer in) {
        getAll(in, membrane);
        getAll(in, slow);
        if (valuesRemembered) {
            getAll(in, values);
        }
        firedCount = 0;
        for (int first = 0; first < spikingWidth(); first += 8) {
            int bits = in.get() & 0xff;
            if (first + 8 > width && bits >>> (width - first) != 0) {
                throw new IllegalArgumentException(
                        "network state: expected spikes of " + width + " neurons, found one of a neuron beyond");
            }
            for (int i = first; bits != 0; i++, bits >>>= 1) {
                if ((bits & 1) != 0) {
                    fired[firedCount++] = i;
                }
            }
        }
        if (fired.length > 0) {
            scatterSpikes(values);
        }
    }

    /** Writes the last step's spikes as 0 and 1. */
    void scatterSpikes(float[] target) {
        Arrays.fill(target, 0, width, 0f);
        for (int i = 0; i < firedCount; i++) {
            target[fired[i]] = 1f;
        }
    }

    void reset() {
        Arrays.fill(values, 0f);
        Arrays.fill(membrane, 0f);
        Arrays.fill(slow, 0f);
        firedCount = 0;
    }

    private void putAll(ByteBuffer out, float[] numbers) {
        for (int i = 0; i < width && numbers.length > 0; i++) {
            out.putFloat(numbers[i]);
        }
    }

    private void getAll(ByteBuffer in, float[] numbers) {
        for (int i = 0; i < width && numbers.length > 0; i++) {
            numbers[i] = in.getFloat();
        }
    }
}
