package io.keyspike.trainer.layers;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Membranes;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.LayerInput;
import io.keyspike.trainer.config.NetworkConfig;
import io.keyspike.trainer.config.NeuronConfig;
import io.keyspike.trainer.config.Wiring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network while it learns: forward, backward, and the model's network out of it.
 *
 * <p>There are two ways through a batch. {@link #forward} and {@link #backward} take it whole, each kernel on all threads.
 * {@link #learn} cuts it into slices that pass forward, loss and backward one after the other on one thread each, out of the
 * cache and with a single meeting of the threads; their gradients are summed in a fixed order. A batch whose sequences know
 * of one another ({@link #sliceable} is false) has to be taken whole.
 */
public final class TrainableNetwork {

    /** Values that a task sums the gradients of. */
    private static final int SUM_TASK = 1 << 13;

    private final KernelBackend backend;
    private final LayerStack.Plan plan;
    private final int maximumSteps;
    private final int maximumBatch;
    private final ParameterSet original = new ParameterSet();
    private final LayerStack first;
    private final List<SliceGroup> groups = new ArrayList<>();
    private final List<Parameter> parameters;
    private @Nullable LayerStack whole;
    private float[] current = {};
    private float[] currentGradient = {};
    private float[] repeatedInput = {};
    private double annealed;

    /** As the longer form, with membranes kept in 32 bits. */
    public TrainableNetwork(
            NetworkConfig config,
            int inputs,
            int labels,
            double stepSeconds,
            long seed,
            KernelBackend backend,
            int maximumSteps,
            int maximumBatch) {
        this(
                config,
                inputs,
                labels,
                stepSeconds,
                seed,
                backend,
                maximumSteps,
                maximumBatch,
                Membranes.Precision.FLOAT32);
    }

    /** As the longer form, with batches cut as the shapes ask for. */
    public TrainableNetwork(
            NetworkConfig config,
            int inputs,
            int labels,
            double stepSeconds,
            long seed,
            KernelBackend backend,
            int maximumSteps,
            int maximumBatch,
            Membranes.Precision precision) {
        this(config, inputs, labels, stepSeconds, seed, backend, maximumSteps, maximumBatch, precision, null);
    }

    /**
     * @param inputs width of a feature step
     * @param labels width of the last layer: labels times population
     * @param stepSeconds dt
     * @param seed of the initial weights
     * @param precision of the membranes that the backward pass finds
     * @param parts that a batch is cut into, each with the statistics of its normalisations to itself; null for some that depend
     *     on the shapes, and whole batches where there are normalisations
     * @throws IllegalArgumentException if the sizes do not fit into arrays
     */
    public TrainableNetwork(
            NetworkConfig config,
            int inputs,
            int labels,
            double stepSeconds,
            long seed,
            KernelBackend backend,
            int maximumSteps,
            int maximumBatch,
            Membranes.Precision precision,
            @Nullable Integer parts) {
        this.backend = backend;
        this.maximumSteps = maximumSteps;
        this.maximumBatch = maximumBatch;
        Wiring wiring = config.wiring();
        List<Integer> widths = widths(config, wiring, inputs, labels);
        List<DelayWidth> delays = config.layers().stream()
                .map(layer -> new DelayWidth(layer.delay()))
                .toList();
        plan = new LayerStack.Plan(
                config, wiring, widths, leaks(config, widths), delays, stepSeconds, seed, precision, parts);
        Math.multiplyExact(Math.multiplyExact(maximumSteps, maximumBatch), widest());
        if (sliceable()) {
            first = prepareGroups();
            // the sums over the groups, in arrays of their own
            parameters = first.parameters().stream()
                    .map(p -> new Parameter(p.layer(), p.name(), p.values(), p.role()))
                    .toList();
        } else {
            first = new LayerStack(
                    plan, backend, LayerStack.products(plan, backend), original, maximumSteps, maximumBatch);
            whole = first;
            parameters = first.parameters();
        }
    }

    private LayerStack prepareGroups() {
        KernelBackend serial = backend.serial();
        List<@Nullable DenseProducts> products = LayerStack.products(plan, serial);
        BatchSlices cut = cut(maximumBatch);
        for (int g = 0; g < cut.groups(); g++) {
            ParameterSet set = g == 0 ? original : original.replica();
            var stack = new LayerStack(plan, serial, products, set, maximumSteps, cut.tile());
            groups.add(new SliceGroup(g, stack, inputs(), outputs(), maximumSteps * cut.tile()));
        }
        return groups.getFirst().stack();
    }

    private static List<Integer> widths(NetworkConfig config, Wiring wiring, int inputs, int labels) {
        List<Integer> widths = wiring.widths(config.layers(), inputs, labels);
        if (widths.getLast() != labels) {
            throw new IllegalArgumentException(
                    "network: expected " + labels + " outputs from the last layer, found " + widths.getLast());
        }
        return widths;
    }

    private static List<TimeConstantMismatch> leaks(NetworkConfig config, List<Integer> widths) {
        var leaks = new ArrayList<TimeConstantMismatch>();
        for (int l = 0; l < config.layers().size(); l++) {
            leaks.add(TimeConstantMismatch.ofWidth(config.layers().get(l).name(), widths.get(l + 1)));
        }
        return leaks;
    }

    private int widest() {
        return Math.max(inputs(), widestLayer());
    }

    private int widestLayer() {
        return IntStream.range(0, plan.config().layers().size())
                .map(plan::currents)
                .max()
                .orElseThrow();
    }

    /** The tile is that of the longest pass and the largest batch, so that it fits the buffers. */
    private BatchSlices cut(int batch) {
        Integer parts = plan.parts();
        int most = parts == null ? BatchSlices.GROUPS : parts;
        BatchSlices largest = plan.normed()
                ? BatchSlices.ofOneTileEach(maximumBatch, most)
                : BatchSlices.of(maximumBatch, maximumSteps, widestLayer(), most);
        return new BatchSlices(batch, largest.tile(), most);
    }

    /** Width of an input step. */
    public int inputs() {
        return plan.widths().getFirst();
    }

    /** Width of an output step. */
    public int outputs() {
        return plan.widths().getLast();
    }

    /** T that the buffers were made for. */
    public int maximumSteps() {
        return maximumSteps;
    }

    /** B that the buffers were made for. */
    public int maximumBatch() {
        return maximumBatch;
    }

    /** All learnt values, in the order of the layers. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** What bends the time constants of LIF and hardware neurons while batches pass, for each layer that has such. */
    public List<TimeConstantMismatch> leaks() {
        var leaks = new ArrayList<TimeConstantMismatch>();
        for (int l = 0; l < plan.leaks().size(); l++) {
            NeuronConfig.Kind kind = plan.config().layers().get(l).neuron().kind();
            if (kind == NeuronConfig.Kind.LIF || kind == NeuronConfig.Kind.HARDWARE) {
                leaks.add(plan.leaks().get(l));
            }
        }
        return leaks;
    }

    /**
     * Narrows the interpolation of axonal delays.
     *
     * @param progress share of the training that is done, 0 to 1
     */
    public void anneal(double progress) {
        annealed = progress;
        plan.delays().forEach(delay -> delay.anneal(progress));
    }

    /** The progress last given to {@link #anneal}; 0 before. */
    public double annealed() {
        return annealed;
    }

    /** Number of learnt values. */
    public int parameterCount() {
        return parameters.stream().mapToInt(p -> p.values().length).sum();
    }

    /** Running statistics of normalisations: what a checkpoint keeps besides the parameters. */
    public List<float[]> statistics() {
        var all = new ArrayList<float[]>();
        norms(first).forEach(norm -> all.addAll(norm.statistics()));
        return all;
    }

    /**
     * Whether {@link #learn} may be used: a normalisation over the whole batch, or a loss on firing rates, ties its sequences
     * together.
     */
    public boolean sliceable() {
        return backend.sliceable()
                && plan.config().layers().stream()
                        .noneMatch(l -> (l.batchNorm() && plan.parts() == null)
                                || l.rates().active());
    }

    /** Loss on the layers' firing rates, of the last {@link #forward}. */
    public double rateLoss() {
        return sliceable()
                ? 0
                : whole().layers().stream()
                        .mapToDouble(TrainableLayer::rateLoss)
                        .sum();
    }

    /** Groups of slices that may be in work at once. */
    public int groups() {
        return groups.size();
    }

    // ---- in slices ------------------------------------------------------------------------------------------------

    /**
     * Forward, loss and backward of a batch in slices: the parameters' gradients, which replace those there.
     *
     * @param x {@code [T, B, inputs]}, or {@code [B, inputs]} if the pass has a constant input
     * @param onMembranes whether the loss gives the gradient of the last layer's membranes instead of its output's
     * @throws IllegalStateException if the network is not {@link #sliceable}
     */
    public void learn(Pass pass, float[] x, boolean onMembranes, SliceLoss loss) {
        learnGroups(pass, x, onMembranes, loss, 0, groups(pass));
        sumGroups(pass, x);
    }

    /** Groups that a batch is cut into; it depends on the shapes alone. */
    public int groups(Pass pass) {
        return cut(pass.batch()).groups();
    }

    /** First sequence of a group; of the group after the last, B. */
    public int firstSequence(Pass pass, int group) {
        BatchSlices cut = cut(pass.batch());
        return Math.min(pass.batch(), cut.from(cut.firstTile(group)));
    }

    /**
     * The part of {@link #learn} that some of the groups do, so that others may be done elsewhere: {@link #groupResults} of each
     * then holds what it found.
     *
     * @param x as in {@link #learn}; only the groups' sequences are read
     * @param from first group
     * @param to after the last
     * @throws IllegalStateException if the network is not {@link #sliceable}
     */
    public void learnGroups(Pass pass, float[] x, boolean onMembranes, SliceLoss loss, int from, int to) {
        if (!sliceable()) {
            throw new IllegalStateException(
                    "network: expected one whose batches can be sliced, found one that needs whole batches");
        }
        check(pass);
        var task = new SliceGroup.Task(pass, x, loss, onMembranes, cut(pass.batch()));
        if (fromCurrent(pass)) {
            int width = plan.currents(0);
            firstCurrents(pass, x, firstSequence(pass, from), firstSequence(pass, to));
            first.lay(1);
            backend.forEach(
                    to - from, g -> groups.get(from + g).learnFromCurrent(task, current, currentGradient, width));
        } else {
            first.lay(0);
            backend.forEach(to - from, g -> groups.get(from + g).learn(task));
        }
    }

    /** The gradients of the parameters, out of what all groups of a batch have found, in their order. */
    public void sumGroups(Pass pass, float[] x) {
        followStatistics(pass);
        if (!fromCurrent(pass)) {
            sumGradients(0, groups(pass));
            return;
        }
        List<Parameter> synapse = first.stages().getFirst().parameters();
        sumGradients(synapse.size(), groups(pass));
        float[] weightGradient = parameters.getFirst().gradient();
        float[] biasGradient = synapse.size() > 1 ? parameters.get(1).gradient() : null;
        Arrays.fill(weightGradient, 0f);
        if (biasGradient != null) {
            Arrays.fill(biasGradient, 0f);
        }
        backend.denseParameterGradient(
                pass.batch(), inputs(), plan.currents(0), x, currentGradient, weightGradient, biasGradient);
    }

    /**
     * What a group leaves for {@link #sumGroups}, in an order that depends on the network alone: its gradients, or, where the
     * input is constant, the gradients of its sequences' first currents and of the parameters behind them; then the statistics of
     * its normalisations. Shared: what is written there counts as found by the group.
     */
    public List<FloatRange> groupResults(Pass pass, int group) {
        var results = new ArrayList<FloatRange>();
        int fromParameter = 0;
        if (fromCurrent(pass)) {
            prepareCurrents();
            int width = plan.currents(0);
            results.add(new FloatRange(
                    currentGradient, firstSequence(pass, group) * width, firstSequence(pass, group + 1) * width));
            fromParameter = first.stages().getFirst().parameters().size();
        }
        for (Parameter p : groups.get(group).parameters().subList(fromParameter, parameters.size())) {
            results.add(new FloatRange(p.gradient(), 0, p.gradient().length));
        }
        for (CurrentNorm norm : norms(groups.get(group).stack())) {
            norm.batchStatistics().forEach(values -> results.add(new FloatRange(values, 0, values.length)));
        }
        return results;
    }

    private static List<CurrentNorm> norms(LayerStack stack) {
        var norms = new ArrayList<CurrentNorm>();
        for (TrainableLayer layer : stack.layers()) {
            CurrentNorm norm = layer.norm();
            if (norm != null) {
                norms.add(norm);
            }
        }
        return norms;
    }

    /** Running statistics of a batch whose groups have statistics of their own. */
    private void followStatistics(Pass pass) {
        List<CurrentNorm> running = norms(first);
        int used = groups(pass);
        int[] rows = new int[used];
        for (int g = 0; g < used; g++) {
            rows[g] = pass.steps() * (firstSequence(pass, g + 1) - firstSequence(pass, g));
        }
        for (int n = 0; n < running.size(); n++) {
            int norm = n;
            running.get(n)
                    .follow(
                            groups.subList(0, used).stream()
                                    .map(g -> norms(g.stack()).get(norm))
                                    .toList(),
                            rows);
        }
    }

    /**
     * A constant input needs the first product once, forward and backward, and once for the whole batch: its weights are many
     * and want to be read once.
     */
    private boolean fromCurrent(Pass pass) {
        return pass.constantInput() && first.startsWithOneLayer();
    }

    private void prepareCurrents() {
        if (current.length == 0) {
            current = new float[maximumBatch * plan.currents(0)];
            currentGradient = new float[maximumBatch * plan.currents(0)];
        }
    }

    /** The first layer's currents of the sequences {@code from} to below {@code to}; a row does not depend on the others. */
    private void firstCurrents(Pass pass, float[] x, int from, int to) {
        prepareCurrents();
        List<Parameter> synapse = first.stages().getFirst().parameters();
        float[] weights = synapse.getFirst().values();
        float[] bias = synapse.size() > 1 ? synapse.get(1).values() : null;
        int width = plan.currents(0);
        if (from == 0 && to == pass.batch()) {
            backend.dense(to, inputs(), width, x, weights, bias, current);
        } else if (from < to) {
            float[] rows = Arrays.copyOfRange(x, from * inputs(), to * inputs());
            float[] found = new float[(to - from) * width];
            backend.dense(to - from, inputs(), width, rows, weights, bias, found);
            System.arraycopy(found, 0, current, from * width, found.length);
        }
    }

    /** Adds the groups' gradients up, in their order. */
    private void sumGradients(int fromParameter, int usedGroups) {
        for (int i = fromParameter; i < parameters.size(); i++) {
            float[] sum = parameters.get(i).gradient();
            int parameter = i;
            backend.forEach((sum.length + SUM_TASK - 1) / SUM_TASK, task -> {
                int from = task * SUM_TASK;
                int to = Math.min(sum.length, from + SUM_TASK);
                System.arraycopy(groups.getFirst().parameters().get(parameter).gradient(), from, sum, from, to - from);
                for (int g = 1; g < usedGroups; g++) {
                    float[] part = groups.get(g).parameters().get(parameter).gradient();
                    for (int k = from; k < to; k++) {
                        sum[k] += part[k];
                    }
                }
            });
        }
    }

    // ---- whole ----------------------------------------------------------------------------------------------------

    private LayerStack whole() {
        if (whole == null) {
            whole = new LayerStack(
                    plan, backend, LayerStack.products(plan, backend), original.replica(), maximumSteps, maximumBatch);
        }
        return whole;
    }

    /**
     * The training pass over a whole batch: batch statistics, dropout.
     *
     * @param x {@code [T, B, inputs]}, or {@code [B, inputs]} if the pass has a constant input
     * @return {@code [T, B, outputs]}, valid until the next pass; readouts are 0 before the pass's first step
     */
    public float[] forward(Pass pass, float[] x) {
        check(pass);
        LayerStack stack = whole();
        stack.lay(0);
        return stack.forward(pass, pass.constantInput() ? repeated(pass, x) : x);
    }

    private float[] repeated(Pass pass, float[] x) {
        int row = pass.batch() * inputs();
        if (repeatedInput.length < pass.steps() * row) {
            repeatedInput = new float[pass.steps() * row];
        }
        for (int t = 0; t < pass.steps(); t++) {
            System.arraycopy(x, 0, repeatedInput, t * row, row);
        }
        return repeatedInput;
    }

    private void check(Pass pass) {
        if (pass.steps() > maximumSteps || pass.batch() > maximumBatch) {
            throw new IllegalArgumentException("network: expected at most " + maximumSteps + " steps and a batch of "
                    + maximumBatch + ", found " + pass.steps() + " and " + pass.batch());
        }
    }

    /** The last layer's membranes before the reset, of the last {@link #forward}; null where it has none to learn from. */
    public float @Nullable [] outputMembrane() {
        return whole().outputMembrane();
    }

    /**
     * Gradients of the last {@link #forward}, which replace those there.
     *
     * @param outputGradient {@code [T, B, outputs]}; overwritten
     */
    public void backward(Pass pass, float[] outputGradient) {
        backward(pass, outputGradient, null);
    }

    /**
     * As {@link #backward(Pass, float[])}, for a loss on the last layer's membranes.
     *
     * @param membraneGradient of {@link #outputMembrane}, {@code [T, B, outputs]}; null for none
     */
    public void backward(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient) {
        List<Parameter> learnt = whole().parameters();
        for (Parameter p : learnt) {
            Arrays.fill(p.gradient(), 0);
        }
        whole().backward(pass, outputGradient, membraneGradient);
        for (int i = 0; i < learnt.size() && sliceable(); i++) {
            float[] gradient = learnt.get(i).gradient();
            System.arraycopy(gradient, 0, parameters.get(i).gradient(), 0, gradient.length);
        }
    }

    // ---- outside of passes ----------------------------------------------------------------------------------------

    /** Runs tasks 0 to {@code tasks − 1} on the kernels' threads. */
    public void forEach(int tasks, IntConsumer task) {
        backend.forEach(tasks, task);
    }

    /** Holds learnt values within their domain, after the optimiser's step. */
    public void project() {
        first.stages().forEach(Stage::project);
    }

    /** The network as the model has it: normalisations folded into weights and biases, no dropout. */
    public Network export() {
        Map<String, Tensor> tensors = new TreeMap<>();
        var nodes = new ArrayList<Node>();
        nodes.add(new Node.Input(LayerInput.NETWORK, inputs()));
        var edges = new ArrayList<NetworkGraph.Edge>();
        for (int l = 0; l < first.layers().size(); l++) {
            List<Node> made = first.layers().get(l).export(tensors);
            String to = made.getFirst().name();
            List<Wiring.Source> sources = plan.wiring().sources().get(l);
            if (sources.size() > 1) {
                to = plan.config().layers().get(l).name() + "_sum";
                nodes.add(new Node.Sum(to, plan.inputs(l)));
            }
            for (Wiring.Source source : sources) {
                String from = source.layer() == Wiring.INPUT ? LayerInput.NETWORK : end(source.layer());
                edges.add(new NetworkGraph.Edge(from, to, source.delay()));
            }
            if (sources.size() > 1) {
                edges.add(new NetworkGraph.Edge(to, made.getFirst().name()));
            }
            for (int i = 1; i < made.size(); i++) {
                edges.add(new NetworkGraph.Edge(
                        made.get(i - 1).name(), made.get(i).name()));
            }
            nodes.addAll(made);
        }
        String output = nodes.getLast().name();
        boolean goesOn = edges.stream().anyMatch(e -> e.from().equals(output));
        return new Network(
                new NetworkGraph(plan.stepSeconds(), nodes, edges, goesOn ? List.of(output) : List.of()), tensors);
    }

    /** The node whose output is the layer's. */
    private String end(int layer) {
        LayerConfig config = plan.config().layers().get(layer);
        return config.delay().active() ? config.name() + "_delay" : config.name();
    }
}
