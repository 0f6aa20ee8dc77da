package io.keyspike.models.network;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A graph with its numbers, checked to fit together: every tensor a node needs is there in the right shape, none is left
 * over, every value is finite, decays lie within 0 and 1, and thresholds of neurons that count their spikes are above 0.
 *
 * @param graph nodes and edges, which tell what tensors are needed and in which shapes
 * @param tensors by name, {@code <node>.<parameter>}; iterated in the order of their names
 */
public record Network(NetworkGraph graph, Map<String, Tensor> tensors) {

    /** Parameters that are factors per step of something that leaks. */
    private static final Set<String> DECAYS = Set.of("decay", "membrane_decay", "adaptation_decay", "synapse_decay");

    /**
     * Checks the tensors against the graph.
     *
     * @throws IllegalArgumentException if a tensor is missing, superfluous or of another shape, or a value is out of range;
     *     the message names the tensor, what was expected and what was found
     */
    public Network {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
        int needed = 0;
        for (Node node : graph.nodes()) {
            for (Map.Entry<String, List<Integer>> parameter : node.parameters().entrySet()) {
                String name = tensorName(node, parameter.getKey());
                Tensor tensor = tensors.get(name);
                if (tensor == null) {
                    throw new IllegalArgumentException(
                            "network: expected a tensor " + name + " " + parameter.getValue() + ", found none");
                }
                if (!tensor.shape().equals(parameter.getValue())) {
                    throw new IllegalArgumentException("network: expected tensor " + name + " of shape "
                            + parameter.getValue() + ", found " + tensor.shape());
                }
                checkValues(name, tensor.values(), DECAYS.contains(parameter.getKey()));
                if (node instanceof Node.AxonDelay delay) {
                    checkSteps(name, tensor.values(), delay.maximumDelay());
                }
                if (node instanceof Node.CurrentLif && parameter.getKey().equals("threshold")) {
                    checkPositive(name, tensor.values());
                }
                needed++;
            }
        }
        if (needed != tensors.size()) {
            throw new IllegalArgumentException("network: expected only the tensors of its " + needed
                    + " parameters, found " + superfluous(graph, tensors));
        }
    }

    /**
     * The tensor {@code <node>.<parameter>}.
     *
     * @param node a node of the graph, or any node of the same name
     * @param parameter a key of {@link Node#parameters}, such as {@code weight}
     * @return the tensor itself, not a copy
     * @throws IllegalArgumentException if the network has no such tensor
     */
    public Tensor tensor(Node node, String parameter) {
        Tensor t = tensors.get(tensorName(node, parameter));
        if (t == null) {
            throw new IllegalArgumentException("network: expected a tensor " + tensorName(node, parameter));
        }
        return t;
    }

    /** The values of {@link #tensor}. */
    float[] values(Node node, String parameter) {
        return tensor(node, parameter).values();
    }

    private static String tensorName(Node node, String parameter) {
        return node.name() + "." + parameter;
    }

    private static void checkValues(String name, float[] values, boolean decay) {
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "network: expected finite values in tensor " + name + ", found " + value + " at index " + i);
            }
            if (decay && (value < 0 || value > 1)) {
                throw new IllegalArgumentException(
                        "network: expected 0 to 1 in tensor " + name + ", found " + value + " at index " + i);
            }
        }
    }

    /** Spikes are counted by a division by the threshold. */
    private static void checkSteps(String name, float[] values, int most) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] > most || values[i] != (int) values[i]) {
                throw new IllegalArgumentException("network: expected whole steps of 0 to " + most + " in tensor "
                        + name + ", found " + values[i] + " at index " + i);
            }
        }
    }

    private static void checkPositive(String name, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] <= 0) {
                throw new IllegalArgumentException("network: expected values above 0 in tensor " + name + ", found "
                        + values[i] + " at index " + i);
            }
        }
    }

    private static String superfluous(NetworkGraph graph, Map<String, Tensor> tensors) {
        var names = new TreeMap<>(tensors);
        for (Node node : graph.nodes()) {
            for (String parameter : node.parameters().keySet()) {
                names.remove(tensorName(node, parameter));
            }
        }
        return names.firstKey();
    }
}
