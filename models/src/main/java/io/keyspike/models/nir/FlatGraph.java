package io.keyspike.models.nir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A graph whose sub-graphs are dissolved into it (their nodes are called {@code <graph>/<node>}), in an order of computation.
 * Loops are cut at edges that lead back to a node on the way from the input to them; what such an edge carries arrives one
 * step later.
 *
 * @param nodes by name
 * @param order names in order of computation, the input first
 * @param sources by node, what leads into it, in the order of names
 * @param input name of the input
 * @param looped nodes on a loop
 * @param recurrent neurons whose own spikes come back to them, past no other node that remembers
 */
public record FlatGraph(
        SortedMap<String, NirNode.Primitive> nodes,
        List<String> order,
        Map<String, List<Source>> sources,
        String input,
        Set<String> looped,
        Set<String> recurrent) {

    /**
     * What leads into a node.
     *
     * @param from the node whose output enters
     * @param delayed whether it arrives one step later, since the edge closes a loop
     */
    public record Source(String from, boolean delayed) {}

    /**
     * Dissolves sub-graphs and orders the nodes.
     *
     * @param graph any
     * @return the flat graph
     * @throws IllegalArgumentException if it has not one input, a node is out of reach of it, or a loop has no node that
     *     remembers; the message names the node
     */
    public static FlatGraph of(NirNode.Graph graph) {
        var nodes = new TreeMap<String, NirNode.Primitive>();
        var edges = new LinkedHashSet<NirNode.Edge>();
        dissolve(graph, "", nodes, edges);
        List<String> inputs = graph.nodes().entrySet().stream()
                .filter(e -> e.getValue().type().equals("Input"))
                .map(Map.Entry::getKey)
                .toList();
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("expected a graph with one Input, found "
                    + (inputs.isEmpty() ? "none" : String.join(", ", inputs)));
        }
        return ordered(nodes, edges, inputs.getFirst());
    }

    private static void dissolve(
            NirNode.Graph graph, String prefix, Map<String, NirNode.Primitive> nodes, Set<NirNode.Edge> edges) {
        graph.nodes().forEach((name, node) -> {
            switch (node) {
                case NirNode.Primitive primitive -> nodes.put(prefix + name, primitive);
                case NirNode.Graph sub -> dissolve(sub, prefix + name + "/", nodes, edges);
            }
        });
        for (NirNode.Edge edge : graph.edges()) {
            edges.add(new NirNode.Edge(
                    prefix + port(graph, edge.from(), "Output"), prefix + port(graph, edge.to(), "Input")));
        }
    }

    /** The node itself, or the one of a sub-graph through which its values come or go. */
    private static String port(NirNode.Graph graph, String name, String type) {
        if (!(graph.nodes().get(name) instanceof NirNode.Graph sub)) {
            return name;
        }
        List<String> ports = sub.nodes().entrySet().stream()
                .filter(e -> e.getValue().type().equals(type))
                .map(Map.Entry::getKey)
                .toList();
        if (ports.size() != 1) {
            throw new IllegalArgumentException("node " + name + " (NIRGraph): expected one " + type + ", found "
                    + (ports.isEmpty() ? "none" : String.join(", ", ports)));
        }
        return name + "/" + port(sub, ports.getFirst(), type);
    }

    private static FlatGraph ordered(
            SortedMap<String, NirNode.Primitive> nodes, Set<NirNode.Edge> edges, String input) {
        Map<String, List<String>> out = new HashMap<>();
        List<NirNode.Edge> sorted = new ArrayList<>(edges);
        sorted.sort(Comparator.comparing(NirNode.Edge::from).thenComparing(NirNode.Edge::to));
        for (NirNode.Edge edge : sorted) {
            out.computeIfAbsent(edge.from(), k -> new ArrayList<>()).add(edge.to());
        }
        var finished = new ArrayList<String>();
        Set<NirNode.Edge> back = search(input, out, finished);
        if (finished.size() < nodes.size()) {
            var lost = new ArrayList<>(nodes.keySet());
            lost.removeAll(finished);
            throw new IllegalArgumentException("node " + lost.getFirst() + " ("
                    + typeOf(nodes, lost.getFirst()) + "): expected every node to be reached from the Input " + input
                    + ", found that it is not");
        }
        Map<String, List<Source>> sources = new HashMap<>();
        nodes.keySet().forEach(name -> sources.put(name, new ArrayList<>()));
        for (NirNode.Edge edge : sorted) {
            List<Source> into = sources.get(edge.to());
            if (into == null || edge.to().equals(input)) {
                throw new IllegalArgumentException("expected no edge into the Input, found " + edge);
            }
            into.add(new Source(edge.from(), back.contains(edge)));
        }
        var looped = new HashSet<String>();
        var recurrent = new HashSet<String>();
        for (NirNode.Edge edge : back) {
            Set<String> loop = between(edge.to(), edge.from(), out);
            List<String> remembering =
                    loop.stream().filter(n -> Units.remembers(typeOf(nodes, n))).toList();
            if (remembering.isEmpty()) {
                throw new IllegalArgumentException(
                        "expected a neuron or a delay on every loop, found none on the one of " + edge);
            }
            looped.addAll(loop);
            if (remembering.size() == 1) {
                recurrent.addAll(remembering);
            }
        }
        return new FlatGraph(nodes, finished.reversed(), sources, input, looped, recurrent);
    }

    private static String typeOf(Map<String, NirNode.Primitive> nodes, String name) {
        NirNode.Primitive node = nodes.get(name);
        return node == null ? "none" : node.type();
    }

    /** Depth first, without recursion; nodes in the order in which they are left, and the edges that lead back. */
    private static Set<NirNode.Edge> search(String input, Map<String, List<String>> out, List<String> finished) {
        var back = new HashSet<NirNode.Edge>();
        var entered = new HashSet<String>();
        var path = new LinkedHashSet<String>();
        var next = new HashMap<String, Integer>();
        path.add(input);
        entered.add(input);
        while (!path.isEmpty()) {
            String node = path.getLast();
            List<String> targets = out.getOrDefault(node, List.of());
            int index = next.merge(node, 1, Integer::sum) - 1;
            if (index >= targets.size()) {
                path.removeLast();
                finished.add(node);
                continue;
            }
            String target = targets.get(index);
            if (path.contains(target)) {
                back.add(new NirNode.Edge(node, target));
            } else if (entered.add(target)) {
                path.add(target);
            }
        }
        return back;
    }

    /** Nodes on ways from one to another, both included. */
    private static Set<String> between(String from, String to, Map<String, List<String>> out) {
        Set<String> forward = reached(from, out);
        Map<String, List<String>> in = new HashMap<>();
        out.forEach((node, targets) -> targets.forEach(
                t -> in.computeIfAbsent(t, k -> new ArrayList<>()).add(node)));
        Set<String> result = reached(to, in);
        result.retainAll(forward);
        return result;
    }

    private static Set<String> reached(String from, Map<String, List<String>> edges) {
        var seen = new HashSet<String>();
        var next = new ArrayList<>(List.of(from));
        while (!next.isEmpty()) {
            String node = next.removeLast();
            if (seen.add(node)) {
                next.addAll(edges.getOrDefault(node, List.of()));
            }
        }
        return seen;
    }
}
