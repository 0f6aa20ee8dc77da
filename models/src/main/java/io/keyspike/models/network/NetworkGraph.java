package io.keyspike.models.network;

import io.keyspike.kernels.RecurrentWiring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network's shape: named nodes and the edges between them. The description is a graph; what runs today is a chain (one
 * input, each node feeding the next), and {@link #chain()} says so for any other.
 *
 * @param stepSeconds the network's time step
 */
public record NetworkGraph(double stepSeconds, List<Node> nodes, List<Edge> edges) {

    /** Most values per step that a node takes or gives. */
    public static final int MAXIMUM_WIDTH = 65_536;

    /** Most weights of one dense synapse: as many as the largest model file holds. */
    public static final int MAXIMUM_WEIGHTS = 1 << 26;

    /** Most nodes of a graph. */
    public static final int MAXIMUM_NODES = 1_024;

    /** Node names are the first part of tensor names, so they have no dot. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** From one node's output to another's input. */
    public record Edge(String from, String to) {}

    /**
     * @throws IllegalArgumentException if a name is doubled or not one, an edge leads from or to no node, the widths at its
     *     ends do not meet, or a size is out of range
     */
    public NetworkGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
        if (!(stepSeconds > 0) || !Double.isFinite(stepSeconds)) {
            throw new IllegalArgumentException("network: expected a time step above 0 s, found " + stepSeconds);
        }
        if (nodes.size() > MAXIMUM_NODES) {
            throw new IllegalArgumentException(
                    "network: expected at most " + MAXIMUM_NODES + " nodes, found " + nodes.size());
        }
        Map<String, Node> byName = new HashMap<>();
        for (Node node : nodes) {
            checkNode(node);
            if (byName.put(node.name(), node) != null) {
                throw new IllegalArgumentException(
                        "network: expected node names that differ, found " + node.name() + " twice");
            }
        }
        for (Edge edge : edges) {
            checkEdge(edge, byName.get(edge.from()), byName.get(edge.to()));
        }
    }

    /** A graph whose nodes feed one another in the order given. */
    public static NetworkGraph ofChain(double stepSeconds, List<Node> nodes) {
        var edges = new ArrayList<Edge>();
        for (int i = 1; i < nodes.size(); i++) {
            edges.add(new Edge(nodes.get(i - 1).name(), nodes.get(i).name()));
        }
        return new NetworkGraph(stepSeconds, nodes, edges);
    }

    /**
     * The nodes in the order the data passes them, the input first.
     *
     * @throws IllegalArgumentException if the graph is not a chain: one input, then every other node once, each fed by the
     *     one before
     */
    public List<Node> chain() {
        Map<String, Node> byName = new HashMap<>();
        Node input = null;
        for (Node node : nodes) {
            byName.put(node.name(), node);
            if (node instanceof Node.Input) {
                if (input != null) {
                    throw notAChain("one input", "inputs " + input.name() + " and " + node.name());
                }
                input = node;
            }
        }
        if (input == null) {
            throw notAChain("an input", "none");
        }
        Map<String, String> next = successors(input.name());
        var chain = new ArrayList<Node>(nodes.size());
        // The input has no edge into it and every other node at most one, so the walk cannot come back to itself.
        for (Node node = input; node != null; node = byName.get(next.get(node.name()))) {
            chain.add(node);
        }
        if (chain.size() != nodes.size()) {
            throw notAChain(
                    "every one of " + nodes.size() + " nodes to be reached from " + input.name(),
                    chain.size() + " that are");
        }
        if (chain.size() < 2) {
            throw notAChain("a node after " + input.name(), "none");
        }
        return List.copyOf(chain);
    }

    private Map<String, String> successors(String input) {
        Map<String, String> next = new HashMap<>();
        Map<String, String> previous = new HashMap<>();
        for (Edge edge : edges) {
            if (edge.to().equals(input)) {
                throw notAChain("no edge into the input " + input, "one from " + edge.from());
            }
            String otherTo = next.put(edge.from(), edge.to());
            if (otherTo != null) {
                throw notAChain("one edge out of " + edge.from(), "edges to " + otherTo + " and " + edge.to());
            }
            String otherFrom = previous.put(edge.to(), edge.from());
            if (otherFrom != null) {
                throw notAChain("one edge into " + edge.to(), "edges from " + otherFrom + " and " + edge.from());
            }
        }
        return next;
    }

    private static IllegalArgumentException notAChain(String expected, String found) {
        return new IllegalArgumentException("network: a chain is what runs; expected " + expected + ", found " + found);
    }

    private static void checkNode(Node node) {
        if (!NAME.matcher(node.name()).matches()) {
            throw new IllegalArgumentException(
                    "network: expected node names of 1 to 64 letters, digits, '_' and '-', found '" + node.name()
                            + "'");
        }
        checkWidth(node, "inputs", node.inputs());
        checkWidth(node, "outputs", node.outputs());
        if (node instanceof Node.Dense && (long) node.inputs() * node.outputs() > MAXIMUM_WEIGHTS) {
            throw new IllegalArgumentException("network: expected at most " + MAXIMUM_WEIGHTS + " weights in "
                    + node.name() + ", found " + node.inputs() + " x " + node.outputs());
        }
        if (node.recurrence() == RecurrentWiring.ALL_TO_ALL
                && (long) node.outputs() * node.outputs() > MAXIMUM_WEIGHTS) {
            throw new IllegalArgumentException("network: expected at most " + MAXIMUM_WEIGHTS + " recurrent weights in "
                    + node.name() + ", found " + node.outputs() + " x " + node.outputs());
        }
        if (node instanceof Node.Lif lif && lif.membraneFloor() != null && !Float.isFinite(lif.membraneFloor())) {
            throw new IllegalArgumentException(
                    "network: expected a finite membrane floor of " + node.name() + ", found " + lif.membraneFloor());
        }
    }

    private static void checkWidth(Node node, String what, int width) {
        if (width < 1 || width > MAXIMUM_WIDTH) {
            throw new IllegalArgumentException(
                    "network: expected 1 to " + MAXIMUM_WIDTH + " " + what + " of " + node.name() + ", found " + width);
        }
    }

    private static void checkEdge(Edge edge, @Nullable Node from, @Nullable Node to) {
        if (from == null || to == null) {
            throw new IllegalArgumentException(
                    "network: expected edges between nodes that exist, found " + edge.from() + " -> " + edge.to());
        }
        if (from.outputs() != to.inputs()) {
            throw new IllegalArgumentException("network: expected " + from.outputs() + " inputs of " + to.name()
                    + " as " + from.name() + " gives, found " + to.inputs());
        }
    }
}
