package io.keyspike.trainer.layers;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Membranes;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.LayerWiring;
import io.keyspike.trainer.config.NetworkConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a network with the buffers of one forward and backward pass, for a whole batch or for a slice of one. All
 * buffers are made once, for the largest pass.
 */
final class LayerStack {

    /**
     * What the stacks of a network have in common.
     *
     * @param wiring which layers read which
     * @param widths of the input and of each layer
     * @param leaks of each layer, used where its neurons are LIF or hardware ones
     * @param precision of the membranes kept, but for the last layer's, which a loss may look at
     */
    record Plan(
            NetworkConfig config,
            LayerWiring wiring,
            List<Integer> widths,
            List<TimeConstantMismatch> leaks,
            double stepSeconds,
            long seed,
            Membranes.Precision precision) {
        Plan {
            widths = List.copyOf(widths);
            leaks = List.copyOf(leaks);
        }

        /** Values per step that a layer reads. */
        int inputWidth(int layer) {
            return widths.get(wiring.sources().get(layer).getFirst().layer() + 1);
        }

        /**
         * Whether the input goes into the first layer alone, as it is, and nothing comes back to that layer, so that a pass
         * may begin with its currents.
         */
        boolean beginsWithTheFirst() {
            boolean others = false;
            for (int l = 1; l < wiring.sources().size(); l++) {
                others |= wiring.sources().get(l).stream().anyMatch(s -> s.layer() == LayerWiring.INPUT);
            }
            return !others
                    && !wiring.hasFeedback()
                    && wiring.sources().getFirst().equals(List.of(new LayerWiring.Source(LayerWiring.INPUT, 0)));
        }
    }

    private final KernelBackend backend;
    private final Plan plan;
    private final ParameterSet parameters;
    private final int maximumSteps;
    private final int maximumBatch;
    private final List<TrainableLayer> layers;
    private final List<Stage> stages;
    private final Junctions junctions;
    private final boolean feedback;
    private final float[][] outputs;
    private final float[][] inputGradients;
    private float[] lossGradient = {};
    private float[] repeated = {};
    private float[] summed = {};

    /**
     * @param products of each dense layer, null for the others; shared by the stacks that run the same kernels
     */
    LayerStack(
            Plan plan,
            KernelBackend backend,
            List<@Nullable DenseProducts> products,
            ParameterSet parameters,
            int maximumSteps,
            int maximumBatch) {
        this.plan = plan;
        this.backend = backend;
        this.parameters = parameters;
        this.maximumSteps = maximumSteps;
        this.maximumBatch = maximumBatch;
        int count = plan.config().layers().size();
        var built = new TrainableLayer[count];
        for (int l : plan.wiring().order()) {
            built[l] = build(l, products.get(l), built);
        }
        layers = List.of(built);
        stages = layers.stream().flatMap(layer -> layer.stages().stream()).toList();
        junctions = new Junctions(plan.wiring(), plan.widths(), Math.multiplyExact(maximumSteps, maximumBatch));
        feedback = plan.wiring().hasFeedback();
        outputs = new float[count][];
        inputGradients = new float[count][];
    }

    /** The products that {@link #LayerStack} wants, one for each dense layer. */
    static List<@Nullable DenseProducts> products(Plan plan, KernelBackend backend) {
        var all = new ArrayList<@Nullable DenseProducts>();
        for (int l = 0; l < plan.config().layers().size(); l++) {
            boolean diagonal = plan.config().layers().get(l).synapse() == LayerConfig.Synapse.DIAGONAL;
            all.add(
                    diagonal
                            ? null
                            : backend.products(plan.inputWidth(l), plan.widths().get(l + 1)));
        }
        return all;
    }

    /** @param built the layers before it in the order of computation */
    private TrainableLayer build(int index, @Nullable DenseProducts products, @Nullable TrainableLayer[] built) {
        LayerConfig layer = plan.config().layers().get(index);
        int in = plan.inputWidth(index);
        int out = plan.widths().get(index + 1);
        int rows = Math.multiplyExact(maximumSteps, maximumBatch);
        Math.multiplyExact(rows, Math.max(in, out));
        String name = layer.name();
        boolean diagonal = layer.synapse() == LayerConfig.Synapse.DIAGONAL;
        var random = new SplitMix(plan.seed(), index);
        float[] w = new float[diagonal ? out : Math.multiplyExact(in, out)];
        double deviation = layer.init().deviation();
        if (layer.init().kind() == LayerConfig.InitConfig.Kind.FAN_IN) {
            deviation /= Math.sqrt(diagonal ? 1 : in);
        }
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) (layer.init().mean() + deviation * random.nextGaussian());
        }
        Parameter weight =
                parameters.parameter(name, "weight", w, diagonal ? Parameter.Role.DIAGONAL : Parameter.Role.MATRIX);
        Parameter bias = layer.bias() ? parameters.parameter(name, "bias", new float[out], Parameter.Role.OTHER) : null;
        Stage synapse = products == null
                ? new DiagonalSynapse(backend, weight, rows)
                : new DenseSynapse(products, in, out, weight, bias, end(index, built), inputNeeded(index), rows);
        CurrentNorm norm =
                layer.batchNorm() ? new CurrentNorm(backend, parameters, name, out, layer.batchNormGain(), rows) : null;
        SpikeDropout dropout = layer.dropout() > 0 ? new SpikeDropout(layer.dropout(), index, out, rows) : null;
        FiringRateProbe tap = layer.rates().active() ? new FiringRateProbe(name, layer.rates(), out) : null;
        return new TrainableLayer(
                layer, in, out, weight, bias, synapse, norm, neurons(layer, index, random, rows), tap, dropout);
    }

    /** The end of the layer that another reads as it is; null where it reads anything else. */
    private @Nullable Stage end(int reader, @Nullable TrainableLayer[] built) {
        int source = plan.wiring().sources().get(reader).getFirst().layer();
        if (source == LayerWiring.INPUT || !plan.wiring().readsOneAsItIs(reader)) {
            return null;
        }
        return Objects.requireNonNull(built[source]).end();
    }

    /** Whether a layer reads another one, which wants a gradient. */
    private boolean inputNeeded(int layer) {
        return plan.wiring().sources().get(layer).stream().anyMatch(s -> s.layer() != LayerWiring.INPUT);
    }

    private Neurons neurons(LayerConfig layer, int index, SplitMix random, int rows) {
        int width = plan.widths().get(index + 1);
        NetworkConfig config = plan.config();
        RecurrentWeights recurrent = RecurrentWeights.of(parameters, layer, width, random);
        return switch (layer.neuron().kind()) {
            case LIF, HARDWARE -> lif(layer, index, recurrent, rows);
            case ADAPTIVE ->
                new AdaptiveNeurons(
                        backend,
                        parameters,
                        layer.name(),
                        width,
                        layer.neuron(),
                        config.surrogate(),
                        config.resetDetached(),
                        random,
                        recurrent,
                        rows);
            case LEAKY, SYNAPTIC ->
                new LeakyNeurons(
                        backend, parameters, layer.name(), width, layer.neuron(), recurrent, config.surrogate(), rows);
            case READOUT -> new ReadoutNeurons(backend, parameters, layer.name(), width, layer.neuron(), rows);
        };
    }

    private Neurons lif(LayerConfig layer, int index, @Nullable RecurrentWeights recurrent, int rows) {
        int width = plan.widths().get(index + 1);
        NetworkConfig config = plan.config();
        var constants =
                new LifConstants(parameters, plan.leaks().get(index), width, layer.neuron(), plan.stepSeconds());
        if (recurrent != null) {
            return new RecurrentLifNeurons(
                    backend,
                    layer.name(),
                    width,
                    constants,
                    recurrent,
                    config.surrogate(),
                    config.resetDetached(),
                    rows);
        }
        return new LifNeurons(
                backend,
                layer.name(),
                width,
                constants,
                config.surrogate(),
                config.resetDetached(),
                bitsWanted(index),
                last(index) ? Membranes.Precision.FLOAT32 : plan.precision(),
                maximumSteps,
                maximumBatch);
    }

    private boolean last(int index) {
        return index == plan.config().layers().size() - 1;
    }

    /** Whether dense synapses alone read the layer's spikes, as they are. */
    private boolean bitsWanted(int index) {
        List<LayerConfig> all = plan.config().layers();
        List<LayerWiring.Reader> readers = plan.wiring().readers().get(index);
        return !last(index)
                && all.get(index).dropout() == 0
                && !all.get(index).rates().active()
                && readers.stream()
                        .allMatch(r -> plan.wiring().readsOneAsItIs(r.layer())
                                && all.get(r.layer()).synapse() != LayerConfig.Synapse.DIAGONAL);
    }

    List<TrainableLayer> layers() {
        return layers;
    }

    List<Stage> stages() {
        return stages;
    }

    /** Learnt values in the order of the layers, with this stack's gradients. */
    List<Parameter> parameters() {
        return stages.stream().flatMap(s -> s.parameters().stream()).toList();
    }

    /** Lays out the weights of the dense synapses from the stage on, for all stacks that share their products. */
    void lay(int fromStage) {
        for (Stage stage : stages.subList(fromStage, stages.size())) {
            if (stage instanceof DenseSynapse synapse) {
                synapse.lay();
            }
        }
    }

    /** @return {@code [T, B, outputs]}, valid until the next pass */
    float[] forward(Pass pass, float[] x) {
        if (!feedback) {
            return sweep(pass, x, 0);
        }
        junctions.clearOutputs();
        for (int sweep = 0; sweep <= pass.steps(); sweep++) {
            float[] y = sweep(pass, x, 0);
            if (junctions.outputsSettled(pass, outputs)) {
                return y;
            }
        }
        throw new IllegalStateException("network: expected feedback to settle within " + pass.steps() + " sweeps");
    }

    /** Each layer once, from one on in the order of computation. */
    private float[] sweep(Pass pass, float[] x, int from) {
        for (int l : plan.wiring().order().subList(from, layers.size())) {
            outputs[l] = layers.get(l).forward(pass, junctions.input(l, pass, x, outputs), 0);
        }
        return outputs[layers.size() - 1];
    }

    /**
     * From the currents of the first layer, which are the same at each step, on; for networks that begin with it.
     *
     * @param current {@code [B, N]}
     */
    float[] forwardFromCurrent(Pass pass, float[] current) {
        TrainableLayer first = layers.getFirst();
        if (first.neurons().takesConstantCurrent()) {
            float[] spikes = first.neurons().forward(pass.withConstantCurrent(), current);
            outputs[0] = first.forward(pass, spikes, 2);
        } else {
            outputs[0] = first.forward(pass, repeated(pass, current), 1);
        }
        return sweep(pass, current, 1);
    }

    private float[] repeated(Pass pass, float[] current) {
        int lanes = pass.batch() * plan.widths().get(1);
        repeated = repeated.length >= pass.steps() * lanes
                ? repeated
                : new float[maximumSteps * maximumBatch * plan.widths().get(1)];
        for (int t = 0; t < pass.steps(); t++) {
            System.arraycopy(current, 0, repeated, t * lanes, lanes);
        }
        return repeated;
    }

    /** The last layer's membranes before the reset; null where it has none to learn from. */
    float @Nullable [] outputMembrane() {
        return layers.getLast().neurons().membrane();
    }

    /**
     * Adds the gradients of the last pass to those of {@link #parameters}.
     *
     * @param outputGradient {@code [T, B, outputs]}; overwritten
     * @param membraneGradient of {@link #outputMembrane}, or null
     */
    void backward(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient) {
        if (!feedback) {
            sweepBack(pass, outputGradient, membraneGradient, 0);
            return;
        }
        // Each sweep adds the gradients of all parameters, so what was there is put back before the next one.
        List<Parameter> learnt = parameters();
        List<float[]> before = learnt.stream().map(p -> p.gradient().clone()).toList();
        int size = pass.rows() * plan.widths().getLast();
        if (lossGradient.length < size) {
            lossGradient = new float
                    [Math.multiplyExact(
                            maximumSteps * maximumBatch, plan.widths().getLast())];
        }
        System.arraycopy(outputGradient, 0, lossGradient, 0, size);
        junctions.clearGradients();
        for (int sweep = 0; sweep <= pass.steps(); sweep++) {
            System.arraycopy(lossGradient, 0, outputGradient, 0, size);
            for (int i = 0; i < learnt.size(); i++) {
                float[] gradient = learnt.get(i).gradient();
                System.arraycopy(before.get(i), 0, gradient, 0, gradient.length);
            }
            sweepBack(pass, outputGradient, membraneGradient, 0);
            if (junctions.gradientsSettled(pass, inputGradients)) {
                return;
            }
        }
        throw new IllegalStateException(
                "network: expected gradients of feedback to settle within " + pass.steps() + " sweeps");
    }

    /** Each layer once, in the opposite order, down to one of the order of computation. */
    private void sweepBack(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient, int downTo) {
        for (int l : plan.wiring().order().subList(downTo, layers.size()).reversed()) {
            inputGradients[l] = layers.get(l)
                    .backward(
                            pass,
                            junctions.gradient(l, pass, outputGradient, inputGradients),
                            last(l) ? membraneGradient : null,
                            inputNeeded(l),
                            0);
        }
    }

    /**
     * As {@link #backward(Pass, float[], float[])} after {@link #forwardFromCurrent}.
     *
     * @return the gradient of the current, {@code [B, N]}
     */
    float[] backwardToCurrent(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient) {
        sweepBack(pass, outputGradient, membraneGradient, 1);
        TrainableLayer first = layers.getFirst();
        float[] dy = junctions.gradient(0, pass, outputGradient, inputGradients);
        float[] dMembrane = last(0) ? membraneGradient : null;
        if (first.neurons().takesConstantCurrent()) {
            boolean onMembranes = dMembrane != null && first.stages().size() == 2;
            float[] dSpikes = onMembranes ? dy : first.backward(pass, dy, dMembrane, true, 2);
            return dMembrane != null
                    ? first.neurons().backward(pass.withConstantCurrent(), dSpikes, dMembrane, true)
                    : first.neurons().backward(pass.withConstantCurrent(), dSpikes, true);
        }
        float[] dCurrent = first.backward(pass, dy, dMembrane, true, 1);
        int lanes = pass.batch() * plan.widths().get(1);
        summed = summed.length >= lanes
                ? summed
                : new float[maximumBatch * plan.widths().get(1)];
        Arrays.fill(summed, 0, lanes, 0f);
        for (int t = pass.steps() - 1; t >= 0; t--) {
            for (int lane = 0; lane < lanes; lane++) {
                summed[lane] += dCurrent[t * lanes + lane];
            }
        }
        return summed;
    }

    // ---- the model's network ---------------------------------------------------------------------------------------

    /** The network as the model has it: normalisations folded into weights and biases, no dropout. */
    Network export() {
        Map<String, Tensor> tensors = new TreeMap<>();
        List<Node> nodes = new ArrayList<>();
        List<NetworkGraph.Edge> edges = new ArrayList<>();
        nodes.add(new Node.Input(LayerWiring.INPUT_NAME, plan.widths().getFirst()));
        for (int l : plan.wiring().order()) {
            List<Node> own = layers.get(l).export(tensors);
            String entry = own.getFirst().name();
            if (plan.wiring().sources().get(l).size() > 1) {
                entry = plan.config().layers().get(l).name() + "_sum";
                nodes.add(new Node.Sum(entry, plan.inputWidth(l)));
            }
            for (LayerWiring.Source source : plan.wiring().sources().get(l)) {
                String from = source.layer() == LayerWiring.INPUT
                        ? LayerWiring.INPUT_NAME
                        : plan.config().layers().get(source.layer()).name();
                edges.add(new NetworkGraph.Edge(from, entry, source.delaySteps()));
            }
            for (Node node : own) {
                if (!node.name().equals(entry)) {
                    edges.add(new NetworkGraph.Edge(nodes.getLast().name(), node.name()));
                }
                nodes.add(node);
            }
        }
        boolean end = plan.wiring().readers().getLast().isEmpty();
        String last = plan.config().layers().getLast().name();
        return new Network(
                new NetworkGraph(plan.stepSeconds(), nodes, edges, end ? List.of() : List.of(last)), tensors);
    }
}
