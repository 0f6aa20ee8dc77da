package io.keyspike.models.exchange;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.FlatGraph;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.nir.NirSimulator;
import io.keyspike.models.nir.SimulationSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A NIR graph as a network of ours, with the decays that a {@link Dialect} makes of its time constants. Weights and thresholds
 * keep their bits. Gains other than 1 become diagonal synapses in front of the neurons; convolutions and pools are written out as
 * matrices; sub-graphs are dissolved into the graph; loops other than a layer's own become edges with a delay of one step.
 */
public final class NirToNetwork {

    private final FlatGraph graph;
    private final NirSimulator simulator;
    private final NirNeurons neurons;
    private final SimulationSettings settings;
    private final double dt;
    private final List<Node> nodes = new ArrayList<>();
    private final List<NetworkGraph.Edge> edges = new ArrayList<>();
    private final SortedMap<String, Tensor> tensors = new TreeMap<>();
    private final Map<String, Integer> widths = new TreeMap<>();

    /** What stands for a node of the graph: where edges leave, with how many steps of delay. */
    private record Place(String out, int delay) {}

    /** An edge over which a value comes back, to be added when the node that it comes from is known. */
    private record Return(String from, String into, String name) {}

    private final Map<String, Place> places = new TreeMap<>();
    private final List<Return> returns = new ArrayList<>();

    private NirToNetwork(NirNode.Graph graph, SimulationSettings settings) {
        Dialect dialect = settings.dialect();
        Double given = settings.stepSeconds();
        double own = graph.metadata().get("dt") instanceof NumberArray array && array.values().length == 1
                ? array.values()[0]
                : dialect.stepSeconds();
        dt = given != null ? given : own;
        if (!(dt > 0)) {
            throw new IllegalArgumentException(
                    "expected a time step: the file's metadata has no dt, so it must be given (--dt)");
        }
        this.settings =
                new SimulationSettings(dialect, dt, settings.reset(), settings.resetDelayed(), settings.membranes());
        simulator = new NirSimulator(graph, this.settings);
        this.graph = simulator.flatGraph();
        neurons = new NirNeurons(this.settings, dt);
    }

    /**
     * Converts a graph.
     *
     * @param graph any graph of nodes that we have
     * @param settings how it is discretised
     * @param stepSeconds the time step of the network, which need not be the dt of its equations; null for that dt
     * @return the network
     * @throws IllegalArgumentException if something cannot be expressed; the message names the node
     */
    public static Network convert(NirNode.Graph graph, SimulationSettings settings, @Nullable Double stepSeconds) {
        var conversion = new NirToNetwork(graph, settings);
        return conversion.network(stepSeconds == null ? conversion.dt : stepSeconds);
    }

    private Network network(double stepSeconds) {
        List<String> outputs = new ArrayList<>();
        for (String name : graph.order()) {
            if (!isRecurrent(name)) {
                add(name, node(name), outputs);
            }
        }
        for (Return back : returns) {
            Place from = place(back.from());
            Tensor bias = tensors.get(from.out() + ".bias");
            boolean constant = bias != null && !isZero(bias.values());
            if (constant) {
                delayInFront(back, from);
            }
            edges.add(new NetworkGraph.Edge(from.out(), back.into(), from.delay() + (constant ? 0 : 1)));
        }
        return new Network(new NetworkGraph(stepSeconds, nodes, edges, outputs), tensors);
    }

    /** A bias comes back in the first step already, so the delay is in front of it. */
    private void delayInFront(Return back, Place from) {
        List<NetworkGraph.Edge> in =
                edges.stream().filter(e -> e.to().equals(from.out())).toList();
        boolean elsewhere = edges.stream().anyMatch(e -> e.from().equals(from.out()))
                || returns.stream()
                        .anyMatch(r -> !r.equals(back) && place(r.from()).out().equals(from.out()));
        if (in.size() != 1 || elsewhere) {
            throw refused(back.name(), "a bias on the way back to it that nothing else receives");
        }
        edges.remove(in.getFirst());
        edges.add(new NetworkGraph.Edge(
                in.getFirst().from(), from.out(), in.getFirst().delaySteps() + 1));
    }

    private NirNode.Primitive node(String name) {
        NirNode.Primitive node = graph.nodes().get(name);
        if (node == null) {
            throw new IllegalArgumentException("expected a node " + name);
        }
        return node;
    }

    private IllegalArgumentException refused(String name, String expected) {
        return NirNeurons.refused(name, node(name), expected);
    }

    /** What leads into a node, but for the way back of a layer's own spikes. */
    private List<FlatGraph.Source> sources(String name) {
        return graph.sources().getOrDefault(name, List.of()).stream()
                .filter(s -> !isRecurrent(s.from()))
                .toList();
    }

    /** Whether a node does nothing but lead the spikes of one layer back to it, which that layer can do by itself. */
    private boolean isRecurrent(String name) {
        List<FlatGraph.Source> in = graph.sources().getOrDefault(name, List.of());
        if (in.size() != 1
                || !List.of("Affine", "Linear", "Scale").contains(node(name).type())) {
            return false;
        }
        String layer = in.getFirst().from();
        List<String> targets = graph.nodes().keySet().stream()
                .filter(n -> graph.sources().getOrDefault(n, List.of()).stream()
                        .anyMatch(s -> s.from().equals(name)))
                .toList();
        int width = NumberArray.size(simulator.outputShape(layer));
        return targets.equals(List.of(layer)) && neurons.canRecur(layer, node(layer), width) && matches(name, width);
    }

    private boolean matches(String name, int width) {
        NumberArray weight = node(name).numbers(node(name).type().equals("Scale") ? "scale" : "weight");
        return weight != null
                && weight.shape().equals(node(name).type().equals("Scale") ? List.of(width) : List.of(width, width));
    }

    private void add(String name, NirNode.Primitive node, List<String> outputs) {
        String ours = safe(name);
        switch (node.type()) {
            case "Input" -> {
                if (name.equals(graph.input())) {
                    place(name, new Node.Input(ours, NumberArray.size(simulator.inputShape())));
                } else {
                    through(name, ours);
                }
            }
            case "Output" -> {
                through(name, ours);
                if (!name.contains("/")) {
                    if (place(name).delay() > 0) {
                        throw refused(name, "no delay in front of it");
                    }
                    outputs.add(place(name).out());
                }
            }
            case "Flatten" -> through(name, ours);
            case "Delay" -> {
                through(name, ours);
                Place from = place(name);
                places.put(name, new Place(from.out(), from.delay() + neurons.delay(name, node)));
            }
            case "Affine", "Linear", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d" -> dense(name, ours, node);
            case "Scale" -> {
                int width = widthInto(name);
                float[] scale = NirNeurons.spread(name, node, "scale", width);
                connected(name, new Node.Diagonal(ours, width), Map.of("weight", Tensor.vector(scale)));
            }
            default -> neurons(name, ours, node);
        }
    }

    /** A node that passes on what enters it: where that are several values, they are added. */
    private void through(String name, String ours) {
        List<FlatGraph.Source> sources = sources(name);
        if (sources.size() == 1 && !sources.getFirst().delayed()) {
            places.put(name, place(sources.getFirst().from()));
            return;
        }
        var sum = new Node.Sum(ours, widthInto(name));
        connectAll(name, sum.name());
        place(name, sum);
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw refused(name, "an order of computation");
        }
        return place;
    }

    private void place(String name, Node node) {
        append(node);
        places.put(name, new Place(node.name(), 0));
    }

    private void append(Node node) {
        if (widths.put(node.name(), node.outputs()) != null) {
            throw new IllegalArgumentException("node " + node.name()
                    + ": expected names that differ in letters, digits, - and _, found two alike");
        }
        nodes.add(node);
    }

    private int widthInto(String name) {
        return sources(name).stream()
                .filter(s -> !s.delayed())
                .mapToInt(s -> NumberArray.size(simulator.outputShape(s.from())))
                .findFirst()
                .orElseThrow(() -> refused(name, "an edge into it"));
    }

    /** Adds a node after everything that leads into the node of the graph. */
    private void connected(String name, Node node, Map<String, Tensor> parameters) {
        connect(name, node.name());
        place(name, node);
        parameters.forEach((parameter, tensor) -> tensors.put(node.name() + "." + parameter, tensor));
    }

    private void connect(String name, String target) {
        if (sources(name).size() == 1) {
            connectAll(name, target);
            return;
        }
        String sum = target + "_sum";
        append(new Node.Sum(sum, widthInto(name)));
        connectAll(name, sum);
        edges.add(new NetworkGraph.Edge(sum, target));
    }

    private void connectAll(String name, String into) {
        for (FlatGraph.Source source : sources(name)) {
            if (source.delayed()) {
                returns.add(new Return(source.from(), into, name));
            } else {
                Place from = place(source.from());
                edges.add(new NetworkGraph.Edge(from.out(), into, from.delay()));
            }
        }
    }

    private void dense(String name, String ours, NirNode.Primitive node) {
        int width = widthInto(name);
        NumberArray weight = node.numbers("weight");
        boolean affine = node.type().equals("Affine");
        if (weight != null
                && (affine || node.type().equals("Linear"))
                && weight.shape().equals(List.of(weight.shape().getFirst(), width))) {
            int out = weight.shape().getFirst();
            var parameters = new TreeMap<String, Tensor>(Map.of("weight", transposed(weight)));
            if (affine) {
                parameters.put("bias", Tensor.vector(NirNeurons.spread(name, node, "bias", out)));
            }
            connected(name, new Node.Dense(ours, width, out, affine), parameters);
            return;
        }
        NirSimulator.Matrix matrix = simulator.matrix(name, NetworkGraph.MAXIMUM_WEIGHTS);
        var parameters = new TreeMap<String, Tensor>(
                Map.of("weight", Tensor.matrix(matrix.inputs(), matrix.outputs(), narrow(matrix.weight()))));
        boolean biased = Arrays.stream(matrix.bias()).anyMatch(b -> b != 0);
        if (biased) {
            parameters.put("bias", Tensor.vector(narrow(matrix.bias())));
        }
        connected(name, new Node.Dense(ours, matrix.inputs(), matrix.outputs(), biased), parameters);
    }

    private static float[] narrow(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    static Tensor transposed(NumberArray weight) {
        int rows = weight.shape().get(0);
        int columns = weight.shape().get(1);
        float[] values = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                values[c * rows + r] = (float) weight.values()[r * columns + c];
            }
        }
        return Tensor.matrix(columns, rows, values);
    }

    private void neurons(String name, String ours, NirNode.Primitive node) {
        var parameters = new TreeMap<String, Tensor>();
        RecurrentWiring wiring = recurrence(name, parameters);
        List<NirNeurons.Part> parts = neurons.parts(name, ours, node, widthInto(name), wiring);
        if (parts.size() > 1 && wiring != RecurrentWiring.NONE) {
            throw refused(name, "a gain (r·dt/tau) of 1 of recurrent neurons");
        }
        parameters.forEach((key, tensor) -> parts.getLast().parameters().put(key, tensor));
        String before = null;
        for (NirNeurons.Part part : parts) {
            if (before == null) {
                connect(name, part.node().name());
            } else {
                edges.add(new NetworkGraph.Edge(before, part.node().name()));
            }
            append(part.node());
            part.parameters().forEach((key, tensor) -> tensors.put(part.node().name() + "." + key, tensor));
            before = part.node().name();
        }
        places.put(name, new Place(ours, 0));
    }

    private RecurrentWiring recurrence(String name, Map<String, Tensor> parameters) {
        RecurrentWiring wiring = RecurrentWiring.NONE;
        for (FlatGraph.Source source : graph.sources().getOrDefault(name, List.of())) {
            String from = source.from();
            if (!isRecurrent(from)) {
                continue;
            }
            if (wiring != RecurrentWiring.NONE) {
                throw refused(name, "one recurrent connection");
            }
            NirNode.Primitive node = node(from);
            if (node.type().equals("Scale")) {
                wiring = RecurrentWiring.ONE_TO_ONE;
                NumberArray scale = NirNeurons.numbers(from, node, "scale");
                parameters.put("recurrent_weight", new Tensor(scale.shape(), scale.floats()));
            } else {
                wiring = RecurrentWiring.ALL_TO_ALL;
                parameters.put("recurrent_weight", transposed(NirNeurons.numbers(from, node, "weight")));
                if (node.type().equals("Affine")) {
                    addBias(name, NirNeurons.numbers(from, node, "bias").floats());
                }
            }
        }
        return wiring;
    }

    private static boolean isZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** A recurrent layer's bias enters in every step, as does that of the synapse before it. */
    private void addBias(String name, float[] bias) {
        if (isZero(bias)) {
            return;
        }
        if (sources(name).size() != 1) {
            throw refused(name, "one synapse before a recurrent layer with a bias");
        }
        String before = place(sources(name).getFirst().from()).out();
        Tensor old = tensors.get(before + ".bias");
        int index = -1;
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).name().equals(before)) {
                index = i;
            }
        }
        if (index < 0 || !(nodes.get(index) instanceof Node.Dense dense)) {
            throw refused(name, "an Affine or Linear before a recurrent layer with a bias");
        }
        float[] sum = bias.clone();
        for (int n = 0; old != null && n < sum.length; n++) {
            sum[n] += old.values()[n];
        }
        nodes.set(index, new Node.Dense(before, dense.inputs(), dense.outputs(), true));
        tensors.put(before + ".bias", Tensor.vector(sum));
    }

    /** Our names have no dots and slashes. */
    private static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9_-]", "_");
    }
}
