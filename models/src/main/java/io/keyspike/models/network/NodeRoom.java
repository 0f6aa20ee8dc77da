package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Room for what one node of one stream gives in a step. Not state: the next step of any stream may use it, so that it stays in
 * the nearest cache. As long as the kernels want; what is beyond the node's width is zero. Arrays that a node does not need are empty.
 */
final class NodeRoom {

    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    /** Real numbers: currents, a readout's values, or spikes as 0, 1 and so on where they are wanted as numbers. */
    final float[] values;

    /** Current with what recurrent synapses bring, or inputs in rows of padded length. */
    final float[] total;

    /** Indices of the neurons that fired, ascending; the first {@link #firedCount} are valid. */
    final int[] fired;

    /** How often each of {@link #fired} did; empty where neurons fire at most once in a step. */
    final int[] counts;

    int firedCount;

    private final int width;

    private NodeRoom(int width, int padded, int rows, boolean spikes, boolean counted) {
        this.width = width;
        values = new float[padded];
        total = rows > 0 ? new float[rows * padded] : NO_FLOATS;
        fired = spikes ? new int[padded] : NO_INTS;
        counts = counted ? new int[padded] : NO_INTS;
    }

    /** By position in the plan; what delayed edges give follows, in the order of {@link GraphState#delays}. */
    static NodeRoom[] all(NetworkPlan plan, int block) {
        var all = new ArrayList<NodeRoom>();
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            Node node = planned.node();
            int padded = Padding.roundUp(node.outputs(), block);
            all.add(new NodeRoom(node.outputs(), padded, node.scratchRows(), node.spikes(), node.maximumSpikes() > 1));
        }
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            for (NetworkPlan.Source source : planned.sources()) {
                if (source.delaySteps() > 0) {
                    int width = plan.node(source.position()).outputs();
                    all.add(new NodeRoom(width, Padding.roundUp(width, block), 0, false, false));
                }
            }
        }
        return all.toArray(NodeRoom[]::new);
    }

    /** Writes the spikes as 0, 1 and so on into the beginning of the target. */
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
}
