package io.keyspike.models;

import java.util.ArrayList;
import java.util.List;

/**
 * A network's shape: named nodes and the edges between them. The description is a graph; what runs today is a chain (one
 * input, each node feeding the next), and {@link #chain()} says so for any other.
 *
 * @param stepSeconds the network's time step
 */
public record NetworkGraph(double stepSeconds, List<Node> nodes, List<Edge> edges) {

    /** From one node's output to another's input. */
    public record Edge(String from, String to) {}

    public NetworkGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
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
     * @throws IllegalArgumentException if the graph is not a chain, a name is doubled or missing, or widths do not meet
     */
    public List<Node> chain() {
        throw new UnsupportedOperationException();
    }
}
