package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import java.util.List;

/** Network graphs as model files hold them. */
public final class NetworkJson {

    private NetworkJson() {}

    /**
     * A graph as an object of {@code stepSeconds}, {@code nodes} and {@code edges}, and {@code outputs} where they are named.
     * What a chain does not need is left out, so that the text of a chain, and with it a model's version, stays the same.
     *
     * @param graph the nodes and edges; tensors are stored apart from it
     * @return the object
     */
    public static JsonNode write(NetworkGraph graph) {
        ArrayNode nodes = Json.array();
        graph.nodes().forEach(n -> nodes.add(write(n)));
        ArrayNode edges = Json.array();
        graph.edges().forEach(e -> edges.add(write(e)));
        ObjectNode o = Json.object().put("stepSeconds", graph.stepSeconds());
        o.set("nodes", nodes);
        o.set("edges", edges);
        if (!graph.outputs().isEmpty()) {
            o.set("outputs", Json.texts(graph.outputs()));
        }
        return o;
    }

    /**
     * A graph that {@link #write} has written.
     *
     * @param fields of the whole object; ended here
     * @return the graph, without outputs where they are not named
     * @throws IllegalArgumentException if a field is missing, unknown or out of range, or the graph is not valid
     */
    public static NetworkGraph read(JsonFields fields) {
        var graph = new NetworkGraph(
                fields.real("stepSeconds"),
                fields.objects("nodes").stream().map(NetworkJson::readNode).toList(),
                fields.objects("edges").stream().map(NetworkJson::readEdge).toList(),
                fields.has("outputs") ? fields.texts("outputs") : List.of());
        fields.end();
        return graph;
    }

    private static JsonNode write(Node node) {
        ObjectNode o = Json.object().put("kind", node.kind()).put("name", node.name());
        return switch (node) {
            case Node.Dense n ->
                o.put("inputs", n.inputs()).put("outputs", n.outputs()).put("biased", n.biased());
            case Node.Lif n -> recurrence(floor(reset(o.put("width", n.width()), n.reset()), n), n);
            case Node.AdaptiveLif n -> {
                recurrence(o.put("width", n.width()), n);
                yield n.symplectic() ? o.put("symplectic", true) : o;
            }
            case Node.AxonDelay n ->
                o.put("width", n.width())
                        .put("maximumSpikes", n.maximumSpikes())
                        .put("maximumDelay", n.maximumDelay());
            case Node.Leaky n -> leaky(o.put("width", n.width()), n, n.reset(), n.resetDelayed());
            case Node.Synaptic n -> leaky(o.put("width", n.width()), n, n.reset(), n.resetDelayed());
            case Node.CurrentLif n -> {
                o.put("width", n.width()).put("synapses", n.synapses()).put("maximumSpikes", n.maximumSpikes());
                yield rule(floor(reset(o, n.reset()), n), n.rule());
            }
            case Node.ExpLeak n -> {
                o.put("width", n.width()).put("synapses", n.synapses()).put("normalised", n.normalised());
                yield floor(o, n);
            }
            case Node.Input n -> o.put("width", n.width());
            case Node.Diagonal n -> o.put("width", n.width());
            case Node.Readout n -> o.put("width", n.width());
            case Node.Sum n -> o.put("width", n.width());
        };
    }

    /** Delays are left out where there are none, as they were before there were any. */
    private static ObjectNode write(NetworkGraph.Edge edge) {
        ObjectNode o = Json.object().put("from", edge.from()).put("to", edge.to());
        return edge.delaySteps() == 0 ? o : o.put("delaySteps", edge.delaySteps());
    }

    private static ObjectNode reset(ObjectNode o, Reset reset) {
        return o.put("reset", Json.choice(reset));
    }

    private static ObjectNode floor(ObjectNode o, Node node) {
        Float floor = node.membraneFloor();
        o.set("membraneFloor", floor == null ? null : Json.number(floor));
        return o;
    }

    /** What is as in the plain equations is left out, as it was before there was anything else. */
    private static ObjectNode rule(ObjectNode o, CurrentLifRule rule) {
        if (rule.normalised()) {
            o.put("normalised", true);
        }
        if (rule.resetLevel() != 0f) {
            o.set("resetLevel", Json.number(rule.resetLevel()));
        }
        if (rule.stepOffset() != 0f) {
            o.set("stepOffset", Json.number(rule.stepOffset()));
        }
        return o;
    }

    private static CurrentLifRule rule(JsonFields f) {
        return new CurrentLifRule(
                f.has("normalised") && f.flag("normalised"),
                f.has("resetLevel") ? f.real32("resetLevel") : 0f,
                f.has("stepOffset") ? f.real32("stepOffset") : 0f);
    }

    private static ObjectNode leaky(ObjectNode o, Node node, Reset reset, boolean resetDelayed) {
        return recurrence(reset(o, reset).put("resetDelayed", resetDelayed), node);
    }

    /** Left out of feed-forward layers, whose description is as it was before there were others. */
    private static ObjectNode recurrence(ObjectNode o, Node node) {
        return node.recurrence() == RecurrentWiring.NONE ? o : o.put("recurrence", Json.choice(node.recurrence()));
    }

    private static Node readNode(JsonFields f) {
        String kind = f.text("kind");
        String name = f.text("name");
        Node node = switch (kind) {
            case "input" -> new Node.Input(name, width(f, "width"));
            case "diagonal" -> new Node.Diagonal(name, width(f, "width"));
            case "dense" -> new Node.Dense(name, width(f, "inputs"), width(f, "outputs"), f.flag("biased"));
            case "lif" ->
                new Node.Lif(
                        name,
                        width(f, "width"),
                        f.choice("reset", Reset.class),
                        f.optionalReal32("membraneFloor"),
                        recurrence(f));
            case "adaptive-lif" ->
                new Node.AdaptiveLif(
                        name, width(f, "width"), recurrence(f), f.has("symplectic") && f.flag("symplectic"));
            case "axon-delay" ->
                new Node.AxonDelay(
                        name,
                        width(f, "width"),
                        f.integer("maximumSpikes", 1, NetworkGraph.MAXIMUM_SPIKES),
                        f.integer("maximumDelay", 0, NetworkGraph.MAXIMUM_AXON_DELAY));
            case "leaky" ->
                new Node.Leaky(
                        name, width(f, "width"), f.choice("reset", Reset.class), f.flag("resetDelayed"), recurrence(f));
            case "synaptic" ->
                new Node.Synaptic(
                        name, width(f, "width"), f.choice("reset", Reset.class), f.flag("resetDelayed"), recurrence(f));
            case "current-lif" ->
                new Node.CurrentLif(
                        name,
                        width(f, "width"),
                        f.integer("synapses", 0, NetworkGraph.MAXIMUM_SYNAPSES),
                        f.integer("maximumSpikes", 1, NetworkGraph.MAXIMUM_SPIKES),
                        f.choice("reset", Reset.class),
                        f.optionalReal32("membraneFloor"),
                        rule(f));
            case "exp-leak" ->
                new Node.ExpLeak(
                        name,
                        width(f, "width"),
                        f.integer("synapses", 0, NetworkGraph.MAXIMUM_SYNAPSES),
                        f.flag("normalised"),
                        f.optionalReal32("membraneFloor"));
            case "sum" -> new Node.Sum(name, width(f, "width"));
            case "readout" -> new Node.Readout(name, width(f, "width"));
            default ->
                throw new IllegalArgumentException(
                        "network: expected node kind input, diagonal, dense, lif, adaptive-lif, leaky, synaptic, current-lif,"
                                + " exp-leak, axon-delay, sum or readout, found " + kind);
        };
        f.end();
        return node;
    }

    private static RecurrentWiring recurrence(JsonFields f) {
        return f.choice("recurrence", RecurrentWiring.class, RecurrentWiring.NONE);
    }

    private static int width(JsonFields f, String name) {
        return f.integer(name, 1, NetworkGraph.MAXIMUM_WIDTH);
    }

    private static NetworkGraph.Edge readEdge(JsonFields f) {
        var edge = new NetworkGraph.Edge(
                f.text("from"),
                f.text("to"),
                f.has("delaySteps") ? f.integer("delaySteps", 0, NetworkGraph.MAXIMUM_DELAY_STEPS) : 0);
        f.end();
        return edge;
    }
}
