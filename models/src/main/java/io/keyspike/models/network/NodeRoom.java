package io.keyspike.models.network;

import io.keyspike.kernels.Padding;
import java.util.ArrayList;

/**
 * Room for what one node of one stream gives in a step. Not state: the next step of any stream may use it, so that it stays in
 * the nearest cache. As long as the kernels want; what is beyond the node's width is zero.
 *
 * @param values real numbers: currents, a readout's values, or spikes as 0, 1 and so on where they are wanted as numbers
 * @param total current with what recurrent synapses bring, or inputs in rows of padded length; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // room, never compared
record NodeRoom(float[] values, float[] total) {

    /** @param block what widths are padded to, {@link io.keyspike.kernels.StepKernels#block} */
    static NodeRoom of(Node node, int block) {
        int width = Padding.roundUp(node.outputs(), block);
        return new NodeRoom(new float[width], new float[node.scratchRows() * width]);
    }

    /** For what a delayed edge gives: the values of its source. */
    static NodeRoom ofDelayed(Node source, int block) {
        return new NodeRoom(new float[Padding.roundUp(source.outputs(), block)], new float[0]);
    }

    /** By position in the plan; what delayed edges give follows, in the order of {@link GraphState#delays}. */
    static NodeRoom[] all(NetworkPlan plan, int block) {
        var all = new ArrayList<NodeRoom>();
        plan.nodes().forEach(planned -> all.add(of(planned.node(), block)));
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            for (NetworkPlan.Source source : planned.sources()) {
                if (source.delaySteps() > 0) {
                    all.add(ofDelayed(plan.node(source.position()), block));
                }
            }
        }
        return all.toArray(NodeRoom[]::new);
    }
}
