package io.keyspike.models;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Random networks, models and sound, the same for the same seed. */
public final class TestModels {

    static final Provenance PROVENANCE = new Provenance(
            "made up",
            "00",
            Long.MIN_VALUE + 7,
            "epochs: 1\n",
            "test",
            "25",
            "any",
            "scalar",
            Map.of("validation.accuracy", 0.1 + 0.2),
            "no one",
            "2026-11-21T12:00:00Z");

    public static final DecisionSettings.ClipDecision CLIP =
            new DecisionSettings.ClipDecision(DecisionSettings.ClipRule.SPIKE_COUNT, 1.0);

    private TestModels() {}

    public static StepKernels kernels() {
        return Backends.stepsNamed("scalar");
    }

    /** The kinds of network that the parity law is tried on. */
    public enum Kind {
        HARDWARE,
        SUBTRACT,
        ZERO,
        NO_RESET,
        FLOOR,
        ADAPTIVE,
        ADAPTIVE_OUTPUT,
        TWO_SYNAPSES,
        READOUT_INSIDE,
        NO_SYNAPSE,
        DIAGONAL_AFTER_SPIKES,
        DENSE_OUTPUT,
        RECURRENT_HARDWARE,
        RECURRENT_ADAPTIVE,
        LEAKY,
        RECURRENT_LEAKY,
        SYNAPTIC,
        RECURRENT_SYNAPTIC,
        RECURRENT_AFTER_RECURRENT,
        RESIDUAL,
        RECURRENT_ACROSS_LAYERS,
        DELAYED,
        TWO_TIME_CONSTANTS,
        COUNTING,
        DELAYED_COUNTS,
        NORMALISED,
        LIF_BOX,
        EXP_LEAK,
        SYMPLECTIC,
        AXON_DELAYS
    }

    public static Network network(Kind kind, long seed) {
        var r = new Random(seed);
        int inputs = 1 + r.nextInt(20);
        int hidden = 1 + r.nextInt(70);
        int outputs = 1 + r.nextInt(12);
        var in = new Node.Input("input", inputs);
        boolean biased = r.nextBoolean();
        List<Node> nodes = switch (kind) {
            case HARDWARE -> hardware(inputs, hidden, outputs);
            case SUBTRACT -> plain(in, hidden, outputs, biased, Reset.SUBTRACT, null);
            case ZERO -> plain(in, hidden, outputs, biased, Reset.ZERO, null);
            case NO_RESET -> plain(in, hidden, outputs, biased, Reset.NONE, null);
            case FLOOR -> plain(in, hidden, outputs, biased, Reset.SUBTRACT, -0.25f);
            case ADAPTIVE ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, true),
                        new Node.AdaptiveLif("a1", hidden),
                        new Node.Dense("d2", hidden, hidden, biased),
                        new Node.AdaptiveLif("a2", hidden),
                        new Node.Dense("d3", hidden, hidden, true),
                        new Node.AdaptiveLif("a3", hidden),
                        new Node.Dense("out", hidden, outputs, true),
                        new Node.Readout("readout", outputs));
            case ADAPTIVE_OUTPUT ->
                List.of(in, new Node.Dense("d1", inputs, outputs, true), new Node.AdaptiveLif("a1", outputs));
            case TWO_SYNAPSES ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Diagonal("g", hidden),
                        new Node.Dense("d2", hidden, outputs, false),
                        new Node.Lif("l", outputs, Reset.SUBTRACT, null));
            case READOUT_INSIDE ->
                List.of(
                        in,
                        new Node.Readout("smooth", inputs),
                        new Node.Dense("d1", inputs, outputs, biased),
                        new Node.Lif("l", outputs, Reset.ZERO, 0f));
            case NO_SYNAPSE ->
                List.of(
                        in,
                        new Node.Lif("l1", inputs, Reset.SUBTRACT, null),
                        new Node.Lif("l2", inputs, Reset.ZERO, null),
                        new Node.AdaptiveLif("a", inputs),
                        new Node.Readout("readout", inputs));
            case DIAGONAL_AFTER_SPIKES ->
                List.of(
                        in,
                        new Node.Lif("l1", inputs, Reset.SUBTRACT, null),
                        new Node.Diagonal("g", inputs),
                        new Node.Lif("l2", inputs, Reset.SUBTRACT, null));
            case RECURRENT_HARDWARE ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Lif("l1", hidden, Reset.ZERO, 0f, RecurrentWiring.ALL_TO_ALL),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Lif("l2", outputs, Reset.SUBTRACT, null, RecurrentWiring.ONE_TO_ONE));
            case RECURRENT_ADAPTIVE ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.AdaptiveLif("a1", hidden, RecurrentWiring.ALL_TO_ALL),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Readout("readout", outputs));
            case LEAKY ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Leaky("l1", hidden, Reset.SUBTRACT, true, RecurrentWiring.NONE),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Leaky("l2", outputs, Reset.ZERO, false, RecurrentWiring.NONE));
            case RECURRENT_LEAKY ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Leaky("l1", hidden, Reset.ZERO, true, RecurrentWiring.ALL_TO_ALL),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Leaky("l2", outputs, Reset.SUBTRACT, false, RecurrentWiring.ONE_TO_ONE));
            case SYNAPTIC ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Synaptic("l1", hidden, Reset.SUBTRACT, false, RecurrentWiring.NONE),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Synaptic("l2", outputs, Reset.NONE, true, RecurrentWiring.NONE));
            case RECURRENT_SYNAPTIC ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Synaptic("l1", hidden, Reset.ZERO, false, RecurrentWiring.ALL_TO_ALL),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Synaptic("l2", outputs, Reset.SUBTRACT, true, RecurrentWiring.ONE_TO_ONE));
            case RECURRENT_AFTER_RECURRENT -> // without a synapse between: one's spikes are the other's current
                List.of(
                        in,
                        new Node.Readout("smooth", inputs),
                        new Node.Lif("l1", inputs, Reset.SUBTRACT, null, RecurrentWiring.ALL_TO_ALL),
                        new Node.AdaptiveLif("a", inputs, RecurrentWiring.ONE_TO_ONE),
                        new Node.Leaky("l2", inputs, Reset.SUBTRACT, true, RecurrentWiring.ALL_TO_ALL));
            case RESIDUAL, RECURRENT_ACROSS_LAYERS, DELAYED, DELAYED_COUNTS -> graphNodes(kind, in, hidden, outputs);
            case TWO_TIME_CONSTANTS ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, 2 * hidden, biased),
                        new Node.CurrentLif("c1", hidden, 2, 1, Reset.SUBTRACT, -1f),
                        new Node.Dense("d2", hidden, 3 * outputs, false),
                        new Node.CurrentLif("c2", outputs, 3, 3, Reset.ZERO, null));
            case COUNTING ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.CurrentLif("iaf", hidden, 0, 8, Reset.SUBTRACT, null),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.Readout("readout", outputs));
            case NORMALISED ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, 2 * hidden, biased),
                        new Node.CurrentLif("c1", hidden, 2, 255, Reset.SUBTRACT, -1f, new CurrentLifRule(true, 0, 0)),
                        new Node.Dense("d2", hidden, outputs, false),
                        new Node.CurrentLif(
                                "c2", outputs, 0, 4, Reset.ZERO, null, new CurrentLifRule(true, -0.1f, -0.1f)));
            case LIF_BOX ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.CurrentLif("c1", hidden, 0, 1, Reset.ZERO, null, new CurrentLifRule(true, -0.2f, 0)),
                        new Node.Dense("d2", hidden, outputs, false),
                        new Node.CurrentLif("c2", outputs, 0, 1, Reset.ZERO, -1f, new CurrentLifRule(true, 0.1f, 0)));
            case EXP_LEAK ->
                List.of(
                        in,
                        new Node.ExpLeak("smooth", inputs, 0, true, null),
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.CurrentLif("iaf", hidden, 0, 8, Reset.SUBTRACT, null),
                        new Node.Dense("d2", hidden, 2 * outputs, biased),
                        new Node.ExpLeak("out", outputs, 2, false, -0.3f));
            case SYMPLECTIC ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.AdaptiveLif("a1", hidden, RecurrentWiring.ALL_TO_ALL, true),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.AdaptiveLif("a2", outputs, RecurrentWiring.NONE, true));
            case AXON_DELAYS ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, biased),
                        new Node.Lif("l1", hidden, Reset.SUBTRACT, null),
                        new Node.AxonDelay("w1", hidden, 1, 7),
                        new Node.Dense("d2", hidden, outputs, biased),
                        new Node.CurrentLif("c2", outputs, 0, 8, Reset.SUBTRACT, null),
                        new Node.AxonDelay("w2", outputs, 8, 70));
            case DENSE_OUTPUT ->
                List.of(
                        in,
                        new Node.Dense("d1", inputs, hidden, true),
                        new Node.AdaptiveLif("a1", hidden),
                        new Node.Dense("out", hidden, outputs, true));
        };
        List<NetworkGraph.Edge> edges = graphEdges(kind);
        return network(edges.isEmpty() ? NetworkGraph.ofChain(0.008, nodes) : new NetworkGraph(0.008, nodes, edges), r);
    }

    private static List<Node> graphNodes(Kind kind, Node.Input in, int hidden, int outputs) {
        var d1 = new Node.Dense("d1", in.width(), hidden, true);
        var d2 = new Node.Dense("d2", hidden, hidden, false);
        var out = new Node.Dense("out", hidden, outputs, true);
        var l1 = new Node.Lif("l1", hidden, Reset.SUBTRACT, null);
        var sum = new Node.Sum("sum", hidden);
        var readout = new Node.Readout("readout", outputs);
        return switch (kind) {
            case RESIDUAL -> List.of(in, d1, l1, d2, new Node.AdaptiveLif("l2", hidden), sum, out, readout);
            case RECURRENT_ACROSS_LAYERS ->
                List.of(
                        in,
                        d1,
                        sum,
                        l1,
                        d2,
                        new Node.Leaky("l2", hidden, Reset.SUBTRACT, true, RecurrentWiring.ALL_TO_ALL),
                        new Node.Dense("back", hidden, hidden, false),
                        out,
                        readout);
            case DELAYED -> List.of(in, d1, l1, d2, new Node.Lif("l2", hidden, Reset.ZERO, 0f), out, readout);
            default -> // a count with itself some steps ago, and an output that feeds back
                List.of(
                        in,
                        d1,
                        sum,
                        new Node.CurrentLif("iaf", hidden, 1, 8, Reset.SUBTRACT, -2f),
                        new Node.Sum("again", hidden),
                        out,
                        new Node.CurrentLif("last", outputs, 0, 255, Reset.NONE, null));
        };
    }

    /** None for a chain. */
    private static List<NetworkGraph.Edge> graphEdges(Kind kind) {
        return switch (kind) {
            case RESIDUAL ->
                edges(
                        "input d1 0",
                        "d1 l1 0",
                        "l1 d2 0",
                        "d2 l2 0",
                        "l2 sum 0",
                        "l1 sum 0",
                        "sum out 0",
                        "out readout 0");
            case RECURRENT_ACROSS_LAYERS ->
                edges(
                        "input d1 0",
                        "d1 sum 0",
                        "back sum 0",
                        "sum l1 0",
                        "l1 d2 0",
                        "d2 l2 0",
                        "l2 back 1",
                        "l2 out 0",
                        "out readout 0");
            case DELAYED -> edges("input d1 3", "d1 l1 0", "l1 d2 3", "d2 l2 3", "l2 out 1", "out readout 0");
            case DELAYED_COUNTS ->
                edges(
                        "input d1 0",
                        "d1 sum 0",
                        "iaf sum 2",
                        "sum iaf 0",
                        "iaf again 0",
                        "iaf again 5",
                        "iaf again 70",
                        "again out 0",
                        "out last 0");
            default -> List.of();
        };
    }

    private static List<NetworkGraph.Edge> edges(String... fromToDelay) {
        return Stream.of(fromToDelay)
                .map(text -> text.split(" ", -1))
                .map(e -> new NetworkGraph.Edge(e[0], e[1], Integer.parseInt(e[2])))
                .toList();
    }

    static List<Node> hardware(int inputs, int hidden, int outputs) {
        return List.of(
                new Node.Input("input", inputs),
                new Node.Diagonal("front", inputs),
                new Node.Lif("cells", inputs, Reset.ZERO, 0f),
                new Node.Dense("in", inputs, hidden, false),
                new Node.Lif("hidden", hidden, Reset.ZERO, 0f),
                new Node.Dense("out", hidden, outputs, false),
                new Node.Lif("output", outputs, Reset.ZERO, 0f));
    }

    private static List<Node> plain(
            Node.Input in, int hidden, int outputs, boolean biased, Reset reset, @Nullable Float floor) {
        return List.of(
                in,
                new Node.Dense("d1", in.width(), hidden, biased),
                new Node.Lif("l1", hidden, reset, floor),
                new Node.Dense("d2", hidden, outputs, biased),
                new Node.Lif("l2", outputs, reset, floor));
    }

    /** Numbers for a graph, such that a good part of the neurons fires now and then. */
    public static Network network(NetworkGraph graph, Random r) {
        var tensors = new TreeMap<String, Tensor>();
        for (Node node : graph.nodes()) {
            new TreeMap<>(node.parameters()).forEach((parameter, shape) -> {
                float[] values =
                        new float[shape.stream().mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b)];
                double scale = 1.5 / Math.sqrt(node.inputs());
                for (int i = 0; i < values.length; i++) {
                    values[i] = switch (parameter) {
                        case "weight" ->
                            (float) (node instanceof Node.Dense ? 2 * scale * r.nextGaussian() : r.nextDouble() + 0.2);
                        case "delay" -> r.nextInt(((Node.AxonDelay) node).maximumDelay() + 1);
                        case "bias" -> (float) (0.1 * r.nextGaussian());
                        case "decay", "membrane_decay", "adaptation_decay", "synapse_decay" ->
                            0.3f + 0.7f * r.nextFloat();
                        case "recurrent_weight" -> (float) (scale * r.nextGaussian());
                        case "threshold" -> 0.5f + 0.5f * r.nextFloat();
                        default -> 0.3f * r.nextFloat();
                    };
                }
                tensors.put(node.name() + "." + parameter, new Tensor(shape, values));
            });
        }
        return new Network(graph, tensors);
    }

    public static float[] input(int size, Random r) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            // Zeros and negative zeros among them: where sums could differ in sign.
            values[i] = switch (r.nextInt(8)) {
                case 0 -> 0f;
                case 1 -> -0f;
                default -> (float) r.nextGaussian();
            };
        }
        return values;
    }

    public static DecisionSettings decision(List<String> labels, float threshold) {
        var thresholds = new TreeMap<String, Float>();
        labels.forEach(label -> thresholds.put(label, threshold));
        return new DecisionSettings(
                0.1, 10f, thresholds, 0.016, 0.2, 0.05, new DecisionSettings.ActivityGate(6, 3, 0.1, -70), CLIP);
    }

    static FeatureSpec filterbank() {
        int width = FilterbankSpec.standard().width();
        return FilterbankSpec.standard()
                .withNormaliser(new Normaliser(
                        Collections.nCopies(width, 0.01f), Collections.nCopies(width, 0.02f), 1f, 0.5f, true));
    }

    /** 13-64-2 on the filterbank; {@code threshold} 1 with two labels is never reached. */
    public static KeywordModel hardwareModel(String name, long seed, float threshold) {
        List<String> labels = List.of("yes", "no");
        FeatureSpec features = filterbank();
        return KeywordModel.of(
                name,
                features,
                network(
                        NetworkGraph.ofChain(features.stepSeconds(), hardware(features.width(), 64, 2)),
                        new Random(seed)),
                labels,
                decision(labels, threshold),
                ChipPower.H1,
                PROVENANCE);
    }

    /** Three layers of adaptive LIF and a readout on the log-mel. */
    public static KeywordModel adaptiveModel(String name, long seed, int hidden, float threshold) {
        LogMelSpec features = LogMelSpec.standard();
        var labels = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            labels.add("word " + i);
        }
        List<Node> nodes = List.of(
                new Node.Input("input", features.width()),
                new Node.Dense("d1", features.width(), hidden, true),
                new Node.AdaptiveLif("a1", hidden),
                new Node.Dense("d2", hidden, hidden, true),
                new Node.AdaptiveLif("a2", hidden),
                new Node.Dense("d3", hidden, hidden, true),
                new Node.AdaptiveLif("a3", hidden),
                new Node.Dense("out", hidden, labels.size(), true),
                new Node.Readout("readout", labels.size()));
        return KeywordModel.of(
                name,
                features,
                network(NetworkGraph.ofChain(features.stepSeconds(), nodes), new Random(seed)),
                labels,
                decision(labels, threshold),
                ChipPower.H1,
                PROVENANCE);
    }

    /** Every kind of recurrent layer, and snnTorch's neurons. */
    public static KeywordModel recurrentModel(String name, long seed, float threshold) {
        List<String> labels = List.of("yes", "no");
        FeatureSpec features = filterbank();
        List<Node> nodes = List.of(
                new Node.Input("input", features.width()),
                new Node.Dense("d1", features.width(), 24, true),
                new Node.Lif("l1", 24, Reset.SUBTRACT, 0f, RecurrentWiring.ALL_TO_ALL),
                new Node.Dense("d2", 24, 17, true),
                new Node.AdaptiveLif("l2", 17, RecurrentWiring.ALL_TO_ALL),
                new Node.Dense("d3", 17, 16, true),
                new Node.Leaky("l3", 16, Reset.ZERO, true, RecurrentWiring.ONE_TO_ONE),
                new Node.Dense("d4", 16, 8, true),
                new Node.Leaky("l4", 8, Reset.SUBTRACT, false, RecurrentWiring.NONE),
                new Node.Dense("d5", 8, 2, true),
                new Node.Synaptic("output", 2, Reset.SUBTRACT, true, RecurrentWiring.ALL_TO_ALL));
        return KeywordModel.of(
                name,
                features,
                network(NetworkGraph.ofChain(features.stepSeconds(), nodes), new Random(seed)),
                labels,
                decision(labels, threshold),
                ChipPower.H1,
                PROVENANCE);
    }

    /** A residual block with a skip, a loop across layers, a delay, two time constants, and neurons that count. */
    public static KeywordModel graphModel(String name, long seed, float threshold) {
        List<String> labels = List.of("yes", "no");
        FeatureSpec features = filterbank();
        List<Node> nodes = List.of(
                new Node.Input("input", features.width()),
                new Node.Dense("d1", features.width(), 2 * 19, true),
                new Node.CurrentLif("c1", 19, 2, 1, Reset.SUBTRACT, -1f),
                new Node.Sum("entry", 19),
                new Node.CurrentLif("iaf", 19, 0, 8, Reset.SUBTRACT, null),
                new Node.Dense("d2", 19, 19, false),
                new Node.Lif("l2", 19, Reset.SUBTRACT, null),
                new Node.Sum("residual", 19),
                new Node.Dense("out", 19, 2, true),
                new Node.Readout("readout", 2));
        List<NetworkGraph.Edge> edges = edges(
                "input d1 0",
                "d1 c1 0",
                "c1 entry 0",
                "l2 entry 1",
                "entry iaf 0",
                "iaf d2 3",
                "d2 l2 0",
                "l2 residual 0",
                "iaf residual 0",
                "residual out 0",
                "out readout 0");
        return KeywordModel.of(
                name,
                features,
                network(new NetworkGraph(features.stepSeconds(), nodes, edges), new Random(seed)),
                labels,
                decision(labels, threshold),
                ChipPower.H1,
                PROVENANCE);
    }

    /**
     * Every stage of the libraries in a chain: Sinabs's ExpLeak, SE-adLIF, learnt delays, Norse's LIFBox, Sinabs's LIF with
     * normalised input and its MembraneReset, and an edge with a delay.
     */
    public static KeywordModel stagesModel(String name, long seed, float threshold) {
        List<String> labels = List.of("yes", "no");
        FeatureSpec features = filterbank();
        int width = features.width();
        List<Node> nodes = List.of(
                new Node.Input("input", width),
                new Node.ExpLeak("leak", width, 0, true, null),
                new Node.Dense("d1", width, 19, true),
                new Node.AdaptiveLif("symplectic", 19, RecurrentWiring.ALL_TO_ALL, true),
                new Node.AxonDelay("delays", 19, 1, 7),
                new Node.Dense("d2", 19, 19, true),
                new Node.CurrentLif("box", 19, 0, 1, Reset.ZERO, null, new CurrentLifRule(true, -0.2f, 0)),
                new Node.Dense("d3", 19, 2 * 19, true),
                new Node.CurrentLif("normalised", 19, 2, 255, Reset.SUBTRACT, -1f, new CurrentLifRule(true, 0, 0)),
                new Node.AxonDelay("counts", 19, 255, 70),
                new Node.Dense("d4", 19, 19, false),
                new Node.CurrentLif("reset", 19, 0, 4, Reset.ZERO, null, new CurrentLifRule(true, -0.1f, -0.1f)),
                new Node.Dense("d5", 19, 2 * 2, true),
                new Node.ExpLeak("out", 2, 2, false, -0.3f));
        List<NetworkGraph.Edge> edges = edges(
                "input leak 0",
                "leak d1 0",
                "d1 symplectic 0",
                "symplectic delays 0",
                "delays d2 0",
                "d2 box 0",
                "box d3 2",
                "d3 normalised 0",
                "normalised counts 0",
                "counts d4 0",
                "d4 reset 0",
                "reset d5 0",
                "d5 out 0");
        return KeywordModel.of(
                name,
                features,
                network(new NetworkGraph(features.stepSeconds(), nodes, edges), new Random(seed)),
                labels,
                decision(labels, threshold),
                ChipPower.H1,
                PROVENANCE);
    }

    /** Noise that comes and goes, with clicks. */
    public static short[] sound(int samples, long seed) {
        var r = new Random(seed);
        short[] sound = new short[samples];
        double loudness = 0;
        for (int i = 0; i < samples; i++) {
            if (i % 800 == 0) {
                loudness = 12_000 * Math.pow(r.nextDouble(), 4);
            }
            sound[i] = (short) Math.clamp(Math.round(loudness * r.nextGaussian()), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return sound;
    }
}
