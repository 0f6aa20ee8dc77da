package io.keyspike.trainer.layers;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Membranes;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.NetworkConfig;
import io.keyspike.trainer.config.NeuronConfig;
import io.keyspike.trainer.config.Wiring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a network with the buffers of one forward and backward pass, for a whole batch or for a slice of one. All
 * buffers are made once, for the largest pass.
 */
final class LayerStack {

    /**
     * What the stacks of a network have in common.
     *
     * @param wiring which layers feed which
     * @param widths of the input and of each layer
     * @param leaks of each layer, used where its neurons are LIF or hardware ones
     * @param delays how widely the axonal delays of each layer are interpolated
     * @param precision of the membranes kept, but for the last layer's, which a loss may look at
     * @param parts that a batch is cut into, each with statistics of its own; null for normalisations over whole batches
     */
    record Plan(
            NetworkConfig config,
            Wiring wiring,
            List<Integer> widths,
            List<TimeConstantMismatch> leaks,
            List<DelayWidth> delays,
            double stepSeconds,
            long seed,
            Membranes.Precision precision,
            @Nullable Integer parts) {
        Plan {
            widths = List.copyOf(widths);
            leaks = List.copyOf(leaks);
            delays = List.copyOf(delays);
        }

        boolean normed() {
            return config.layers().stream().anyMatch(LayerConfig::batchNorm);
        }

        /** Width of what a layer takes in. */
        int inputs(int layer) {
            return widths.get(wiring.sources().get(layer).getFirst().layer() + 1);
        }

        /** Width of the currents of a layer's neurons. */
        int currents(int layer) {
            return Math.multiplyExact(
                    widths.get(layer + 1), config.layers().get(layer).currentsPerNeuron());
        }
    }

    private final KernelBackend backend;
    private final Plan plan;
    private final ParameterSet parameters;
    private final int maximumSteps;
    private final int maximumBatch;
    private final List<TrainableLayer> layers = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();
    private final GraphPass graph;
    private float[] normed = {};
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
        for (int l = 0; l < plan.config().layers().size(); l++) {
            TrainableLayer layer = build(l, products.get(l));
            layers.add(layer);
            stages.addAll(layer.stages());
        }
        graph = new GraphPass(plan.wiring(), plan.widths(), layers, Math.multiplyExact(maximumSteps, maximumBatch));
    }

    /** The products that {@link #LayerStack} wants, one for each dense layer. */
    static List<@Nullable DenseProducts> products(Plan plan, KernelBackend backend) {
        var all = new ArrayList<@Nullable DenseProducts>();
        for (int l = 0; l < plan.config().layers().size(); l++) {
            boolean diagonal = plan.config().layers().get(l).synapse() == LayerConfig.Synapse.DIAGONAL;
            all.add(diagonal ? null : backend.products(plan.inputs(l), plan.currents(l)));
        }
        return all;
    }

    private TrainableLayer build(int index, @Nullable DenseProducts products) {
        LayerConfig layer = plan.config().layers().get(index);
        int in = plan.inputs(index);
        int out = plan.currents(index);
        int width = plan.widths().get(index + 1);
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
                : new DenseSynapse(products, in, out, weight, bias, before(index), differentiated(index), rows);
        CurrentNorm norm = layer.batchNorm()
                ? new CurrentNorm(
                        backend,
                        parameters,
                        name,
                        out,
                        layer.batchNormGain(),
                        normed(layer, rows * out),
                        plan.parts() != null)
                : null;
        FiringRateProbe tap = layer.rates().active() ? new FiringRateProbe(name, layer.rates(), width) : null;
        Neurons neurons = neurons(layer, index, random, rows);
        SpikeDropout dropout = layer.dropout() > 0
                ? new SpikeDropout(backend, neurons, layer.dropout(), index, width, maximumSteps, maximumBatch)
                : null;
        return new TrainableLayer(
                layer, in, out, weight, bias, synapse, norm, neurons, tap, dropout, delays(layer, index, random, rows));
    }

    /**
     * Room for normalised currents. Adaptive neurons do not look at theirs in the backward pass, so their layers share one: it is
     * still in a cache when the next layer writes it.
     */
    private float[] normed(LayerConfig layer, int size) {
        if (!adaptive(layer)) {
            return new float[size];
        }
        if (normed.length == 0) {
            int widest = IntStream.range(0, plan.config().layers().size())
                    .filter(l -> plan.config().layers().get(l).batchNorm()
                            && adaptive(plan.config().layers().get(l)))
                    .map(plan::currents)
                    .max()
                    .orElseThrow();
            normed = new float[Math.multiplyExact(Math.multiplyExact(maximumSteps, maximumBatch), widest)];
        }
        return normed;
    }

    private static boolean adaptive(LayerConfig layer) {
        NeuronConfig.Kind kind = layer.neuron().kind();
        return kind == NeuronConfig.Kind.ADAPTIVE || kind == NeuronConfig.Kind.SE_ADAPTIVE;
    }

    private @Nullable AxonDelays delays(LayerConfig layer, int index, SplitMix random, int rows) {
        int width = plan.widths().get(index + 1);
        return layer.delay().active()
                ? new AxonDelays(
                        parameters,
                        layer.name(),
                        width,
                        layer.delay(),
                        plan.delays().get(index),
                        random,
                        rows)
                : null;
    }

    /** The stage whose output is all that a layer takes in; null where that is the network's input, or a sum, or delayed. */
    private @Nullable Stage before(int index) {
        int source = plan.wiring().sources().get(index).getFirst().layer();
        return plan.wiring().direct(index) && source != Wiring.INPUT
                ? layers.get(source).stages().getLast()
                : null;
    }

    private boolean differentiated(int index) {
        return plan.wiring().sources().get(index).stream().anyMatch(s -> s.layer() != Wiring.INPUT);
    }

    private Neurons neurons(LayerConfig layer, int index, SplitMix random, int rows) {
        int width = plan.widths().get(index + 1);
        NetworkConfig config = plan.config();
        RecurrentWeights recurrent = RecurrentWeights.of(parameters, layer, width, random);
        return switch (layer.neuron().kind()) {
            case LIF, HARDWARE -> lif(layer, index, recurrent, rows);
            case ADAPTIVE, SE_ADAPTIVE ->
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
                        recurrent == null && bitsWanted(index),
                        maximumSteps,
                        maximumBatch);
            case LEAKY, SYNAPTIC ->
                new LeakyNeurons(
                        backend, parameters, layer.name(), width, layer.neuron(), recurrent, config.surrogate(), rows);
            case CURRENT, LIF_BOX, EXP_LEAK ->
                new CurrentNeurons(backend, parameters, layer, plan, index, maximumSteps, maximumBatch);
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

    /** Whether dense synapses alone read the layer's spikes, as they are or what dropout leaves of them. */
    private boolean bitsWanted(int index) {
        List<LayerConfig> all = plan.config().layers();
        return !last(index)
                && !all.get(index).delay().active()
                && !all.get(index).rates().active()
                && plan.wiring().consumers(index).stream()
                        .allMatch(c -> plan.wiring().direct(c.layer())
                                && all.get(c.layer()).synapse() != LayerConfig.Synapse.DIAGONAL);
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
        return forward(pass, x, 0);
    }

    /**
     * From the currents of the first layer, which are the same at each step, on.
     *
     * @param current {@code [B, N]}
     */
    float[] forwardFromCurrent(Pass pass, float[] current) {
        Neurons first = layers.getFirst().neurons();
        if (first.takesConstantCurrent()) {
            return forward(pass, first.forward(pass.withConstantCurrent(), current), 2);
        }
        int lanes = pass.batch() * plan.currents(0);
        repeated = repeated.length >= pass.steps() * lanes
                ? repeated
                : new float[maximumSteps * maximumBatch * plan.currents(0)];
        for (int t = 0; t < pass.steps(); t++) {
            System.arraycopy(current, 0, repeated, t * lanes, lanes);
        }
        return forward(pass, repeated, 1);
    }

    /** Whether the network's input goes to the first layer alone, so that its currents may be given instead. */
    boolean startsWithOneLayer() {
        return plan.wiring().consumers(Wiring.INPUT).equals(List.of(new Wiring.Consumer(0, 0)))
                && plan.wiring().direct(0)
                && layers.getFirst().norm() == null
                && stages.getFirst() instanceof DenseSynapse;
    }

    private float[] forward(Pass pass, float[] x, int fromStage) {
        return graph.forward(pass, x, fromStage);
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
        backward(pass, outputGradient, membraneGradient, 0);
    }

    /**
     * As {@link #backward(Pass, float[], float[])} after {@link #forwardFromCurrent}.
     *
     * @return the gradient of the current, {@code [B, N]}
     */
    float[] backwardToCurrent(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient) {
        if (layers.getFirst().neurons().takesConstantCurrent()) {
            if (stages.size() == 2) {
                return GraphPass.backward(
                        stages.get(1), pass.withConstantCurrent(), outputGradient, membraneGradient, true);
            }
            float[] dy = backward(pass, outputGradient, membraneGradient, 2);
            return stages.get(1).backward(pass.withConstantCurrent(), dy, true);
        }
        float[] dCurrent = backward(pass, outputGradient, membraneGradient, 1);
        int lanes = pass.batch() * plan.currents(0);
        summed = summed.length >= lanes ? summed : new float[maximumBatch * plan.currents(0)];
        Arrays.fill(summed, 0, lanes, 0f);
        for (int t = pass.steps() - 1; t >= 0; t--) {
            for (int lane = 0; lane < lanes; lane++) {
                summed[lane] += dCurrent[t * lanes + lane];
            }
        }
        return summed;
    }

    private float[] backward(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient, int downTo) {
        return graph.backward(pass, outputGradient, membraneGradient, downTo);
    }
}
