package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;

/** Network graphs as model files hold them. */
public final class NetworkJson {

    private NetworkJson() {}

    public static JsonNode write(NetworkGraph graph) {
        ArrayNode nodes = Json.array();
        graph.nodes().forEach(n -> nodes.add(write(n)));
        ArrayNode edges = Json.array();
        graph.edges().forEach(e -> edges.add(Json.object().put("from", e.from()).put("to", e.to())));
        ObjectNode o = Json.object().put("stepSeconds", graph.stepSeconds());
        o.set("nodes", nodes);
        o.set("edges", edges);
        return o;
    }

    public static NetworkGraph read(JsonFields fields) {
        var graph = new NetworkGraph(
                fields.real("stepSeconds"),
                fields.objects("nodes").stream().map(NetworkJson::readNode).toList(),
                fields.objects("edges").stream().map(NetworkJson::readEdge).toList());
        fields.end();
        return graph;
    }

    private static JsonNode write(Node node) {
        return switch (node) {
            case Node.Input n -> named("input", n).put("width", n.width());
            case Node.Diagonal n -> named("diagonal", n).put("width", n.width());
            case Node.Dense n ->
                named("dense", n)
                        .put("inputs", n.inputs())
                        .put("outputs", n.outputs())
                        .put("biased", n.biased());
            case Node.Lif n -> {
                ObjectNode o = named("lif", n).put("width", n.width()).put("reset", Json.choice(n.reset()));
                Float floor = n.membraneFloor();
                o.set("membraneFloor", floor == null ? null : Json.number(floor));
                yield recurrence(o, n);
            }
            case Node.AdaptiveLif n -> recurrence(named("adaptive-lif", n).put("width", n.width()), n);
            case Node.Leaky n -> leaky(named("leaky", n).put("width", n.width()), n, n.reset(), n.resetDelayed());
            case Node.Synaptic n -> leaky(named("synaptic", n).put("width", n.width()), n, n.reset(), n.resetDelayed());
            case Node.Readout n -> named("readout", n).put("width", n.width());
        };
    }

    private static ObjectNode leaky(ObjectNode o, Node node, Reset reset, boolean resetDelayed) {
        return recurrence(o.put("reset", Json.choice(reset)).put("resetDelayed", resetDelayed), node);
    }

    /** Left out of feed-forward layers, whose description is as it was before there were others. */
    private static ObjectNode recurrence(ObjectNode o, Node node) {
        return node.recurrence() == RecurrentWiring.NONE ? o : o.put("recurrence", Json.choice(node.recurrence()));
    }

    private static ObjectNode named(String kind, Node node) {
        return Json.object().put("kind", kind).put("name", node.name());
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
            case "adaptive-lif" -> new Node.AdaptiveLif(name, width(f, "width"), recurrence(f));
            case "leaky" ->
                new Node.Leaky(
                        name, width(f, "width"), f.choice("reset", Reset.class), f.flag("resetDelayed"), recurrence(f));
            case "synaptic" ->
                new Node.Synaptic(
                        name, width(f, "width"), f.choice("reset", Reset.class), f.flag("resetDelayed"), recurrence(f));
            case "readout" -> new Node.Readout(name, width(f, "width"));
            default ->
                throw new IllegalArgumentException(
                        "network: expected node kind input, diagonal, dense, lif, adaptive-lif, leaky, synaptic or readout,"
                                + " found " + kind);
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
        var edge = new NetworkGraph.Edge(f.text("from"), f.text("to"));
        f.end();
        return edge;
    }
}
