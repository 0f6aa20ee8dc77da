package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.layers.Parameter;
import java.util.List;

/** Puts the numbers of a finished network where learning begins. */
final class StartingPoint {

    private StartingPoint() {}

    /**
     * @throws IllegalArgumentException if the network lacks a parameter that is learnt, or has it in another size
     */
    static void load(Network network, List<Parameter> parameters) {
        for (Parameter p : parameters) {
            boolean synapse = p.name().equals("weight") || p.name().equals("bias");
            String name = p.layer() + (synapse ? "_synapse." : ".") + p.name();
            Tensor tensor = network.tensors().get(name);
            if (tensor == null || tensor.values().length != p.values().length) {
                throw new IllegalArgumentException("model: expected a tensor " + name + " of " + p.values().length
                        + " values to start from, found "
                        + (tensor == null ? "none" : tensor.values().length + " values"));
            }
            for (int i = 0; i < p.values().length; i++) {
                float value = tensor.values()[i];
                // decays are learnt as the sigmoid of a number without limits
                p.values()[i] = p.name().equals("decay") ? (float) Math.log(value / (1.0 - value)) : value;
            }
        }
    }
}
