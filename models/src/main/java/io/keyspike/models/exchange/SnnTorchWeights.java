package io.keyspike.models.exchange;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import io.keyspike.models.json.JsonFields;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * State dictionaries of snnTorch networks, which hold tensors by the modules' names but not what the modules are: that is told
 * by an architecture, {@code {input: 6, layers: [{kind: linear, name: fc1}, {kind: leaky, name: lif1, …}]}}. Kinds are
 * {@code linear}, {@code leaky}, {@code rleaky}, {@code synaptic} and {@code rsynaptic}; neurons have {@code reset},
 * {@code reset_delay}, and {@code beta}, {@code alpha} and {@code threshold} where the dictionary has none.
 */
public final class SnnTorchWeights {
    private static final Reset[] MECHANISMS = {Reset.SUBTRACT, Reset.ZERO, Reset.NONE};

    private final SortedMap<String, NumberArray> dictionary;
    private final Set<String> unused;
    private final List<Node> nodes = new ArrayList<>();
    private final List<NetworkGraph.Edge> edges = new ArrayList<>();
    private final SortedMap<String, Tensor> tensors = new TreeMap<>();

    private SnnTorchWeights(SortedMap<String, NumberArray> dictionary) {
        this.dictionary = dictionary;
        unused = new HashSet<>(dictionary.keySet());
    }

    /**
     * Makes a network of a state dictionary.
     *
     * @param dictionary tensors by the names of modules and parameters, such as {@code fc1.weight}
     * @param architecture what the modules are, see the class
     * @param stepSeconds the network's time step in seconds
     * @return the network; weights keep their bits
     * @throws IllegalArgumentException if a tensor is missing, superfluous or of the wrong shape; the message names it
     */
    public static Network read(SortedMap<String, NumberArray> dictionary, JsonFields architecture, double stepSeconds) {
        return new SnnTorchWeights(dictionary).network(architecture, stepSeconds);
    }

    private Network network(JsonFields architecture, double stepSeconds) {
        int width = architecture.integer("input", 1, NetworkGraph.MAXIMUM_WIDTH);
        nodes.add(new Node.Input("input", width));
        for (JsonFields layer : architecture.objects("layers")) {
            width = add(layer, width);
            layer.end();
        }
        architecture.end();
        unused.removeIf(name -> name.endsWith(".graded_spikes_factor")
                || name.endsWith(".mem")
                || name.endsWith(".syn")
                || name.endsWith(".spk"));
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("expected only tensors of the architecture's layers, found "
                    + new TreeMap<>(dictionary)
                            .keySet().stream()
                                    .filter(unused::contains)
                                    .findFirst()
                                    .orElse(""));
        }
        return new Network(new NetworkGraph(stepSeconds, nodes, edges, List.of()), tensors);
    }

    private int add(JsonFields layer, int width) {
        String module = layer.text("name");
        String name = module.replaceAll("[^A-Za-z0-9_-]", "_");
        String kind = layer.text("kind");
        if (kind.equals("linear")) {
            NumberArray weight = required(module + ".weight");
            if (weight.shape().size() != 2 || weight.shape().get(1) != width) {
                throw new IllegalArgumentException(
                        "expected " + module + ".weight of shape [out, " + width + "], found " + weight.shape());
            }
            int outputs = weight.shape().get(0);
            NumberArray bias = take(module + ".bias");
            tensors.put(name + ".weight", NirToNetwork.transposed(weight));
            if (bias != null) {
                tensors.put(name + ".bias", vector(module + ".bias", bias, outputs));
            }
            append(new Node.Dense(name, width, outputs, bias != null));
            return outputs;
        }
        boolean recurrent = kind.equals("rleaky") || kind.equals("rsynaptic");
        boolean synaptic = kind.equals("synaptic") || kind.equals("rsynaptic");
        if (!recurrent && !synaptic && !kind.equals("leaky")) {
            throw new IllegalArgumentException("layer " + module
                    + ": expected linear, leaky, rleaky, synaptic or rsynaptic as kind, found " + kind);
        }
        NumberArray mechanism = take(module + ".reset_mechanism_val");
        Reset noted = mechanism == null || mechanism.values().length != 1
                ? Reset.SUBTRACT
                : MECHANISMS[(int) Math.clamp(mechanism.values()[0], 0, MECHANISMS.length - 1)];
        Reset reset = layer.has("reset") ? layer.choice("reset", Reset.class) : noted;
        boolean delayed = !layer.has("reset_delay") || layer.flag("reset_delay");
        tensors.put(name + ".decay", clamped(parameter(layer, module, "beta", width)));
        tensors.put(name + ".threshold", parameter(layer, module, "threshold", width));
        if (synaptic) {
            tensors.put(name + ".synapse_decay", clamped(parameter(layer, module, "alpha", width)));
        }
        RecurrentWiring wiring = recurrent ? recurrence(module, name, width) : RecurrentWiring.NONE;
        append(
                synaptic
                        ? new Node.Synaptic(name, width, reset, delayed, wiring)
                        : new Node.Leaky(name, width, reset, delayed, wiring));
        return width;
    }

    private RecurrentWiring recurrence(String module, String name, int width) {
        NumberArray weight = take(module + ".recurrent.weight");
        if (weight != null) {
            if (!weight.shape().equals(List.of(width, width))) {
                throw new IllegalArgumentException("expected " + module + ".recurrent.weight of shape [" + width + ", "
                        + width + "], found " + weight.shape());
            }
            tensors.put(name + ".recurrent_weight", NirToNetwork.transposed(weight));
            NumberArray bias = take(module + ".recurrent.bias");
            if (bias != null) {
                addBias(name, vector(module + ".recurrent.bias", bias, width).values());
            }
            return RecurrentWiring.ALL_TO_ALL;
        }
        String key = dictionary.containsKey(module + ".recurrent.V") ? module + ".recurrent.V" : module + ".V";
        tensors.put(name + ".recurrent_weight", vector(key, required(key), width));
        return RecurrentWiring.ONE_TO_ONE;
    }

    /** It enters in every step, as does the bias of the synapse before it; where there is none, an identity takes it. */
    private void addBias(String name, float[] bias) {
        if (!(nodes.getLast() instanceof Node.Dense)) {
            float[] identity = new float[bias.length * bias.length];
            for (int n = 0; n < bias.length; n++) {
                identity[n * bias.length + n] = 1;
            }
            append(new Node.Dense(name + "_bias", bias.length, bias.length, true));
            tensors.put(name + "_bias.weight", Tensor.matrix(bias.length, bias.length, identity));
        }
        var dense = (Node.Dense) nodes.getLast();
        float[] sum = bias.clone();
        Tensor old = tensors.get(dense.name() + ".bias");
        for (int n = 0; old != null && n < sum.length; n++) {
            sum[n] += old.values()[n];
        }
        nodes.set(nodes.size() - 1, new Node.Dense(dense.name(), dense.inputs(), dense.outputs(), true));
        tensors.put(dense.name() + ".bias", Tensor.vector(sum));
    }

    private void append(Node node) {
        edges.add(new NetworkGraph.Edge(nodes.getLast().name(), node.name()));
        nodes.add(node);
    }

    private Tensor parameter(JsonFields layer, String module, String parameter, int width) {
        NumberArray stored = take(module + "." + parameter);
        if (stored != null) {
            if (layer.has(parameter)) {
                layer.real(parameter); // the dictionary's is the trained one
            }
            return vector(module + "." + parameter, stored, width);
        }
        if (!layer.has(parameter) && parameter.equals("threshold")) {
            return vector(parameter, NumberArray.float32(List.of(), new double[] {1}), width);
        }
        return vector(parameter, NumberArray.float32(List.of(), new double[] {layer.real(parameter)}), width);
    }

    private static Tensor clamped(Tensor tensor) {
        float[] values = tensor.values();
        for (int n = 0; n < values.length; n++) {
            values[n] = Math.clamp(values[n], 0f, 1f);
        }
        return tensor;
    }

    private static Tensor vector(String name, NumberArray array, int width) {
        float[] values = array.floats();
        if (values.length != 1 && values.length != width) {
            throw new IllegalArgumentException(
                    "expected one or " + width + " values of " + name + ", found " + array.shape());
        }
        float[] result = new float[width];
        for (int n = 0; n < width; n++) {
            result[n] = values[values.length == 1 ? 0 : n];
        }
        return Tensor.vector(result);
    }

    private @Nullable NumberArray take(String name) {
        unused.remove(name);
        return dictionary.get(name);
    }

    private NumberArray required(String name) {
        NumberArray array = take(name);
        if (array == null) {
            throw new IllegalArgumentException("expected a tensor " + name + ", found "
                    + (dictionary.isEmpty() ? "none" : String.join(", ", dictionary.keySet())));
        }
        return array;
    }

    /**
     * Makes a state dictionary of a network.
     *
     * @param network a graph of dense synapses, Leaky and Synaptic neurons
     * @return tensors as snnTorch's modules of the nodes' names have them
     * @throws IllegalArgumentException if snnTorch has no module like a node; the message names it
     */
    public static SortedMap<String, NumberArray> write(Network network) {
        var result = new TreeMap<String, NumberArray>();
        for (Node node : network.graph().nodes()) {
            if (node instanceof Node.Input) {
                continue; // has no numbers
            }
            String name = node.name() + ".";
            switch (node) {
                case Node.Dense dense -> {
                    result.put(name + "weight", NetworkToNir.transposed(network.tensor(dense, "weight")));
                    if (dense.biased()) {
                        result.put(name + "bias", array(network.tensor(dense, "bias")));
                    }
                }
                case Node.Leaky leaky -> neurons(network, leaky, leaky.reset(), result);
                case Node.Synaptic synaptic -> {
                    neurons(network, synaptic, synaptic.reset(), result);
                    result.put(name + "alpha", array(network.tensor(synaptic, "synapse_decay")));
                }
                default ->
                    throw new IllegalArgumentException(
                            "node " + node.name() + " (" + node.kind()
                                    + "): expected dense synapses, leaky and synaptic neurons for snnTorch, found another kind");
            }
        }
        return result;
    }

    private static void neurons(Network network, Node node, Reset reset, Map<String, NumberArray> result) {
        String name = node.name() + ".";
        result.put(name + "beta", array(network.tensor(node, "decay")));
        result.put(name + "threshold", array(network.tensor(node, "threshold")));
        result.put(name + "reset_mechanism_val", new NumberArray(NumberType.I64, List.of(), new double[] {
            List.of(MECHANISMS).indexOf(reset)
        }));
        if (node.recurrence() == RecurrentWiring.ALL_TO_ALL) {
            result.put(name + "recurrent.weight", NetworkToNir.transposed(network.tensor(node, "recurrent_weight")));
        } else if (node.recurrence() == RecurrentWiring.ONE_TO_ONE) {
            result.put(name + "recurrent.V", array(network.tensor(node, "recurrent_weight")));
        }
    }

    private static NumberArray array(Tensor tensor) {
        return NumberArray.float32(tensor.shape(), tensor.values());
    }
}
