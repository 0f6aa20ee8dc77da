package io.keyspike.trainer.layers;

import java.util.ArrayList;
import java.util.List;

/**
 * The feed-forward synapses of a layer.
 *
 * @param weight {@code [N]} of a diagonal synapse, else {@code [inputs, outputs]}
 */
public record SynapseShape(Parameter weight, int inputs, int outputs) {

    /** Whether every input reaches every output. */
    public boolean dense() {
        return weight.role() == Parameter.Role.MATRIX;
    }

    /**
     * The synapses of a network, one for each of its layers.
     *
     * @param parameters of the network, in the order of its layers
     * @param inputs of the network
     */
    public static List<SynapseShape> of(List<Parameter> parameters, int inputs) {
        var shapes = new ArrayList<SynapseShape>();
        int width = inputs;
        for (Parameter p : parameters) {
            if (p.synaptic() && p.name().equals("weight")) {
                int outputs = p.role() == Parameter.Role.MATRIX ? p.values().length / width : width;
                shapes.add(new SynapseShape(p, width, outputs));
                width = outputs;
            }
        }
        return List.copyOf(shapes);
    }
}
