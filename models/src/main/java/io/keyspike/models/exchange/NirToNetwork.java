package io.keyspike.models.exchange;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.nir.ResetRule;
import io.keyspike.models.nir.SimulationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A NIR graph as a network of ours, with the decays that a {@link Dialect} makes of its time constants. Weights and thresholds
 * keep their bits. Gains other than 1 become diagonal synapses in front of the neurons.
 */
public final class NirToNetwork {
    /** Gains that an exporter has made to be 1 are so up to float32's rounding. */
    private static final double ROUNDING = 1e-5;

    private final NirNode.Graph graph;
    private final Dialect dialect;
    private final SimulationSettings settings;
    private final double dt;
    private final List<Node> nodes = new ArrayList<>();
    private final List<NetworkGraph.Edge> edges = new ArrayList<>();
    private final SortedMap<String, Tensor> tensors = new TreeMap<>();
    private final Map<String, Integer> widths = new TreeMap<>();

    /** What stands for a node of the graph: where edges enter, and where they leave with how many steps of delay. */
    private record Place(String in, String out, int delay) {}

    private final Map<String, Place> places = new TreeMap<>();

    private NirToNetwork(NirNode.Graph graph, SimulationSettings settings) {
        this.graph = graph;
        this.settings = settings;
        dialect = settings.dialect();
        Double given = settings.stepSeconds();
        double own = graph.metadata().get("dt") instanceof NumberArray array && array.values().length == 1
                ? array.values()[0]
                : dialect.stepSeconds();
        dt = given != null ? given : own;
        if (!(dt > 0)) {
            throw new IllegalArgumentException(
                    "expected a time step: the file's metadata has no dt, so it must be given (--dt)");
        }
    }

    /**
     * Converts a graph.
     *
     * @param graph a chain or any graph of nodes that we have, without loops but those of recurrent layers
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
        List<String> order = order();
        List<String> outputs = new ArrayList<>();
        for (String name : order) {
            add(name, outputs);
        }
        return new Network(new NetworkGraph(stepSeconds, nodes, edges, outputs), tensors);
    }

    /** Names in order of computation; nodes that only lead back to their neurons are left out. */
    private List<String> order() {
        var waiting = new ArrayList<>(graph.nodes().keySet());
        waiting.removeIf(this::isRecurrent);
        var order = new ArrayList<String>();
        while (!waiting.isEmpty()) {
            String ready = waiting.stream()
                    .filter(name -> sources(name).stream().allMatch(order::contains))
                    .findFirst()
                    .orElseThrow(() -> refused(waiting.getFirst(), "no loop but a recurrent layer's own"));
            waiting.remove(ready);
            order.add(ready);
        }
        return order;
    }

    private List<String> sources(String name) {
        return graph.edges().stream()
                .filter(e -> e.to().equals(name) && !isRecurrent(e.from()))
                .map(NirNode.Edge::from)
                .sorted()
                .toList();
    }

    /** Whether a node does nothing but lead the spikes of one layer back to it. */
    private boolean isRecurrent(String name) {
        List<NirNode.Edge> in =
                graph.edges().stream().filter(e -> e.to().equals(name)).toList();
        List<NirNode.Edge> out =
                graph.edges().stream().filter(e -> e.from().equals(name)).toList();
        return in.size() == 1
                && out.size() == 1
                && in.getFirst().from().equals(out.getFirst().to())
                && List.of("Affine", "Linear", "Scale").contains(type(name));
    }

    private String type(String name) {
        NirNode node = graph.nodes().get(name);
        return node == null ? "none" : node.type();
    }

    private IllegalArgumentException refused(String name, String expected) {
        return new IllegalArgumentException("node " + name + " (" + type(name) + "): expected " + expected
                + " for a network of ours, found otherwise");
    }

    private void add(String name, List<String> outputs) {
        if (!(graph.nodes().get(name) instanceof NirNode.Primitive node)) {
            throw refused(name, "a primitive, not a graph within the graph,");
        }
        String ours = safe(name);
        switch (node.type()) {
            case "Input" -> {
                int width = 1;
                for (double size : numbers(name, node, "shape").values()) {
                    width = Math.multiplyExact(width, (int) size);
                }
                place(name, new Node.Input(ours, width));
            }
            case "Output" -> {
                if (sources(name).size() != 1) {
                    throw refused(name, "one edge into it");
                }
                Place from = place(sources(name).getFirst());
                if (from.delay > 0) {
                    throw refused(name, "no delay in front of it");
                }
                outputs.add(from.out);
            }
            case "Flatten" -> places.put(name, single(name));
            case "Delay" -> {
                Place from = single(name);
                places.put(name, new Place(from.in, from.out, from.delay + delay(name, node)));
            }
            case "Affine", "Linear" -> dense(name, ours, node);
            case "Scale" -> {
                int width = widthInto(name);
                float[] scale = spread(name, node, "scale", width);
                connected(name, new Node.Diagonal(ours, width), Map.of("weight", Tensor.vector(scale)));
            }
            case "LIF", "IF", "CubaLIF", "LI", "I" -> neurons(name, ours, node);
            default -> throw refused(name, "a kind that it has");
        }
    }

    private Place single(String name) {
        if (sources(name).size() != 1) {
            throw refused(name, "one edge into it");
        }
        return place(sources(name).getFirst());
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw refused(name, "an order of computation");
        }
        return place;
    }

    private void place(String name, Node node) {
        nodes.add(node);
        widths.put(node.name(), node.outputs());
        places.put(name, new Place(node.name(), node.name(), 0));
    }

    private int widthInto(String name) {
        if (sources(name).isEmpty()) {
            throw refused(name, "an edge into it");
        }
        return widths.getOrDefault(place(sources(name).getFirst()).out, 0);
    }

    /** Adds nodes in a row after everything that leads into the node of the graph. */
    private void connected(String name, Node node, Map<String, Tensor> parameters) {
        connect(name, node.name(), node.inputs());
        place(name, node);
        parameters.forEach((parameter, tensor) -> tensors.put(node.name() + "." + parameter, tensor));
    }

    private void connect(String name, String target, int width) {
        List<String> sources = sources(name);
        String into = target;
        if (sources.size() > 1) {
            into = target + "_sum";
            nodes.add(new Node.Sum(into, width));
            widths.put(into, width);
        }
        for (String source : sources) {
            Place from = place(source);
            edges.add(new NetworkGraph.Edge(from.out, into, from.delay));
        }
        if (sources.size() > 1) {
            edges.add(new NetworkGraph.Edge(into, target));
        }
    }

    private void dense(String name, String ours, NirNode.Primitive node) {
        NumberArray weight = numbers(name, node, "weight");
        if (weight.shape().size() != 2) {
            throw refused(name, "a weight of two axes");
        }
        int out = weight.shape().get(0);
        int in = weight.shape().get(1);
        boolean biased = node.type().equals("Affine");
        var parameters = new TreeMap<String, Tensor>();
        parameters.put("weight", transposed(weight));
        if (biased) {
            parameters.put("bias", Tensor.vector(spread(name, node, "bias", out)));
        }
        connected(name, new Node.Dense(ours, in, out, biased), parameters);
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

    private int delay(String name, NirNode.Primitive node) {
        double[] delays = numbers(name, node, "delay").values();
        for (double delay : delays) {
            if (Math.abs(delay - delays[0]) > ROUNDING * dt) {
                throw refused(name, "the same delay of all values");
            }
        }
        return delays.length == 0 ? 0 : (int) Math.rint(delays[0] / (dialect == Dialect.SINABS ? 1 : dt));
    }

    private NumberArray numbers(String name, NirNode.Primitive node, String parameter) {
        NumberArray array = node.numbers(parameter);
        if (array == null) {
            throw refused(name, "numbers as '" + parameter + "'");
        }
        return array;
    }

    private double[] spread64(String name, NirNode.Primitive node, String parameter, int width) {
        double[] values = numbers(name, node, parameter).values();
        if (values.length != 1 && values.length != width) {
            throw refused(name, "one or " + width + " numbers as '" + parameter + "'");
        }
        double[] result = new double[width];
        for (int n = 0; n < width; n++) {
            result[n] = values[values.length == 1 ? 0 : n];
        }
        return result;
    }

    private float[] spread(String name, NirNode.Primitive node, String parameter, int width) {
        double[] values = spread64(name, node, parameter, width);
        float[] result = new float[width];
        for (int n = 0; n < width; n++) {
            result[n] = (float) values[n];
        }
        return result;
    }

    private ResetRule reset(NirNode.Primitive node) {
        if (settings.reset() != null) {
            return settings.reset();
        }
        Object noted = node.metadata().get("reset");
        if (noted instanceof String rule) {
            return rule.equals("zero") ? ResetRule.ZERO : ResetRule.SUBTRACT;
        }
        return switch (dialect) {
            case NIR -> node.parameters().containsKey("v_reset") ? ResetRule.V_RESET : ResetRule.SUBTRACT;
            case NORSE -> ResetRule.V_RESET;
            case SNNTORCH, SINABS, ROCKPOOL -> ResetRule.SUBTRACT;
        };
    }

    private boolean delayed(NirNode.Primitive node) {
        if (settings.resetDelayed() != null) {
            return settings.resetDelayed();
        }
        return (node.metadata().get("reset_delay") instanceof NumberArray noted && noted.values().length == 1)
                ? noted.values()[0] != 0
                : dialect == Dialect.SNNTORCH;
    }

    private void neurons(String name, String ours, NirNode.Primitive node) {
        int width = widthInto(name);
        boolean synaptic = node.type().startsWith("Cuba");
        boolean leaky = !node.type().equals("IF") && !node.type().equals("I");
        boolean exponential = dialect == Dialect.SINABS || dialect == Dialect.ROCKPOOL;
        double step = dialect == Dialect.SINABS ? 1 : dt;
        double[] tau = leaky ? spread64(name, node, synaptic ? "tau_mem" : "tau", width) : new double[width];
        double[] r = spread64(name, node, "r", width);
        float[] decay = new float[width];
        double[] gain = new double[width];
        for (int n = 0; n < width; n++) {
            double part = leaky ? step / tau[n] : 0;
            decay[n] = (float) (exponential ? Math.exp(-part) : 1 - part);
            gain[n] = switch (dialect) {
                case SINABS -> r[n];
                case ROCKPOOL -> leaky ? r[n] * part * Math.exp(part) : r[n] * step;
                case SNNTORCH -> leaky ? r[n] * part : Math.abs(r[n] * step - 1) < ROUNDING ? 1 : r[n];
                case NIR, NORSE -> leaky ? r[n] * part : r[n] * step;
            };
        }
        if (leaky) {
            requireZero(name, node, "v_leak");
        }
        var parameters = new TreeMap<String, Tensor>();
        parameters.put("decay", Tensor.vector(decay));
        if (synaptic) {
            double[] tauSyn = spread64(name, node, "tau_syn", width);
            double[] in = node.parameters().containsKey("w_in") ? spread64(name, node, "w_in", width) : ones(width);
            float[] synapse = new float[width];
            for (int n = 0; n < width; n++) {
                double part = step / tauSyn[n];
                synapse[n] = (float) (exponential ? Math.exp(-part) : 1 - part);
                gain[n] *= (dialect == Dialect.NIR || dialect == Dialect.SNNTORCH) ? in[n] * part : in[n];
            }
            parameters.put("synapse_decay", exponential ? Tensor.matrix(1, width, synapse) : Tensor.vector(synapse));
        }
        if (node.type().equals("LI") || node.type().equals("I")) {
            for (int n = 0; n < width; n++) {
                if (decay[n] == 1) {
                    throw refused(name, "an integrator that leaks");
                }
                // a readout weighs its input by 1 − decay
                gain[n] /= 1.0 - decay[n];
            }
            withGain(name, new Node.Readout(ours, width), parameters, gain);
            return;
        }
        parameters.put("threshold", Tensor.vector(spread(name, node, "v_threshold", width)));
        ResetRule rule = reset(node);
        if (rule == ResetRule.V_RESET && node.parameters().containsKey("v_reset")) {
            requireZero(name, node, "v_reset");
        }
        Reset reset = rule == ResetRule.SUBTRACT ? Reset.SUBTRACT : Reset.ZERO;
        RecurrentWiring wiring = recurrence(name, parameters);
        boolean delayed = delayed(node);
        withGain(name, neuron(name, ours, node, width, reset, delayed, wiring), parameters, gain);
    }

    private Node neuron(
            String name,
            String ours,
            NirNode.Primitive node,
            int width,
            Reset reset,
            boolean delayed,
            RecurrentWiring wiring) {
        boolean synaptic = node.type().equals("CubaLIF");
        if (dialect == Dialect.SINABS || dialect == Dialect.ROCKPOOL) {
            if (wiring != RecurrentWiring.NONE) {
                throw refused(name, "no recurrence of neurons that spike several times a step");
            }
            float[] threshold = spread(name, node, "v_threshold", width);
            Float floor = null;
            if (dialect == Dialect.SINABS && node.type().equals("IF")) {
                floor = -threshold[0];
                for (float t : threshold) {
                    if (-t != floor) {
                        throw refused(name, "the same threshold, hence membrane floor, of all neurons");
                    }
                }
            }
            return new Node.CurrentLif(ours, width, synaptic ? 1 : 0, NetworkGraph.MAXIMUM_SPIKES, reset, floor);
        }
        if (dialect == Dialect.SNNTORCH || (node.metadata().containsKey("reset_delay") && delayed)) {
            return synaptic
                    ? new Node.Synaptic(ours, width, reset, delayed, wiring)
                    : new Node.Leaky(ours, width, reset, delayed, wiring);
        }
        if (delayed) {
            throw refused(name, "a reset in the step of the spike");
        }
        if (!synaptic) {
            return new Node.Lif(ours, width, reset, null, wiring);
        }
        if (reset != Reset.ZERO) {
            throw refused(name, "a reset to 0 of neurons with a synaptic current");
        }
        return new Node.Synaptic(ours, width, reset, false, wiring);
    }

    private RecurrentWiring recurrence(String name, Map<String, Tensor> parameters) {
        RecurrentWiring wiring = RecurrentWiring.NONE;
        for (NirNode.Edge edge : graph.edges()) {
            if (!edge.to().equals(name) || !isRecurrent(edge.from())) {
                continue;
            }
            if (wiring != RecurrentWiring.NONE || !(graph.nodes().get(edge.from()) instanceof NirNode.Primitive node)) {
                throw refused(name, "one recurrent connection");
            }
            if (node.type().equals("Scale")) {
                wiring = RecurrentWiring.ONE_TO_ONE;
                NumberArray scale = numbers(edge.from(), node, "scale");
                parameters.put("recurrent_weight", new Tensor(scale.shape(), scale.floats()));
            } else {
                wiring = RecurrentWiring.ALL_TO_ALL;
                parameters.put("recurrent_weight", transposed(numbers(edge.from(), node, "weight")));
                if (node.type().equals("Affine")) {
                    addBias(name, numbers(edge.from(), node, "bias").floats());
                }
            }
        }
        return wiring;
    }

    /** A recurrent layer's bias enters in every step, as does that of the synapse before it. */
    private void addBias(String name, float[] bias) {
        boolean zero = true;
        for (float b : bias) {
            zero &= b == 0;
        }
        if (zero) {
            return;
        }
        if (sources(name).size() != 1) {
            throw refused(name, "one synapse before a recurrent layer with a bias");
        }
        String before = place(sources(name).getFirst()).out;
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

    private void withGain(String name, Node node, Map<String, Tensor> parameters, double[] gain) {
        boolean one = true;
        float[] weight = new float[gain.length];
        for (int n = 0; n < gain.length; n++) {
            one &= Math.abs(gain[n] - 1) < ROUNDING;
            weight[n] = (float) gain[n];
        }
        if (one) {
            connected(name, node, parameters);
            return;
        }
        if (node.recurrence() != RecurrentWiring.NONE) {
            throw refused(name, "a gain (r·dt/tau) of 1 of recurrent neurons");
        }
        String front = node.name() + "_gain";
        connected(name, new Node.Diagonal(front, gain.length), Map.of("weight", Tensor.vector(weight)));
        edges.add(new NetworkGraph.Edge(front, node.name()));
        place(name, node);
        parameters.forEach((parameter, tensor) -> tensors.put(node.name() + "." + parameter, tensor));
    }

    private void requireZero(String name, NirNode.Primitive node, String parameter) {
        for (double value : numbers(name, node, parameter).values()) {
            if (value != 0) {
                throw refused(name, "0 as '" + parameter + "'");
            }
        }
    }

    private static double[] ones(int width) {
        double[] ones = new double[width];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    /** Our names have no dots and slashes. */
    private static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9_-]", "_");
    }
}
