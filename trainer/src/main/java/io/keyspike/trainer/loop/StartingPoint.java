package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.layers.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the numbers of a finished network where learning begins. */
final class StartingPoint {

    private StartingPoint() {}

    /**
     * Loads all layers but those that differ in size or are not in the network: a body for a new last layer. Layers with
     * batch norm are never loaded, since a finished network has it folded into its weights.
     *
     * @return names of the layers that begin with weights of their own
     * @throws IllegalArgumentException if no layer fits
     */
    static List<String> loadBody(Network network, List<Parameter> parameters) {
        Map<String, List<Parameter>> layers = new LinkedHashMap<>();
        parameters.forEach(
                p -> layers.computeIfAbsent(p.layer(), l -> new ArrayList<>()).add(p));
        var fresh = new ArrayList<String>();
        layers.forEach((layer, of) -> {
            if (of.stream().allMatch(p -> fits(network, p))) {
                load(network, of);
            } else {
                fresh.add(layer);
            }
        });
        if (fresh.size() == layers.size()) {
            throw new IllegalArgumentException("model: expected at least one layer of " + layers.keySet()
                    + " in the same size to start from, found none");
        }
        return fresh;
    }

    private static boolean fits(Network network, Parameter p) {
        Tensor tensor = network.tensors().get(name(p));
        return tensor != null && tensor.values().length == p.values().length;
    }

    private static String name(Parameter p) {
        boolean synapse = p.name().equals("weight") || p.name().equals("bias");
        return p.layer() + (synapse ? "_synapse." : ".") + p.name();
    }

    /**
     * @throws IllegalArgumentException if the network lacks a parameter that is learnt, or has it in another size
     */
    static void load(Network network, List<Parameter> parameters) {
        for (Parameter p : parameters) {
            String name = name(p);
            Tensor tensor = network.tensors().get(name);
            if (tensor == null || tensor.values().length != p.values().length) {
                throw new IllegalArgumentException("model: expected a tensor " + name + " of " + p.values().length
                        + " values to start from, found "
                        + (tensor == null ? "none" : tensor.values().length + " values"));
            }
            for (int i = 0; i < p.values().length; i++) {
                float value = tensor.values()[i];
                p.values()[i] = p.role() == Parameter.Role.SIGMOID ? (float) Math.log(value / (1.0 - value)) : value;
            }
        }
    }
}
