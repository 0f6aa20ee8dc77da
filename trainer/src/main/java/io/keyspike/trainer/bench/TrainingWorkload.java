package io.keyspike.trainer.bench;

import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A network and the shape of its batches, on which training is timed: the networks of the systems that Keyspike is compared
 * with. All learn with Adam, cross-entropy on spike counts and the gradient through the reset; weights begin as those of a
 * PyTorch {@code Linear}, evenly distributed there, normal here with the same deviation of {@code 1/√(3·inputs)}.
 *
 * @param layers widths, the input first
 * @param steps T
 * @param batch B
 * @param decay β of every neuron; 1 for integrate-and-fire
 * @param bias whether synapses have one
 * @param input what is shown
 * @param neurons of all layers but the last where they are adaptive
 */
public record TrainingWorkload(
        String name,
        List<Integer> layers,
        int steps,
        int batch,
        double decay,
        boolean bias,
        Input input,
        NeuronKind neurons) {

    /** The neurons of a workload's network. */
    public enum NeuronKind {
        /** LIF in all layers; the loss is on the last layer's spike counts. */
        LIF,
        /**
         * Adaptive LIF behind batch normalisation, as the shipped models that detect words have, and a leaky readout as the last
         * layer, of whose values the loss takes the largest.
         */
        ADAPTIVE
    }

    /** What a workload's network is shown. */
    public enum Input {
        /** Evenly distributed in [0, 1) at each step. */
        VALUES,
        /** Spikes with probability 0.3. */
        SPIKES,
        /** Evenly distributed in [0, 1), the same at each step: an image. */
        CONSTANT
    }

    /** Share of inputs that spike in {@link Input#SPIKES}. */
    static final double SPIKE_RATE = 0.3;

    private static final double STEP_SECONDS = 0.001;

    private static final double SOUND_DECAY = Math.exp(-0.1);

    private static final Map<String, TrainingWorkload> ALL = Stream.of(
                    new TrainingWorkload(
                            "mel", List.of(32, 64, 2), 128, 32, SOUND_DECAY, false, Input.VALUES, NeuronKind.LIF),
                    new TrainingWorkload(
                            "long", List.of(32, 64, 2), 1_000, 32, SOUND_DECAY, false, Input.VALUES, NeuronKind.LIF),
                    new TrainingWorkload(
                            "events",
                            List.of(100, 128, 128, 128, 35),
                            250,
                            128,
                            1,
                            false,
                            Input.SPIKES,
                            NeuronKind.LIF),
                    new TrainingWorkload(
                            "mnist", List.of(784, 1_000, 10), 25, 128, 0.9, true, Input.CONSTANT, NeuronKind.LIF),
                    new TrainingWorkload(
                            "adaptive",
                            List.of(200, 128, 128, 128, 12),
                            50,
                            64,
                            1,
                            false,
                            Input.VALUES,
                            NeuronKind.ADAPTIVE),
                    new TrainingWorkload(
                            "wake",
                            List.of(200, 192, 192, 192, 7),
                            160,
                            64,
                            1,
                            false,
                            Input.VALUES,
                            NeuronKind.ADAPTIVE))
            .collect(Collectors.toMap(TrainingWorkload::name, w -> w));

    public TrainingWorkload {
        layers = List.copyOf(layers);
        if (layers.size() < 2 || steps < 1 || batch < 1 || !(decay > 0) || decay > 1) {
            throw new IllegalArgumentException(
                    "workload: expected an input and a layer, at least 1 step and sequence and a decay within (0, 1], found "
                            + layers + ", T=" + steps + ", B=" + batch + ", decay " + decay);
        }
    }

    /** Names that {@link #named} knows. */
    public static List<String> names() {
        return List.of("mel", "long", "events", "mnist", "adaptive", "wake");
    }

    /**
     * <ul>
     *   <li>{@code mel}: 32-64-2 LIF, T = 128, B = 32 (keyword spotting on log-mel frames)
     *   <li>{@code long}: the same with T = 1,000
     *   <li>{@code events}: 100-128-128-128-35 IAF, T = 250, B = 128 (event data, as EXODUS was measured)
     *   <li>{@code mnist}: 784-1000-10 with β = 0.9 and bias, T = 25, B = 128, the same image at every step (snnTorch's)
     *   <li>{@code adaptive}: 200-128-128-128-12 adaptive LIF with batch normalisation, T = 50, B = 64 (clips of a second)
     *   <li>{@code wake}: 200-192-192-192-7, T = 160, B = 64: the network, windows and batches of the shipped wake words, without
     *       dropout
     * </ul>
     *
     * @throws IllegalArgumentException if there is no such workload
     */
    public static TrainingWorkload named(String name) {
        TrainingWorkload found = ALL.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "workload: expected " + String.join(", ", names()) + ", found '" + name + "'");
        }
        return found;
    }

    /** The same with another length. */
    public TrainingWorkload withSteps(int newSteps) {
        return new TrainingWorkload(name, layers, newSteps, batch, decay, bias, input, neurons);
    }

    /** The same with another batch. */
    public TrainingWorkload withBatch(int newBatch) {
        return new TrainingWorkload(name, layers, steps, newBatch, decay, bias, input, neurons);
    }

    /** The same with hidden layers of another width. */
    public TrainingWorkload withHidden(int width) {
        Integer[] widths = layers.toArray(Integer[]::new);
        Arrays.fill(widths, 1, widths.length - 1, width);
        return new TrainingWorkload(name, List.of(widths), steps, batch, decay, bias, input, neurons);
    }

    int inputs() {
        return layers.getFirst();
    }

    int classes() {
        return layers.getLast();
    }

    double stepSeconds() {
        return STEP_SECONDS;
    }

    /** Rows of the input that a batch holds. */
    int inputRows() {
        return input == Input.CONSTANT ? batch : steps * batch;
    }

    /**
     * Floating-point operations that one training step of a batch needs in matrix products: two for each weight and row
     * forward, two for its gradient, two for the gradient of its input but in the first layer. A constant input's product is
     * needed once, not at each step. What sparse spikes save is not taken off.
     */
    public double floatingPointOperations() {
        double rows = (double) steps * batch;
        double operations = 0;
        for (int l = 0; l + 1 < layers.size(); l++) {
            double weights = (double) layers.get(l) * layers.get(l + 1);
            operations += l == 0 ? 4 * weights * inputRows() : 6 * weights * rows;
        }
        return operations;
    }

    /** Neurons of all layers, times sequences and their steps. */
    double neuronSteps() {
        return (double) steps
                * batch
                * layers.stream().skip(1).mapToInt(Integer::intValue).sum();
    }

    /** How many layers spike. */
    int spikingLayers() {
        return layers.size() - (neurons == NeuronKind.ADAPTIVE ? 2 : 1);
    }

    /** The network as a training configuration. */
    TrainingConfig config() {
        return config(layers.size() - 1);
    }

    /**
     * The first layers of the network as a network of its own, with the same weights where the seed is the same.
     *
     * @param count how many layers
     */
    TrainingConfig config(int count) {
        return ConfigReader.parse(yaml(count));
    }

    String yaml(int count) {
        var yaml = new StringBuilder();
        yaml.append(IntStream.range(0, layers.get(count))
                .mapToObj(c -> "class" + c)
                .collect(Collectors.joining(", ", "data: {words: [", "]}\n")));
        yaml.append(String.format(
                Locale.ROOT,
                "network:%n  surrogate: {kind: fast_sigmoid, slope: %d}%n  reset_detached: false%n  layers:%n",
                surrogateSlope()));
        for (int l = 1; l <= count; l++) {
            yaml.append(String.format(
                    Locale.ROOT,
                    "    - {name: layer%d, width: %d, init: {kind: fan_in, deviation: %.7f}, %s}%n",
                    l,
                    layers.get(l),
                    1 / Math.sqrt(3),
                    neuron(l)));
        }
        yaml.append(count > spikingLayers() ? "loss: {rule: maximum, logit_scale: 4.0}\n" : "");
        yaml.append("optimiser: {kind: adam, learning_rate: 1.0e-3}\n");
        return yaml.toString();
    }

    int surrogateSlope() {
        return neurons == NeuronKind.ADAPTIVE ? 4 : 25;
    }

    private String neuron(int layer) {
        if (neurons == NeuronKind.ADAPTIVE) {
            return layer <= spikingLayers()
                    ? "batch_norm: true, neuron: {kind: adaptive}"
                    : "bias: true, neuron: {kind: readout}";
        }
        double tauMillis = decay == 1 ? Double.POSITIVE_INFINITY : -STEP_SECONDS * 1e3 / Math.log(decay);
        return "bias: " + bias + ", neuron: {kind: lif, tau_millis: "
                + (Double.isInfinite(tauMillis) ? "Infinity" : Double.toString(tauMillis))
                + ", threshold: 1, reset: subtract}";
    }
}
