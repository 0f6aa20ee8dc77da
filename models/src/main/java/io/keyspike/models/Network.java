package io.keyspike.models;

import java.util.Map;

/**
 * A graph with its numbers, checked to fit together: every tensor a node needs is there in the right shape, none is left
 * over, every value is finite.
 *
 * @param tensors by name, {@code <node>.<parameter>}
 */
public record Network(NetworkGraph graph, Map<String, Tensor> tensors) {

    /** @throws IllegalArgumentException naming the tensor, what was expected and what was found */
    public Network {
        tensors = Map.copyOf(tensors);
    }

    /** The tensor {@code <node>.<parameter>}. */
    public Tensor tensor(Node node, String parameter) {
        Tensor t = tensors.get(node.name() + "." + parameter);
        if (t == null) {
            throw new IllegalArgumentException("network: expected a tensor " + node.name() + "." + parameter);
        }
        return t;
    }
}
