package io.keyspike.models.exchange;

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
                && !integratesInFront(node)
                && (settings.dialectOf(node) == Dialect.SNNTORCH
                        || isOne(factors(name, node, width).gain()));
    }

    /** Whether a readout in front of the neurons is their synaptic current: no node of ours has such a one and their reset. */
    private boolean integratesInFront(NirNode.Primitive node) {
        Double floor = settings.membranes().floor();
        return node.type().equals("CubaLIF")
                && !countsSpikes(node)
                && settings.dialectOf(node) != Dialect.SNNTORCH
                && (settings.resetOf(node) == ResetRule.SUBTRACT || (floor != null && Double.isFinite(floor)));
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

    private static double[] spread64(String name, NirNode.Primitive node, String parameter, int width) {
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
    private record Factors(float[] decay, double[] gain, float @Nullable [] synapse) {}

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
        for (int n = 0; n < width; n++) {
            double part = leaky ? step / tau[n] : 0;
            double factor = exponential ? Math.exp(-part) : 1 - part;
            decay[n] = (float) (dialect == Dialect.SNNTORCH ? Math.clamp(factor, 0, 1) : factor);
            gain[n] = switch (dialect) {
                case SINABS -> r[n] * (settings.membranes().normalisedInput() && leaky ? 1 - factor : 1);
                case ROCKPOOL -> leaky ? r[n] * part * Math.exp(part) : r[n] * step;
                case SNNTORCH -> leaky ? r[n] * part : Math.abs(r[n] * step - 1) < ROUNDING ? 1 : r[n];
                case NIR, NORSE -> leaky ? r[n] * part : r[n] * step;
            };
        }
        if (leaky) {
            requireZero(name, node, "v_leak");
        }
        if (!synaptic) {
            return new Factors(decay, gain, null);
        }
        double[] in = node.parameters().containsKey("w_in") ? spread64(name, node, "w_in", width) : ones(width);
        float[] synapse = new float[width];
        for (int n = 0; n < width; n++) {
            double part = step / tauSyn[n];
            double factor = exponential ? Math.exp(-part) : 1 - part;
            synapse[n] = (float) (dialect == Dialect.SNNTORCH ? Math.clamp(factor, 0, 1) : factor);
            gain[n] *= (dialect == Dialect.NIR || dialect == Dialect.SNNTORCH) ? in[n] * part : in[n];
        }
        return new Factors(decay, gain, synapse);
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
        List<Part> parts = withGain(ours, gain);
        if (synapse != null) {
            parts.add(current(ours, width, synapse));
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
        Map<String, Tensor> parameters = parameters(factors.decay(), spread(name, node, "v_threshold", width));
        boolean inFront = integratesInFront(node);
        float @Nullable [] synapse = factors.synapse();
        if (!inFront && synapse != null) {
            parameters.put(
                    "synapse_decay", countsSpikes(node) ? Tensor.matrix(1, width, synapse) : Tensor.vector(synapse));
        }
        ResetRule rule = settings.resetOf(node);
        if (rule == ResetRule.V_RESET && node.parameters().containsKey("v_reset")) {
            requireZero(name, node, "v_reset");
        }
        Reset reset = switch (rule) {
            case SUBTRACT -> Reset.SUBTRACT;
            case NONE -> Reset.NONE;
            case ZERO, V_RESET -> Reset.ZERO;
        };
        if (inFront && synapse != null) {
            List<Part> parts = withGain(ours, perReadout(name, node, factors.gain(), synapse));
            parts.add(current(ours, width, synapse));
            parts.add(new Part(
                    new Node.Lif(ours, width, reset, floor(name, node, width), RecurrentWiring.NONE), parameters));
            return parts;
        }
        List<Part> parts = withGain(ours, factors.gain());
        parts.add(new Part(neuron(name, ours, node, width, reset, wiring), parameters));
        return parts;
    }

    private Node neuron(
            String name, String ours, NirNode.Primitive node, int width, Reset reset, RecurrentWiring wiring) {
        boolean synaptic = node.type().equals("CubaLIF");
        boolean delayed = settings.resetDelayedOf(node);
        Dialect dialect = settings.dialectOf(node);
        Float floor = floor(name, node, width);
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
                    floor);
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

    private static void requireZero(String name, NirNode.Primitive node, String parameter) {
        for (double value : numbers(name, node, parameter).values()) {
            if (value != 0) {
                throw refused(name, node, "0 as '" + parameter + "'");
            }
        }
    }

    private static double[] ones(int width) {
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        return ones;
    }
}
