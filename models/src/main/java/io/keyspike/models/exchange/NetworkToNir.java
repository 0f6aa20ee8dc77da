package io.keyspike.models.exchange;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.nir.NirNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A network of ours as a NIR graph, by forward Euler as snnTorch exports: {@code tau = dt/(1 − decay)} and {@code r = tau/dt},
 * so that a step of dt gives our decay and a gain of 1. Weights and thresholds keep their bits; tau is a float32 where that
 * brings the decay back to the bit, else a float64. The time step is the graph's metadata {@code dt}.
 */
public final class NetworkToNir {
    private static final String SUFFIX = ".w_rec";

    private final Network network;
    private final double dt;
    private final TreeMap<String, NirNode> nodes = new TreeMap<>();
    private final List<NirNode.Edge> edges = new ArrayList<>();

    private NetworkToNir(Network network) {
        this.network = network;
        dt = network.graph().stepSeconds();
    }

    /**
     * Converts a network.
     *
     * @param network any
     * @return the graph
     * @throws IllegalArgumentException if NIR has nothing equal to a node; the message names it
     */
    public static NirNode.Graph convert(Network network) {
        return new NetworkToNir(network).graph();
    }

    private NirNode.Graph graph() {
        if (network.graph().plan().hasFeedback()) {
            throw new IllegalArgumentException(
                    "expected a network without feedback over delayed edges, which NIR's loops do not tell apart");
        }
        Map<String, List<String>> sums = new HashMap<>();
        for (Node node : network.graph().nodes()) {
            if (!(node instanceof Node.Sum)) {
                nodes.put(node.name(), primitive(node));
            }
        }
        for (NetworkGraph.Edge edge : network.graph().edges()) {
            if (isSum(edge.to()) && edge.delaySteps() == 0) {
                sums.computeIfAbsent(edge.to(), k -> new ArrayList<>()).add(edge.from());
            } else if (isSum(edge.to())) {
                sums.computeIfAbsent(edge.to(), k -> new ArrayList<>()).add(delay(edge));
            }
        }
        for (NetworkGraph.Edge edge : network.graph().edges()) {
            if (!isSum(edge.to())) {
                connect(edge, sums);
            }
        }
        int outputs = 0;
        for (int position : network.graph().plan().outputs()) {
            Node node = network.graph().plan().node(position);
            String name = outputs++ == 0 ? "output" : "output_" + outputs;
            nodes.put(name, new NirNode.Primitive("Output", Map.of("shape", size(node.outputs()))));
            for (String source : resolved(node.name(), sums)) {
                edges.add(new NirNode.Edge(source, name));
            }
        }
        return new NirNode.Graph(nodes, edges, new TreeMap<>(Map.of("dt", scalar(dt))));
    }

    private boolean isSum(String name) {
        return network.graph().nodes().stream().anyMatch(n -> n.name().equals(name) && n instanceof Node.Sum);
    }

    private void connect(NetworkGraph.Edge edge, Map<String, List<String>> sums) {
        if (edge.delaySteps() == 0) {
            for (String source : resolved(edge.from(), sums)) {
                edges.add(new NirNode.Edge(source, edge.to()));
            }
            return;
        }
        edges.add(new NirNode.Edge(delay(edge), edge.to()));
    }

    /** A delay node for an edge, connected to where the edge comes from. */
    private String delay(NetworkGraph.Edge edge) {
        if (isSum(edge.from())) {
            throw new IllegalArgumentException("node " + edge.from()
                    + " (sum): expected edges without delay out of it, since NIR adds over edges and has no such node");
        }
        int width = network.graph().nodes().stream()
                .filter(n -> n.name().equals(edge.from()))
                .mapToInt(Node::outputs)
                .findFirst()
                .orElse(0);
        String name = edge.from() + ".delay_" + edge.to();
        double[] delays = new double[width];
        java.util.Arrays.fill(delays, edge.delaySteps() * dt);
        nodes.put(
                name,
                new NirNode.Primitive(
                        "Delay", Map.of("delay", new NumberArray(NumberType.F64, List.of(width), delays))));
        edges.add(new NirNode.Edge(edge.from(), name));
        return name;
    }

    /** The nodes whose values a node gives: itself, or all that a sum adds. */
    private static List<String> resolved(String name, Map<String, List<String>> sums) {
        List<String> terms = sums.get(name);
        if (terms == null) {
            return List.of(name);
        }
        return terms.stream().flatMap(t -> resolved(t, sums).stream()).toList();
    }

    private NirNode.Primitive primitive(Node node) {
        return switch (node) {
            case Node.Input input -> new NirNode.Primitive("Input", Map.of("shape", size(input.width())));
            case Node.Dense dense -> dense(dense);
            case Node.Diagonal diagonal -> new NirNode.Primitive("Scale", Map.of("scale", array(diagonal, "weight")));
            case Node.Lif lif -> {
                if (lif.membraneFloor() != null) {
                    throw refused(lif, "no membrane floor");
                }
                recurrence(lif);
                yield lif(lif, lif.reset(), notes(lif.reset(), false));
            }
            case Node.Leaky leaky -> {
                recurrence(leaky);
                yield lif(leaky, leaky.reset(), snnTorch(leaky.reset(), leaky.resetDelayed()));
            }
            case Node.Synaptic synaptic -> synaptic(synaptic);
            case Node.Readout readout -> readout(readout);
            case Node.CurrentLif current ->
                throw refused(
                        current, "neurons that spike at most once a step, as NIR's do (Rockpool's JSON has these)");
            case Node.AxonDelay delay ->
                throw refused(delay, "delays by edge, which NIR's readers discretise in their own way");
            case Node.ExpLeak leak -> throw refused(leak, "a readout, which NIR has as LI");
            case Node.AdaptiveLif adaptive -> throw refused(adaptive, "a kind of neuron that NIR has");
            case Node.Sum sum -> throw refused(sum, "a node that NIR has");
        };
    }

    private static IllegalArgumentException refused(Node node, String expected) {
        return new IllegalArgumentException(
                "node " + node.name() + " (" + node.kind() + "): expected " + expected + ", found otherwise");
    }

    private NirNode.Primitive dense(Node.Dense dense) {
        var parameters = new TreeMap<String, Object>();
        parameters.put("weight", transposed(network.tensor(dense, "weight")));
        if (dense.biased()) {
            parameters.put("bias", array(dense, "bias"));
        }
        return new NirNode.Primitive(dense.biased() ? "Affine" : "Linear", parameters);
    }

    private void recurrence(Node node) {
        if (node.recurrence() == RecurrentWiring.NONE) {
            return;
        }
        String name = node.name() + SUFFIX;
        Tensor weight = network.tensor(node, "recurrent_weight");
        nodes.put(
                name,
                node.recurrence() == RecurrentWiring.ALL_TO_ALL
                        ? new NirNode.Primitive("Linear", Map.of("weight", transposed(weight)))
                        : new NirNode.Primitive("Scale", Map.of("scale", array(node, "recurrent_weight"))));
        edges.add(new NirNode.Edge(node.name(), name));
        edges.add(new NirNode.Edge(name, node.name()));
    }

    private static SortedMap<String, Object> notes(Reset reset, boolean delayed) {
        return new TreeMap<>(
                Map.of("reset", reset == Reset.SUBTRACT ? "subtract" : "zero", "reset_delay", scalar(delayed ? 1 : 0)));
    }

    /** Neurons that spike and reset as snnTorch's do, which {@code --dialect nir} would not know. */
    private static SortedMap<String, Object> snnTorch(Reset reset, boolean delayed) {
        SortedMap<String, Object> notes = notes(reset, delayed);
        notes.put("dialect", "snntorch");
        return notes;
    }

    private NirNode.Primitive lif(Node node, Reset reset, SortedMap<String, Object> notes) {
        float[] decay = network.tensor(node, "decay").values();
        boolean integrates = allOne(decay);
        var parameters = new TreeMap<String, Object>();
        if (integrates) {
            parameters.put("r", constant(decay.length, 1 / dt));
        } else {
            parameters.putAll(leaky("LIF", node, notes).parameters());
        }
        threshold(node, reset, parameters);
        return new NirNode.Primitive(integrates ? "IF" : "LIF", parameters, notes);
    }

    private void threshold(Node node, Reset reset, Map<String, Object> parameters) {
        NumberArray threshold = array(node, "threshold");
        parameters.put("v_threshold", threshold);
        switch (reset) {
            case SUBTRACT -> {
                // NIR's meaning where a file has no v_reset
            }
            case ZERO -> parameters.put("v_reset", constant(threshold.values().length, 0));
            case NONE -> throw refused(node, "a reset");
        }
    }

    /** A readout weighs its input by 1 − decay, as NIR's equation does with an r of 1. */
    private NirNode.Primitive readout(Node.Readout node) {
        var parameters =
                new TreeMap<>(leaky("LI", node, Collections.emptySortedMap()).parameters());
        parameters.put("r", constant(node.width(), 1));
        return new NirNode.Primitive("LI", parameters);
    }

    private NirNode.Primitive leaky(String type, Node node, SortedMap<String, Object> notes) {
        float[] decay = network.tensor(node, "decay").values();
        NumberArray tau = timeConstants(node, decay);
        return new NirNode.Primitive(
                type, new TreeMap<>(Map.of("tau", tau, "r", perStep(tau), "v_leak", constant(decay.length, 0))), notes);
    }

    private NirNode.Primitive synaptic(Node.Synaptic node) {
        recurrence(node);
        NumberArray membrane = timeConstants(node, network.tensor(node, "decay").values());
        NumberArray synapse =
                timeConstants(node, network.tensor(node, "synapse_decay").values());
        var parameters = new TreeMap<String, Object>(Map.of(
                "tau_mem", membrane,
                "r", perStep(membrane),
                "tau_syn", synapse,
                "w_in", perStep(synapse),
                "v_leak", constant(node.width(), 0)));
        threshold(node, node.reset(), parameters);
        return new NirNode.Primitive("CubaLIF", parameters, snnTorch(node.reset(), node.resetDelayed()));
    }

    private static boolean allOne(float[] decay) {
        for (float d : decay) {
            if (d != 1) {
                return false;
            }
        }
        return decay.length > 0;
    }

    private NumberArray timeConstants(Node node, float[] decay) {
        double[] tau = new double[decay.length];
        boolean narrow = true;
        for (int n = 0; n < tau.length; n++) {
            if (decay[n] == 1) {
                throw refused(node, "decays below 1 of all neurons, or of none");
            }
            tau[n] = dt / (1.0 - decay[n]);
            narrow &= (float) (1 - dt / (float) tau[n]) == decay[n];
        }
        return new NumberArray(
                narrow ? NumberType.F32 : NumberType.F64, List.of(tau.length), narrow ? rounded(tau) : tau);
    }

    private static double[] rounded(double[] values) {
        return java.util.Arrays.stream(values).map(v -> (float) v).toArray();
    }

    private NumberArray perStep(NumberArray tau) {
        double[] r = java.util.Arrays.stream(tau.values()).map(v -> v / dt).toArray();
        return new NumberArray(NumberType.F64, tau.shape(), r);
    }

    private NumberArray array(Node node, String parameter) {
        Tensor tensor = network.tensor(node, parameter);
        return NumberArray.float32(tensor.shape(), tensor.values());
    }

    static NumberArray transposed(Tensor tensor) {
        int rows = tensor.shape().get(0);
        int columns = tensor.shape().get(1);
        double[] values = new double[tensor.values().length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                values[c * rows + r] = tensor.values()[r * columns + c];
            }
        }
        return NumberArray.float32(List.of(columns, rows), values);
    }

    private static NumberArray constant(int width, double value) {
        double[] values = new double[width];
        java.util.Arrays.fill(values, value);
        return new NumberArray(value == (float) value ? NumberType.F32 : NumberType.F64, List.of(width), values);
    }

    private static NumberArray size(int width) {
        return new NumberArray(NumberType.I64, List.of(1), new double[] {width});
    }

    private static NumberArray scalar(double value) {
        return new NumberArray(NumberType.F64, List.of(), new double[] {value});
    }
}
