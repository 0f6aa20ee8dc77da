package io.keyspike.models.exchange;

import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.nir.ResetRule;
import io.keyspike.models.nir.SimulationSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** NIR's neurons as nodes of ours, with the decays and gains that a {@link Dialect} makes of their time constants. */
final class NirNeurons {
    /** Gains that an exporter has made to be 1 are so up to float32's rounding. */
    private static final double ROUNDING = 1e-5;

    private final SimulationSettings settings;
    private final double dt;

    NirNeurons(SimulationSettings settings, double dt) {
        this.settings = settings;
        this.dt = dt;
    }

    /** A node of ours and its tensors by parameter. */
    record Part(Node node, Map<String, Tensor> parameters) {}

    static IllegalArgumentException refused(String name, NirNode node, String expected) {
        return new IllegalArgumentException("node " + name + " (" + node.type() + "): expected " + expected
                + " for a network of ours, found otherwise");
    }

    /** Whether a layer of ours for the node can have recurrent synapses of its own; ones of snnTorch must, for their reset. */
    boolean canRecur(String name, NirNode.Primitive node, int width) {
        return List.of("LIF", "IF", "CubaLIF").contains(node.type())
                && !countsSpikes(node)
                && !integratesInFront(name, node, width)
                && !resetsToLevel(name, node, width)
                && (settings.dialectOf(node) == Dialect.NORSE || !Potentials.isGiven(node, "v_leak"))
                && (settings.dialectOf(node) == Dialect.SNNTORCH
                        || isOne(factors(name, node, width).gain()));
    }

    /**
     * Whether a readout in front of the neurons is their synaptic current: no node of ours has such a one and their reset, or
     * a constant current into the membrane beside it.
     */
    private boolean integratesInFront(String name, NirNode.Primitive node, int width) {
        Double floor = settings.membranes().floor();
        return node.type().equals("CubaLIF")
                && !countsSpikes(node)
                && settings.dialectOf(node) != Dialect.SNNTORCH
                && (settings.resetOf(node) == ResetRule.SUBTRACT
                        || (floor != null && Double.isFinite(floor))
                        || resetsToLevel(name, node, width)
                        || (settings.dialectOf(node) != Dialect.NORSE && Potentials.isGiven(node, "v_leak")));
    }

    /** Whether a spike leads to a potential other than the one that our membranes are counted from. */
    private boolean resetsToLevel(String name, NirNode.Primitive node, int width) {
        return potentials(name, node, width).level() != 0;
    }

    private Potentials potentials(String name, NirNode.Primitive node, int width) {
        return Potentials.of(name, node, width, settings.dialectOf(node), settings.resetOf(node));
    }

    private boolean countsSpikes(NirNode node) {
        Dialect dialect = settings.dialectOf(node);
        Integer most = settings.membranes().maximumSpikes();
        return dialect == Dialect.SINABS || dialect == Dialect.ROCKPOOL || (most != null && most > 1);
    }

    static NumberArray numbers(String name, NirNode.Primitive node, String parameter) {
        NumberArray array = node.numbers(parameter);
        if (array == null) {
            throw refused(name, node, "numbers as '" + parameter + "'");
        }
        return array;
    }

    static double[] spread64(String name, NirNode.Primitive node, String parameter, int width) {
        double[] values = numbers(name, node, parameter).values();
        if (values.length != 1 && values.length != width) {
            throw refused(name, node, "one or " + width + " numbers as '" + parameter + "'");
        }
        double[] result = new double[width];
        for (int n = 0; n < width; n++) {
            result[n] = values[values.length == 1 ? 0 : n];
        }
        return result;
    }

    static float[] spread(String name, NirNode.Primitive node, String parameter, int width) {
        double[] values = spread64(name, node, parameter, width);
        float[] result = new float[width];
        for (int n = 0; n < width; n++) {
            result[n] = (float) values[n];
        }
        return result;
    }

    /** Steps of a Delay. */
    int delay(String name, NirNode.Primitive node) {
        double[] delays = numbers(name, node, "delay").values();
        for (double delay : delays) {
            if (Math.abs(delay - delays[0]) > ROUNDING * dt) {
                throw refused(name, node, "the same delay of all values");
            }
        }
        return delays.length == 0 ? 0 : (int) Math.rint(delays[0] / (settings.dialect() == Dialect.SINABS ? 1 : dt));
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
    private record Factors(float[] decay, double[] gain, double[] share, float @Nullable [] synapse) {

        /** What a leak to a potential adds in each step: {@code [N]}. */
        double[] pull(float[] leak) {
            double[] pull = new double[leak.length];
            for (int n = 0; n < pull.length; n++) {
                pull[n] = share[n] * leak[n];
            }
            return pull;
        }
    }

    private Factors factors(String name, NirNode.Primitive node, int width) {
        Dialect dialect = settings.dialectOf(node);
        boolean synaptic = node.type().startsWith("Cuba");
        boolean leaky = !node.type().equals("IF") && !node.type().equals("I");
        boolean exponential = dialect == Dialect.SINABS || dialect == Dialect.ROCKPOOL;
        double step = dialect == Dialect.SINABS ? 1 : dt;
        double[] tau = leaky ? spread64(name, node, synaptic ? "tau_mem" : "tau", width) : new double[width];
        double[] tauSyn = synaptic ? spread64(name, node, "tau_syn", width) : new double[0];
        if (dialect == Dialect.NORSE && leaky) {
            dialect.rescale(dt, tau, tauSyn);
        }
        double[] r = spread64(name, node, "r", width);
        float[] decay = new float[width];
        double[] gain = new double[width];
        double[] share = new double[width];
        for (int n = 0; n < width; n++) {
            double part = leaky ? step / tau[n] : 0;
            double factor = exponential ? Math.exp(-part) : 1 - part;
            decay[n] = (float) (dialect == Dialect.SNNTORCH ? Math.clamp(factor, 0, 1) : factor);
            share[n] = 1 - factor;
            gain[n] = switch (dialect) {
                case SINABS -> r[n] * (settings.membranes().normalisedInput() && leaky ? 1 - factor : 1);
                case ROCKPOOL -> leaky ? r[n] * part * Math.exp(part) : r[n] * step;
                case SNNTORCH -> leaky ? r[n] * part : Math.abs(r[n] * step - 1) < ROUNDING ? 1 : r[n];
                case NIR, NORSE -> leaky ? r[n] * part : r[n] * step;
            };
        }
        if (!synaptic) {
            return new Factors(decay, gain, share, null);
        }
        double[] in = node.parameters().containsKey("w_in") ? spread64(name, node, "w_in", width) : ones(width);
        float[] synapse = new float[width];
        for (int n = 0; n < width; n++) {
            double part = step / tauSyn[n];
            double factor = exponential ? Math.exp(-part) : 1 - part;
            synapse[n] = (float) (dialect == Dialect.SNNTORCH ? Math.clamp(factor, 0, 1) : factor);
            gain[n] *= (dialect == Dialect.NIR || dialect == Dialect.SNNTORCH) ? in[n] * part : in[n];
        }
        return new Factors(decay, gain, share, synapse);
    }

    /**
     * The nodes in a row that stand for a node of neurons; the last has the name given.
     *
     * @throws IllegalArgumentException if ours have nothing equal; the message names the node
     */
    List<Part> parts(String name, String ours, NirNode.Primitive node, int width, RecurrentWiring wiring) {
        return switch (node.type()) {
            case "LI", "I", "CubaLI" -> integrators(name, ours, node, width);
            case "LIF", "IF", "CubaLIF" -> spiking(name, ours, node, width, wiring);
            case "Threshold" ->
                // neurons that forget all in each step
                List.of(new Part(
                        new Node.Lif(ours, width, Reset.ZERO, null),
                        parameters(new float[width], spread(name, node, "threshold", width))));
            default -> throw refused(name, node, "a kind that it has");
        };
    }

    private static Map<String, Tensor> parameters(float[] decay, float[] threshold) {
        return new TreeMap<>(Map.of("decay", Tensor.vector(decay), "threshold", Tensor.vector(threshold)));
    }

    /** A readout weighs its input by 1 − decay; a synaptic current is one more in front of it. */
    private List<Part> integrators(String name, String ours, NirNode.Primitive node, int width) {
        Double floor = settings.membranes().floor();
        if (floor != null && Double.isFinite(floor)) {
            throw refused(name, node, "integrators without a membrane floor");
        }
        boolean leaks = !node.type().equals("I") && Potentials.isGiven(node, "v_leak");
        if (leaks && settings.dialectOf(node) == Dialect.NORSE) {
            throw refused(name, node, "0 as 'v_leak'"); // where it begins, and a readout of ours begins at 0
        }
        Factors factors = factors(name, node, width);
        float @Nullable [] synapse = factors.synapse();
        double[] gain = factors.gain();
        boolean decaysFirst =
                settings.dialectOf(node) == Dialect.SINABS || settings.dialectOf(node) == Dialect.ROCKPOOL;
        for (int n = 0; n < width; n++) {
            if (synapse != null && decaysFirst) {
                gain[n] *= synapse[n];
            }
        }
        gain = perReadout(name, node, gain, factors.decay());
        if (synapse != null) {
            gain = perReadout(name, node, gain, synapse);
        }
        var parts = new ArrayList<Part>();
        if (synapse != null || !leaks) {
            parts.addAll(withGain(ours, gain));
        }
        if (synapse != null) {
            parts.add(current(ours, width, synapse));
        }
        if (leaks) {
            // a readout takes the share of its leak itself
            parts.add(biased(ours, synapse == null ? gain : ones(width), spread64(name, node, "v_leak", width)));
        }
        parts.add(new Part(
                new Node.Readout(ours, width), new TreeMap<>(Map.of("decay", Tensor.vector(factors.decay())))));
        return parts;
    }

    private static Part current(String ours, int width, float[] decay) {
        return new Part(
                new Node.Readout(ours + "_current", width), new TreeMap<>(Map.of("decay", Tensor.vector(decay))));
    }

    /** A readout weighs its input by 1 − decay. */
    private static double[] perReadout(String name, NirNode node, double[] gain, float[] decay) {
        double[] result = gain.clone();
        for (int n = 0; n < result.length; n++) {
            if (decay[n] == 1) {
                throw refused(name, node, "an integrator that leaks");
            }
            result[n] /= 1.0 - decay[n];
        }
        return result;
    }

    private List<Part> spiking(String name, String ours, NirNode.Primitive node, int width, RecurrentWiring wiring) {
        Factors factors = factors(name, node, width);
        Potentials potentials = potentials(name, node, width);
        boolean inFront = integratesInFront(name, node, width);
        float @Nullable [] synapse = factors.synapse();
        if (potentials.leaks() && synapse != null && !inFront) {
            throw refused(name, node, "0 as 'v_leak'"); // what goes in goes through the synaptic current
        }
        Neuron neuron = neuron(name, ours, node, potentials, inFront, wiring);
        Map<String, Tensor> parameters = parameters(factors.decay(), neuron.threshold());
        if (!inFront && synapse != null) {
            parameters.put(
                    "synapse_decay", countsSpikes(node) ? Tensor.matrix(1, width, synapse) : Tensor.vector(synapse));
        }
        double[] gain = factors.gain();
        var parts = new ArrayList<Part>();
        if (inFront && synapse != null) {
            parts.addAll(withGain(ours, perReadout(name, node, gain, synapse)));
            parts.add(current(ours, width, synapse));
            gain = ones(width);
        }
        if (potentials.leaks()) {
            parts.add(biased(ours, gain, factors.pull(potentials.leak())));
        } else {
            parts.addAll(withGain(ours, gain));
        }
        parts.add(new Part(neuron.node(), parameters));
        return parts;
    }

    /** Synapses one to one with a constant current beside them. */
    private static Part biased(String ours, double[] gain, double[] current) {
        int width = gain.length;
        float[] weight = new float[width * width];
        float[] bias = new float[width];
        for (int n = 0; n < width; n++) {
            weight[n * width + n] = (float) gain[n];
            bias[n] = (float) current[n];
        }
        return new Part(
                new Node.Dense(ours + "_leak", width, width, true),
                new TreeMap<>(Map.of("weight", Tensor.matrix(width, width, weight), "bias", Tensor.vector(bias))));
    }

    /** @param threshold {@code [N]} of the node */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
    private record Neuron(Node node, float[] threshold) {}

    private Neuron neuron(
            String name,
            String ours,
            NirNode.Primitive node,
            Potentials potentials,
            boolean inFront,
            RecurrentWiring wiring) {
        int width = potentials.width();
        Reset reset = switch (settings.resetOf(node)) {
            case SUBTRACT -> Reset.SUBTRACT;
            case NONE -> Reset.NONE;
            case ZERO, V_RESET -> Reset.ZERO;
        };
        float[] threshold = potentials.threshold(name, node);
        Float floor = potentials.counted(name, node, floor(name, node, width));
        if (potentials.level() != 0 && !countsSpikes(node)) {
            if (settings.dialectOf(node) == Dialect.SNNTORCH) {
                throw refused(name, node, "0 as 'v_reset'");
            }
            if (settings.resetDelayedOf(node)) {
                throw refused(name, node, "a reset in the step of the spike");
            }
            // these fire at their threshold, NIR's above it
            return new Neuron(
                    new Node.CurrentLif(ours, width, 0, 1, reset, floor, rule(node, potentials)), next(threshold));
        }
        return new Neuron(
                inFront
                        ? new Node.Lif(ours, width, reset, floor, RecurrentWiring.NONE)
                        : neuron(name, ours, node, width, reset, floor, rule(node, potentials), wiring),
                threshold);
    }

    /** Sinabs adds its level in each step, with a spike or without. */
    private CurrentLifRule rule(NirNode node, Potentials potentials) {
        float offset = settings.dialectOf(node) == Dialect.SINABS ? potentials.level() : 0;
        return new CurrentLifRule(false, potentials.level(), offset);
    }

    private static float[] next(float[] threshold) {
        float[] next = threshold.clone();
        for (int n = 0; n < next.length; n++) {
            next[n] = Math.nextUp(next[n]);
        }
        return next;
    }

    private Node neuron(
            String name,
            String ours,
            NirNode.Primitive node,
            int width,
            Reset reset,
            @Nullable Float floor,
            CurrentLifRule rule,
            RecurrentWiring wiring) {
        boolean synaptic = node.type().equals("CubaLIF");
        boolean delayed = settings.resetDelayedOf(node);
        Dialect dialect = settings.dialectOf(node);
        if (countsSpikes(node)) {
            if (dialect != Dialect.SINABS && dialect != Dialect.ROCKPOOL) {
                throw refused(name, node, "at most one spike a step in this dialect");
            }
            if (delayed) {
                throw refused(name, node, "a reset in the step of the spike");
            }
            Integer most = settings.membranes().maximumSpikes();
            return new Node.CurrentLif(
                    ours,
                    width,
                    synaptic ? 1 : 0,
                    most == null ? NetworkGraph.MAXIMUM_SPIKES : Math.min(most, NetworkGraph.MAXIMUM_SPIKES),
                    reset,
                    floor,
                    rule);
        }
        if (dialect == Dialect.SNNTORCH) {
            if (floor != null) {
                throw refused(name, node, "no membrane floor of snnTorch's neurons");
            }
            return synaptic
                    ? new Node.Synaptic(ours, width, reset, delayed, wiring)
                    : new Node.Leaky(ours, width, reset, delayed, wiring);
        }
        if (delayed) {
            throw refused(name, node, "a reset in the step of the spike");
        }
        if (!synaptic) {
            return new Node.Lif(ours, width, reset, floor, wiring);
        }
        return new Node.Synaptic(ours, width, reset, false, wiring);
    }

    private @Nullable Float floor(String name, NirNode.Primitive node, int width) {
        Double given = settings.membranes().floor();
        if (given != null) {
            return given == Double.NEGATIVE_INFINITY ? null : (Float) given.floatValue();
        }
        if (settings.dialectOf(node) != Dialect.SINABS || !node.type().equals("IF")) {
            return null;
        }
        float[] threshold = spread(name, node, "v_threshold", width);
        for (float t : threshold) {
            if (t != threshold[0]) {
                throw refused(name, node, "the same threshold, hence membrane floor, of all neurons");
            }
        }
        return -threshold[0];
    }

    /** A diagonal synapse in front of the neurons, if they do not take their input as it is. */
    private static List<Part> withGain(String ours, double[] gain) {
        float[] weight = new float[gain.length];
        for (int n = 0; n < gain.length; n++) {
            weight[n] = (float) gain[n];
        }
        var parts = new ArrayList<Part>();
        if (!isOne(gain)) {
            parts.add(new Part(
                    new Node.Diagonal(ours + "_gain", gain.length),
                    new TreeMap<>(Map.of("weight", Tensor.vector(weight)))));
        }
        return parts;
    }

    private static boolean isOne(double[] gain) {
        return Arrays.stream(gain).allMatch(g -> Math.abs(g - 1) < ROUNDING);
    }

    private static double[] ones(int width) {
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        return ones;
    }
}
