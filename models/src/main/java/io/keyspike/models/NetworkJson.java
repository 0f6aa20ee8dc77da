package io.keyspike.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.kernels.Reset;

/** Network graphs as model files hold them. */
final class NetworkJson {

    private NetworkJson() {}

    static JsonNode write(NetworkGraph graph) {
        ArrayNode nodes = Json.array();
        graph.nodes().forEach(n -> nodes.add(write(n)));
        ArrayNode edges = Json.array();
        graph.edges().forEach(e -> edges.add(Json.object().put("from", e.from()).put("to", e.to())));
        ObjectNode o = Json.object().put("stepSeconds", graph.stepSeconds());
        o.set("nodes", nodes);
        o.set("edges", edges);
        return o;
    }

    static NetworkGraph read(JsonFields fields) {
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
                yield o;
            }
            case Node.AdaptiveLif n -> named("adaptive-lif", n).put("width", n.width());
            case Node.Readout n -> named("readout", n).put("width", n.width());
        };
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
                        name, width(f, "width"), f.choice("reset", Reset.class), f.optionalReal32("membraneFloor"));
            case "adaptive-lif" -> new Node.AdaptiveLif(name, width(f, "width"));
            case "readout" -> new Node.Readout(name, width(f, "width"));
            default ->
                throw new IllegalArgumentException(
                        "network: expected node kind input, diagonal, dense, lif, adaptive-lif or readout, found "
                                + kind);
        };
        f.end();
        return node;
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
