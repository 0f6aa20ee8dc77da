package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.Network;
import io.keyspike.models.NetworkGraph;
import io.keyspike.models.Node;
import io.keyspike.models.Tensor;
import io.keyspike.trainer.SplitMix;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.NetworkConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A network while it learns: forward, backward, and the model's network out of it. All buffers are made once, for the
 * longest and widest pass.
 */
public final class TrainableNetwork {
    private final KernelBackend backend;
    private final NetworkConfig config;
    private final double stepSeconds;
    private final int inputs;
    private final int outputs;
    private final int maximumSteps;
    private final int maximumBatch;
    private final List<TrainableLayer> layers = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();

    /**
     * @param inputs width of a feature step
     * @param labels width of the last layer: labels times population
     * @param stepSeconds dt
     * @param seed of the initial weights
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
            int maximumBatch) {
        this.backend = backend;
        this.config = config;
        this.stepSeconds = stepSeconds;
        this.inputs = inputs;
        this.maximumSteps = maximumSteps;
        this.maximumBatch = maximumBatch;
        int width = inputs;
        for (int l = 0; l < config.layers().size(); l++) {
            LayerConfig layer = config.layers().get(l);
            int next = layer.synapse() == LayerConfig.Synapse.DIAGONAL
                    ? width
                    : Objects.requireNonNullElse(layer.width(), labels);
            layers.add(build(layer, l, width, next, seed));
            width = next;
        }
        if (width != labels) {
            throw new IllegalArgumentException(
                    "network: expected " + labels + " outputs of the last layer, found " + width);
        }
        outputs = width;
        layers.forEach(l -> stages.addAll(l.stages()));
        stages.forEach(s -> parameters.addAll(s.parameters()));
    }

    private TrainableLayer build(LayerConfig layer, int index, int in, int out, long seed) {
        int rows = Math.multiplyExact(maximumSteps, maximumBatch);
        Math.multiplyExact(rows, Math.max(in, out));
        String name = layer.name();
        boolean diagonal = layer.synapse() == LayerConfig.Synapse.DIAGONAL;
        var random = new SplitMix(seed, index);
        float[] w = new float[diagonal ? out : Math.multiplyExact(in, out)];
        double deviation = layer.init().deviation();
        if (layer.init().kind() == LayerConfig.InitConfig.Kind.FAN_IN) {
            deviation /= Math.sqrt(diagonal ? 1 : in);
        }
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) (layer.init().mean() + deviation * random.nextGaussian());
        }
        var weight = new Parameter(name, "weight", w, diagonal ? Parameter.Role.DIAGONAL : Parameter.Role.MATRIX);
        Parameter bias = layer.bias() ? new Parameter(name, "bias", new float[out], Parameter.Role.OTHER) : null;
        Stage synapse = diagonal
                ? new DiagonalSynapse(backend, weight, rows)
                : new DenseSynapse(backend, in, out, weight, bias, rows);
        CurrentNorm norm = layer.batchNorm() ? new CurrentNorm(backend, name, out, layer.batchNormGain(), rows) : null;
        SpikeDropout dropout = layer.dropout() > 0 ? new SpikeDropout(layer.dropout(), index, out, rows) : null;
        return new TrainableLayer(
                layer, in, out, weight, bias, synapse, norm, neurons(layer, out, random, rows), dropout);
    }

    private Neurons neurons(LayerConfig layer, int width, SplitMix random, int rows) {
        return switch (layer.neuron().kind()) {
            case LIF, HARDWARE ->
                new LifNeurons(
                        backend,
                        layer.name(),
                        width,
                        layer.neuron(),
                        stepSeconds,
                        config.surrogate(),
                        config.resetDetached(),
                        rows);
            case ADAPTIVE ->
                new AdaptiveNeurons(
                        backend,
                        layer.name(),
                        width,
                        layer.neuron(),
                        config.surrogate(),
                        config.resetDetached(),
                        random,
                        rows);
            case READOUT -> new ReadoutNeurons(backend, layer.name(), width, layer.neuron(), rows);
        };
    }

    /** Width of an input step. */
    public int inputs() {
        return inputs;
    }

    /** Width of an output step. */
    public int outputs() {
        return outputs;
    }

    /** T that the buffers were made for. */
    public int maximumSteps() {
        return maximumSteps;
    }

    /** All learnt values, in the order of the layers. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Number of learnt values. */
    public int parameterCount() {
        return parameters.stream().mapToInt(p -> p.values().length).sum();
    }

    /** Running statistics of normalisations: what a checkpoint keeps besides the parameters. */
    public List<float[]> statistics() {
        var all = new ArrayList<float[]>();
        for (TrainableLayer layer : layers) {
            @Nullable CurrentNorm norm = layer.norm();
            if (norm != null) {
                all.addAll(norm.statistics());
            }
        }
        return all;
    }

    /**
     * The training pass: batch statistics, dropout.
     *
     * @param x {@code [T, B, inputs]}
     * @return {@code [T, B, outputs]}, valid until the next pass; readouts are 0 before the pass's first step
     */
    public float[] forward(Pass pass, float[] x) {
        if (pass.steps() > maximumSteps || pass.batch() > maximumBatch) {
            throw new IllegalArgumentException("network: expected at most " + maximumSteps + " steps and a batch of "
                    + maximumBatch + ", found " + pass.steps() + " and " + pass.batch());
        }
        float[] y = x;
        for (Stage stage : stages) {
            y = stage.forward(pass, y);
        }
        return y;
    }

    /** The last layer's membranes before the reset, of the last {@link #forward}; null where it has none to learn from. */
    public float @Nullable [] outputMembrane() {
        return layers.getLast().neurons().membrane();
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
        for (Parameter p : parameters) {
            Arrays.fill(p.gradient(), 0);
        }
        float[] dy = outputGradient;
        float[] dMembrane = membraneGradient;
        for (int s = stages.size() - 1; s >= 0; s--) {
            Stage stage = stages.get(s);
            if (dMembrane != null && stage instanceof Neurons last) {
                dy = last.backward(pass, dy, dMembrane, s > 0);
                dMembrane = null;
            } else {
                dy = stage.backward(pass, dy, s > 0);
            }
        }
    }

    /** Holds learnt values within their domain, after the optimiser's step. */
    public void project() {
        stages.forEach(Stage::project);
    }

    /** The network as the model has it: normalisations folded into weights and biases, no dropout. */
    public Network export() {
        Map<String, Tensor> tensors = new TreeMap<>();
        var nodes = new ArrayList<Node>();
        nodes.add(new Node.Input("input", inputs));
        for (TrainableLayer layer : layers) {
            nodes.addAll(layer.export(tensors));
        }
        return new Network(NetworkGraph.ofChain(stepSeconds, nodes), tensors);
    }
}
