package io.keyspike.models.nir;

import io.keyspike.models.arrays.NumberArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Runs a NIR graph step by step, as the library of a {@link Dialect} does, and records every node. A reference for
 * comparisons: exact and unhurried, in double precision.
 *
 * <p>A step runs through the nodes from the input on, so spikes reach the next layer in the step in which they are fired; only
 * what comes back over a loop arrives one step later. In the first step a loop brings what its nodes without state make of
 * zeros, such as a bias.
 */
public final class NirSimulator {
    private final FlatGraph graph;
    private final Map<String, Unit> units = new HashMap<>();
    private final List<Integer> inputShape;

    /**
     * Prepares a graph.
     *
     * @param graph as read from a file
     * @param settings how it is discretised
     * @throws IllegalArgumentException if the graph cannot be run: the message names the node and what is wrong with it
     */
    public NirSimulator(NirNode.Graph graph, SimulationSettings settings) {
        this.graph = FlatGraph.of(graph);
        double dt = stepSeconds(graph, this.graph, settings);
        inputShape = inputShape(this.graph);
        for (String name : this.graph.order()) {
            NirNode.Primitive node = node(name);
            units.put(
                    name,
                    Units.of(
                            name,
                            node,
                            shapeInto(name),
                            settings,
                            dt,
                            this.graph.recurrent().contains(name)));
        }
        checkLoops();
    }

    private NirNode.Primitive node(String name) {
        NirNode.Primitive node = graph.nodes().get(name);
        if (node == null) {
            throw new IllegalArgumentException("expected a node " + name);
        }
        return node;
    }

    private Unit unit(String name) {
        Unit unit = units.get(name);
        if (unit == null) {
            throw new IllegalArgumentException("expected a node " + name);
        }
        return unit;
    }

    private List<FlatGraph.Source> sources(String name) {
        return graph.sources().getOrDefault(name, List.of());
    }

    static double stepSeconds(NirNode.Graph graph, FlatGraph flat, SimulationSettings settings) {
        if (settings.stepSeconds() != null) {
            return settings.stepSeconds();
        }
        if (graph.metadata().get("dt") instanceof NumberArray dt && dt.values().length == 1) {
            double seconds = dt.values()[0];
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("expected a dt above 0 in the graph's metadata, found " + seconds);
            }
            return seconds;
        }
        double own = settings.dialect().stepSeconds();
        boolean timed = flat.nodes().values().stream().anyMatch(n -> Units.timed(n.type()));
        if (Double.isNaN(own) && timed) {
            throw new IllegalArgumentException(
                    "expected a time step: the file's metadata has no dt, so it must be given (--dt)");
        }
        return Double.isNaN(own) ? 1 : own;
    }

    /** The input's shape without axes of length 1 in front, which stand for batch and time. */
    private static List<Integer> inputShape(FlatGraph graph) {
        NirNode.Primitive input = graph.nodes().get(graph.input());
        NumberArray shape = input == null ? null : input.numbers("shape");
        if (shape == null) {
            throw new IllegalArgumentException(
                    "node " + graph.input() + " (Input): expected a 'shape' of numbers, found none");
        }
        var axes = new ArrayList<Integer>();
        for (double size : shape.values()) {
            if (!(size >= 1 && size <= Integer.MAX_VALUE && size == Math.rint(size))) {
                throw new IllegalArgumentException(
                        "node " + graph.input() + " (Input): expected whole numbers above 0 as 'shape', found " + size);
            }
            axes.add((int) size);
        }
        int kept = 1;
        for (NirNode.Primitive node : graph.nodes().values()) {
            kept = Math.max(
                    kept,
                    switch (node.type()) {
                        case "Conv1d" -> 2;
                        case "Conv2d", "SumPool2d", "AvgPool2d" -> 3;
                        default -> 1;
                    });
        }
        while (axes.size() > kept && axes.getFirst() == 1) {
            axes.removeFirst();
        }
        NumberArray.size(axes);
        return List.copyOf(axes);
    }

    private List<Integer> shapeInto(String name) {
        if (name.equals(graph.input())) {
            return inputShape;
        }
        for (FlatGraph.Source source : sources(name)) {
            if (!source.delayed()) {
                List<Integer> shape = unit(source.from()).outputShape;
                for (FlatGraph.Source other : sources(name)) {
                    if (!other.delayed()) {
                        checkSame(name, other, NumberArray.size(shape));
                    }
                }
                return shape;
            }
        }
        throw new IllegalArgumentException("node " + name + ": expected an edge into it that is not part of a loop");
    }

    private void checkSame(String name, FlatGraph.Source source, int size) {
        if (unit(source.from()).outputs != size) {
            throw new IllegalArgumentException("node " + name + ": expected " + size + " values over each edge, found "
                    + unit(source.from()).outputs + " from " + source.from());
        }
    }

    private void checkLoops() {
        for (String name : graph.order()) {
            int size = NumberArray.size(name.equals(graph.input()) ? inputShape : shapeInto(name));
            for (FlatGraph.Source source : sources(name)) {
                checkSame(name, source, size);
            }
        }
    }

    /** {@return the nodes without sub-graphs, in order of computation} */
    public FlatGraph flatGraph() {
        return graph;
    }

    /**
     * The shape of what a node gives in one step.
     *
     * @param name of a node, {@code <graph>/<node>} in a sub-graph
     * @return its axes
     */
    public List<Integer> outputShape(String name) {
        return unit(name).outputShape;
    }

    /**
     * A node without state, written out as y = W x + b.
     *
     * @param inputs values that enter in one step
     * @param outputs values that it gives in one step
     * @param weight {@code [in, out]}
     * @param bias {@code [out]}
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Matrix(int inputs, int outputs, double[] weight, double[] bias) {}

    /**
     * Writes a linear node without state, such as a convolution or a pool, as a matrix; its weights keep their bits.
     *
     * @param name of the node
     * @param maximumSize the most weights
     * @return the matrix
     * @throws IllegalArgumentException if it would have more weights; the message names the node
     */
    public Matrix matrix(String name, long maximumSize) {
        Unit unit = unit(name);
        int inputs = NumberArray.size(shapeInto(name));
        if ((long) inputs * unit.outputs > maximumSize) {
            throw new IllegalArgumentException(
                    "node " + name + " (" + node(name).type() + "): expected at most " + maximumSize
                            + " weights when written as a matrix, found " + (long) inputs * unit.outputs);
        }
        double[] in = new double[inputs];
        double[] out = new double[unit.outputs];
        double[] bias = new double[unit.outputs];
        unit.step(in, bias);
        Unit linear = unit.withoutBias();
        double[] weight = new double[inputs * unit.outputs];
        for (int i = 0; i < inputs; i++) {
            in[i] = 1;
            linear.step(in, out);
            in[i] = 0;
            System.arraycopy(out, 0, weight, i * out.length, out.length);
        }
        return new Matrix(inputs, unit.outputs, weight, bias);
    }

    /** {@return the shape of one step of the input, without axes of length 1 in front} */
    public List<Integer> inputShape() {
        return inputShape;
    }

    /**
     * What was recorded of one node.
     *
     * @param shape of one step
     * @param output {@code [B][T · size]}: what the node gives, which are its spikes if it spikes
     * @param spikes whether the output are spikes
     * @param hasMembrane whether it has membranes
     * @param membrane {@code [B][T · size]} after each step; empty where there are none
     * @param hasCurrent whether it has synaptic currents
     * @param current {@code [B][T · size]} after each step; empty where there are none
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    public record Recording(
            List<Integer> shape,
            double[][] output,
            boolean spikes,
            boolean hasMembrane,
            double[][] membrane,
            boolean hasCurrent,
            double[][] current) {}

    /**
     * Runs sequences, each from zero state.
     *
     * @param input {@code [B][T · size]}
     * @param steps T
     * @return recordings by the nodes' names; a node of a sub-graph is called {@code <graph>/<node>}
     * @throws IllegalArgumentException if a sequence has another length
     */
    public SortedMap<String, Recording> run(double[][] input, int steps) {
        int batch = input.length;
        int size = NumberArray.size(inputShape);
        for (double[] sequence : input) {
            if (sequence.length != (long) steps * size) {
                throw new IllegalArgumentException("expected an input of " + inputShape + " in each of " + steps
                        + " steps, found " + sequence.length + " values");
            }
        }
        var recordings = new TreeMap<String, Recording>();
        units.forEach((name, unit) -> {
            int length = Math.multiplyExact(steps, unit.outputs);
            recordings.put(
                    name,
                    new Recording(
                            unit.outputShape,
                            new double[batch][length],
                            unit.spikes(),
                            unit.membrane() != null,
                            new double[unit.membrane() == null ? 0 : batch][length],
                            unit.current() != null,
                            new double[unit.current() == null ? 0 : batch][length]));
        });
        for (int b = 0; b < batch; b++) {
            sequence(b, input[b], steps, recordings);
        }
        return recordings;
    }

    private void sequence(int b, double[] input, int steps, Map<String, Recording> recordings) {
        Map<String, double[]> out = new HashMap<>();
        units.forEach((name, unit) -> {
            unit.begin();
            out.put(name, new double[unit.outputs]);
        });
        int size = NumberArray.size(inputShape);
        atRest(out, size);
        for (int t = 0; t < steps; t++) {
            // What comes back over loops is of the last step, so it is gathered before any node changes.
            Map<String, double[]> returned = returned(out);
            for (String name : graph.order()) {
                Unit unit = unit(name);
                double[] in = name.equals(graph.input())
                        ? Arrays.copyOfRange(input, t * size, (t + 1) * size)
                        : gather(name, out, returned);
                unit.step(in, values(out, name));
            }
            record(b, t, out, recordings);
        }
    }

    /** What nodes without state make of zeros, for loops in the first step. */
    private void atRest(Map<String, double[]> out, int size) {
        if (graph.looped().isEmpty()) {
            return;
        }
        for (String name : graph.order()) {
            Unit unit = unit(name);
            if (!unit.remembers()) {
                double[] in = name.equals(graph.input()) ? new double[size] : gather(name, out, returned(out));
                unit.step(in, values(out, name));
            }
        }
    }

    private static double[] values(Map<String, double[]> out, String name) {
        double[] values = out.get(name);
        if (values == null) {
            throw new IllegalArgumentException("expected a node " + name);
        }
        return values;
    }

    private Map<String, double[]> returned(Map<String, double[]> out) {
        Map<String, double[]> returned = new HashMap<>();
        for (String name : graph.order()) {
            for (FlatGraph.Source source : sources(name)) {
                if (source.delayed()) {
                    returned.computeIfAbsent(source.from(), k -> values(out, k).clone());
                }
            }
        }
        return returned;
    }

    private double[] gather(String name, Map<String, double[]> out, Map<String, double[]> returned) {
        double[] sum = null;
        for (FlatGraph.Source source : sources(name)) {
            double[] values = values(source.delayed() ? returned : out, source.from());
            if (sum == null) {
                sum = values.clone();
            } else {
                for (int n = 0; n < sum.length; n++) {
                    sum[n] += values[n];
                }
            }
        }
        return sum == null ? new double[0] : sum;
    }

    private void record(int b, int t, Map<String, double[]> out, Map<String, Recording> recordings) {
        recordings.forEach((name, recording) -> {
            Unit unit = unit(name);
            System.arraycopy(values(out, name), 0, recording.output()[b], t * unit.outputs, unit.outputs);
            double[] membrane = unit.membrane();
            if (membrane != null) {
                System.arraycopy(membrane, 0, recording.membrane()[b], t * unit.outputs, unit.outputs);
            }
            double[] current = unit.current();
            if (current != null) {
                System.arraycopy(current, 0, recording.current()[b], t * unit.outputs, unit.outputs);
            }
        });
    }
}
