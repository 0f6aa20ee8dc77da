package io.keyspike.models.network;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The order in which a {@link NetworkGraph} is computed: within one time step, every node comes after the nodes whose values
 * of the same step it reads. The input is at position 0. An edge with a delay reads what an earlier step left, so it does not
 * constrain the order and may close a loop.
 *
 * @param nodes in order of computation; among nodes that are ready, the one declared first
 * @param outputs positions of the graph's outputs, in the order in which they are named, or ascending where none is
 */
public record NetworkPlan(List<PlannedNode> nodes, List<Integer> outputs) {

    /**
     * A node and what it reads.
     *
     * @param node as the graph declares it
     * @param sources one for each edge into the node, in the order of the graph's edges; none for the input
     * @param consumers positions of the nodes that read it, one for each edge out of it, in the order of the graph's edges
     */
    public record PlannedNode(Node node, List<Source> sources, List<Integer> consumers) {
        /** Copies the lists. */
        public PlannedNode {
            sources = List.copyOf(sources);
            consumers = List.copyOf(consumers);
        }
    }

    /**
     * Where an edge comes from.
     *
     * @param position of the node it leaves
     * @param delaySteps how many time steps ago the value was current
     */
    public record Source(int position, int delaySteps) {}

    /** Copies the lists; that they fit together is checked where a plan is made from a graph. */
    public NetworkPlan {
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
    }

    /**
     * The node at a position.
     *
     * @param position in the order of computation, 0 for the input
     * @return the node as the graph declares it
     * @throws IndexOutOfBoundsException if there is no such position
     */
    public Node node(int position) {
        return nodes.get(position).node();
    }

    /** {@return the input, at position 0} */
    public Node input() {
        return node(0);
    }

    /** {@return the first output: the one that a decision is made on} */
    public Node output() {
        return node(outputs.getFirst());
    }

    /** {@return the nodes that spike of themselves, in order of computation: not those that delay others' spikes} */
    public List<Node> spiking() {
        return nodes.stream().map(PlannedNode::node).filter(Node::fires).toList();
    }

    /**
     * Looks a node up by its name.
     *
     * @param name the node's name
     * @return its position in the order of computation, or -1 if there is none of that name
     */
    public int position(String name) {
        for (int i = 0; i < nodes.size(); i++) {
            if (node(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * How many synapses one spike of a neuron of the node at a position reaches: those of every node that reads it, and its
     * own recurrent ones. A sum has no synapses; what enters it goes on to the nodes that read the sum, counted once for
     * each sum.
     *
     * @param position in the order of computation, 0 for the input
     * @return synapses per spike
     * @throws IndexOutOfBoundsException if there is no such position
     */
    public int fanOut(int position) {
        Node node = node(position);
        int own = node.recurrence().weights(node.outputs()) / node.outputs();
        return own + synapses(position, new BitSet());
    }

    private int synapses(int position, BitSet sums) {
        int synapses = 0;
        for (int consumer : nodes.get(position).consumers()) {
            if (!(node(consumer) instanceof Node.Sum || node(consumer) instanceof Node.AxonDelay)) {
                synapses += node(consumer).synapsesPerInput();
            } else if (!sums.get(consumer)) {
                sums.set(consumer);
                synapses += synapses(consumer, sums);
            }
        }
        return synapses;
    }

    /** {@return whether a delayed edge leads back to a node that the delayed value was computed from} */
    public boolean hasFeedback() {
        for (int i = 0; i < nodes.size(); i++) {
            for (Source source : nodes.get(i).sources()) {
                if (source.delaySteps() > 0 && (source.position() == i || reaches(i, source.position()))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a value of one node has an influence on another, in the same step or later. */
    private boolean reaches(int from, int to) {
        var seen = new BitSet();
        var next = new ArrayList<>(nodes.get(from).consumers());
        while (!next.isEmpty()) {
            int position = next.removeLast();
            if (position == to) {
                return true;
            }
            if (!seen.get(position)) {
                seen.set(position);
                next.addAll(nodes.get(position).consumers());
            }
        }
        return false;
    }

    /** @throws IllegalArgumentException as {@link NetworkGraph} does, whose nodes and edges are known to fit each other */
    static NetworkPlan of(List<Node> nodes, List<NetworkGraph.Edge> edges, List<String> outputs) {
        return new Builder(nodes, edges, outputs).plan();
    }

    private static final class Builder {
        private final List<Node> declared;
        private final List<String> named;

        /** By place among the declared nodes. */
        private final Map<String, Integer> places = new HashMap<>();

        private final List<List<NetworkGraph.Edge>> in = new ArrayList<>();
        private final List<List<NetworkGraph.Edge>> out = new ArrayList<>();
        private final int[] positions;

        Builder(List<Node> declared, List<NetworkGraph.Edge> edges, List<String> named) {
            this.declared = declared;
            this.named = named;
            positions = new int[declared.size()];
            for (Node node : declared) {
                places.put(node.name(), in.size());
                in.add(new ArrayList<>());
                out.add(new ArrayList<>());
            }
            for (NetworkGraph.Edge edge : edges) {
                in.get(place(edge.to())).add(edge);
                out.get(place(edge.from())).add(edge);
            }
        }

        NetworkPlan plan() {
            int input = input();
            checkEdges();
            checkReached(input);
            List<Integer> order = order(input);
            for (int i = 0; i < order.size(); i++) {
                positions[order.get(i)] = i;
            }
            List<PlannedNode> nodes = new ArrayList<>();
            for (int place : order) {
                nodes.add(new PlannedNode(
                        declared.get(place),
                        in.get(place).stream()
                                .map(e -> new Source(positions[place(e.from())], e.delaySteps()))
                                .toList(),
                        out.get(place).stream()
                                .map(e -> positions[place(e.to())])
                                .toList()));
            }
            return new NetworkPlan(nodes, outputs());
        }

        private int place(String name) {
            return Objects.requireNonNull(places.get(name));
        }

        private int input() {
            List<Node> inputs =
                    declared.stream().filter(n -> n instanceof Node.Input).toList();
            if (inputs.size() != 1) {
                throw refused("one input", inputs.isEmpty() ? "none" : names(inputs));
            }
            if (declared.size() < 2) {
                throw refused("a node after the input " + inputs.getFirst().name(), "none");
            }
            return place(inputs.getFirst().name());
        }

        private void checkEdges() {
            for (int i = 0; i < declared.size(); i++) {
                Node node = declared.get(i);
                List<NetworkGraph.Edge> into = in.get(i);
                if (node instanceof Node.Input && !into.isEmpty()) {
                    throw refused(
                            "no edge into the input " + node.name(),
                            "one from " + into.getFirst().from());
                }
                if (!(node instanceof Node.Input || node instanceof Node.Sum) && into.size() > 1) {
                    throw refused(
                            "one edge into " + node.name() + ", as only a sum takes several",
                            into.size() + " (" + sources(into) + ")");
                }
            }
        }

        private void checkReached(int input) {
            var reached = new BitSet();
            var next = new ArrayList<>(List.of(input));
            while (!next.isEmpty()) {
                int place = next.removeLast();
                if (!reached.get(place)) {
                    reached.set(place);
                    out.get(place).forEach(e -> next.add(place(e.to())));
                }
            }
            if (reached.cardinality() < declared.size()) {
                throw refused(
                        "every node to be reached from the input "
                                + declared.get(input).name(),
                        "that " + declared.get(reached.nextClearBit(0)).name() + " is not");
            }
        }

        /** Places in order of computation. */
        private List<Integer> order(int input) {
            int[] waiting = new int[declared.size()];
            var ready = new TreeSet<Integer>();
            for (int i = 0; i < declared.size(); i++) {
                waiting[i] = (int)
                        in.get(i).stream().filter(e -> e.delaySteps() == 0).count();
                if (waiting[i] == 0) {
                    ready.add(i);
                }
            }
            var order = new ArrayList<Integer>();
            // A node that reads delayed values alone is ready from the start, but the input is always first.
            ready.remove(input);
            for (int place = input; ; place = ready.removeFirst()) {
                order.add(place);
                for (NetworkGraph.Edge edge : out.get(place)) {
                    if (edge.delaySteps() == 0 && --waiting[place(edge.to())] == 0) {
                        ready.add(place(edge.to()));
                    }
                }
                if (ready.isEmpty()) {
                    break;
                }
            }
            if (order.size() < declared.size()) {
                List<Node> cycle = new ArrayList<>(declared);
                order.forEach(place -> cycle.remove(declared.get(place)));
                throw refused("a delay on at least one edge of every cycle", "a cycle without one: " + names(cycle));
            }
            return order;
        }

        private List<Integer> outputs() {
            if (!named.isEmpty()) {
                return named.stream().map(n -> positions[place(n)]).toList();
            }
            var ends = new TreeSet<Integer>();
            for (int i = 0; i < declared.size(); i++) {
                if (out.get(i).isEmpty()) {
                    ends.add(positions[i]);
                }
            }
            if (ends.isEmpty()) {
                throw refused("a node without an outgoing edge, or named outputs", "neither");
            }
            return List.copyOf(ends);
        }

        private static String names(List<Node> nodes) {
            return String.join(", ", nodes.stream().map(Node::name).toList());
        }

        private static String sources(List<NetworkGraph.Edge> edges) {
            return String.join(", ", edges.stream().map(NetworkGraph.Edge::from).toList());
        }
    }

    private static IllegalArgumentException refused(String expected, String found) {
        return new IllegalArgumentException("network: expected " + expected + ", found " + found);
    }
}
