package io.keyspike.models.network;

import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network's shape: named nodes and the edges between them. A graph is valid as a whole: it has one input, every node is
 * reached from it, and {@link #plan} tells in which order the nodes are computed. Nodes have one edge into them, except for
 * the input, which has none, and {@link Node.Sum}, which adds several. Loops are permitted where an edge of theirs has a
 * delay.
 *
 * @param stepSeconds the network's time step in seconds, above 0
 * @param nodes in any order
 * @param edges in any order but those into a sum, which adds them in this order
 * @param outputs names of the nodes whose values are the network's results, the one that decisions are made on first; empty
 *     for all nodes without an outgoing edge
 */
public record NetworkGraph(double stepSeconds, List<Node> nodes, List<Edge> edges, List<String> outputs) {

    /** Most values per step that a node takes or gives. */
    public static final int MAXIMUM_WIDTH = 65_536;

    /** Most weights of one dense synapse: as many as the largest model file holds. */
    public static final int MAXIMUM_WEIGHTS = 1 << 26;

    /** Most nodes of a graph. */
    public static final int MAXIMUM_NODES = 1_024;

    /** Node names are the first part of tensor names, so they have no dot. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Longest delay of an edge, in time steps. */
    public static final int MAXIMUM_DELAY_STEPS = 4_096;

    /** Most values that a stream keeps for all delayed edges together: the sum of their widths times their delays. */
    public static final int MAXIMUM_DELAYED_VALUES = 1 << 20;

    /** Most synaptic currents of one neuron. */
    public static final int MAXIMUM_SYNAPSES = 64;

    /** Longest axonal delay, in time steps: saved states have a number for each step and neuron. */
    public static final int MAXIMUM_AXON_DELAY = 255;

    /** Most spikes of one neuron in one time step: saved states have a byte for each neuron that fires more than once. */
    public static final int MAXIMUM_SPIKES = 255;

    /**
     * From one node's output to another's input.
     *
     * @param from name of the node whose values it carries
     * @param to name of the node that reads them
     * @param delaySteps how many time steps later the value arrives; before that, zeros do
     */
    public record Edge(String from, String to, int delaySteps) {

        /**
         * Checks the delay; that the nodes exist is checked by the graph.
         *
         * @throws IllegalArgumentException if the delay is not within 0 and {@link #MAXIMUM_DELAY_STEPS}
         */
        public Edge {
            if (delaySteps < 0 || delaySteps > MAXIMUM_DELAY_STEPS) {
                throw new IllegalArgumentException("network: expected a delay of 0 to " + MAXIMUM_DELAY_STEPS
                        + " steps of the edge " + from + " -> " + to + ", found " + delaySteps);
            }
        }

        /**
         * An edge without delay: the value arrives in the step in which it is computed.
         *
         * @param from name of the node whose values it carries
         * @param to name of the node that reads them
         */
        public Edge(String from, String to) {
            this(from, to, 0);
        }
    }

    private static final double SHORTEST_STEP_SECONDS = 1e-9;
    private static final double LONGEST_STEP_SECONDS = 1e6;

    /**
     * Copies the lists and checks the graph as a whole.
     *
     * @throws IllegalArgumentException if the time step is not a finite number above 0; the graph is empty or has more than
     *     one input; a name is repeated or malformed; an edge leads from or to a node that does not exist, is repeated or
     *     leads into the input; the widths at its ends differ; a node other than a sum has several edges into it; a node
     *     cannot be reached from the input; a cycle has no delay; an output does not exist or is repeated; or a size is out
     *     of range
     */
    public NetworkGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
        outputs = List.copyOf(outputs);
        if (!(stepSeconds > 0) || !Double.isFinite(stepSeconds)) {
            throw new IllegalArgumentException("network: expected a time step above 0 s, found " + stepSeconds);
        }
        if (stepSeconds < SHORTEST_STEP_SECONDS || stepSeconds > LONGEST_STEP_SECONDS) {
            throw new IllegalArgumentException("network: expected a time step from " + SHORTEST_STEP_SECONDS + " to "
                    + LONGEST_STEP_SECONDS + " s, found " + stepSeconds);
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
                        "network: expected unique node names, found " + node.name() + " twice");
            }
        }
        checkEdges(edges, byName);
        checkOutputs(outputs, byName);
        checkDelays(NetworkPlan.of(nodes, edges, outputs));
    }

    /**
     * A graph whose outputs are the nodes without an outgoing edge.
     *
     * @param stepSeconds the time step in seconds, above 0
     * @param nodes in any order
     * @param edges in any order but those into a sum, which adds them in this order
     * @throws IllegalArgumentException as the canonical constructor does
     */
    public NetworkGraph(double stepSeconds, List<Node> nodes, List<Edge> edges) {
        this(stepSeconds, nodes, edges, List.of());
    }

    /**
     * A graph whose nodes feed one another in the order given.
     *
     * @param stepSeconds the time step in seconds, above 0
     * @param nodes the input first, the output last
     * @return a graph with one edge, without delay, from each node to the next
     * @throws IllegalArgumentException as the constructor does
     */
    public static NetworkGraph ofChain(double stepSeconds, List<Node> nodes) {
        var edges = new ArrayList<Edge>();
        for (int i = 1; i < nodes.size(); i++) {
            edges.add(new Edge(nodes.get(i - 1).name(), nodes.get(i).name()));
        }
        return new NetworkGraph(stepSeconds, nodes, edges);
    }

    /** {@return the order in which the nodes are computed, and what each of them reads; computed at every call} */
    public NetworkPlan plan() {
        return NetworkPlan.of(nodes, edges, outputs);
    }

    /**
     * This graph with some nodes replaced by others of the same name and width.
     *
     * @param replacement is given each node and returns the one to put in its place, or the node itself to keep it
     * @return a graph with the same time step, edges and outputs
     * @throws IllegalArgumentException if the new nodes do not fit the edges
     */
    public NetworkGraph withNodes(UnaryOperator<Node> replacement) {
        return new NetworkGraph(stepSeconds, nodes.stream().map(replacement).toList(), edges, outputs);
    }

    /**
     * The nodes of a chain, the input first: each node but the last feeds one other, without delay, and the last one is the
     * output. For uses that are restricted to chains by their nature, such as the image of a chip; anything else uses
     * {@link #plan}.
     *
     * @return the nodes in the order in which they are computed
     * @throws IllegalArgumentException if the graph is not a chain
     */
    public List<Node> chain() {
        NetworkPlan plan = plan();
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            if (planned.consumers().size() > 1) {
                throw notAChain("node '" + planned.node().name() + "' has "
                        + planned.consumers().size() + " outgoing edges ("
                        + String.join(
                                ", ",
                                planned.consumers().stream()
                                        .map(c -> plan.node(c).name())
                                        .toList())
                        + ")");
            }
        }
        for (Edge edge : edges) {
            if (edge.delaySteps() > 0) {
                throw notAChain("the edge from '" + edge.from() + "' to '" + edge.to() + "' has a delay");
            }
        }
        // With at most one edge out of each node and no loops, the last node of the plan is the only one without.
        if (!plan.outputs().equals(List.of(nodes.size() - 1))) {
            throw notAChain("node '" + plan.output().name() + "' is an output but not the last node");
        }
        return plan.nodes().stream().map(NetworkPlan.PlannedNode::node).toList();
    }

    private static IllegalArgumentException notAChain(String found) {
        return new IllegalArgumentException("network: only chain networks are supported here; " + found);
    }

    /** Real numbers cannot be delayed by neuron, nor more spikes than the node's rows can hold. */
    private static void checkDelays(NetworkPlan plan) {
        for (NetworkPlan.PlannedNode planned : plan.nodes()) {
            if (planned.node() instanceof Node.AxonDelay delay) {
                NetworkPlan.Source from = planned.sources().getFirst();
                Node source = plan.node(from.position());
                if (source.maximumSpikes() != delay.maximumSpikes() || from.delaySteps() > 0) {
                    throw new IllegalArgumentException("network: expected axonal delays " + delay.name()
                            + " right after"
                            + " neurons of at most " + delay.maximumSpikes() + " spikes a step, found them after "
                            + source.name());
                }
            }
        }
    }

    private static void checkNode(Node node) {
        if (!NAME.matcher(node.name()).matches()) {
            throw new IllegalArgumentException(
                    "network: expected node names of 1 to 64 letters, digits, '_' and '-', found '" + node.name()
                            + "'");
        }
        if (node instanceof Node.CurrentLif lif) {
            checkRange(node, "synaptic currents", lif.synapses(), 0, MAXIMUM_SYNAPSES);
            checkRange(node, "spikes per step", lif.maximumSpikes(), 1, MAXIMUM_SPIKES);
            CurrentLifRule rule = lif.rule();
            if (!Float.isFinite(rule.resetLevel()) || !Float.isFinite(rule.stepOffset())) {
                throw new IllegalArgumentException("network: expected a finite reset level and step offset of "
                        + node.name() + ", found " + rule.resetLevel() + " and " + rule.stepOffset());
            }
            if (lif.reset() != Reset.ZERO && (rule.resetLevel() != 0f || rule.stepOffset() != 0f)) {
                throw new IllegalArgumentException("network: expected a reset level and step offset of 0 of "
                        + node.name() + ", whose reset is not zero, found " + rule.resetLevel() + " and "
                        + rule.stepOffset());
            }
        }
        if (node instanceof Node.AxonDelay delay) {
            checkRange(node, "spikes per step", delay.maximumSpikes(), 1, MAXIMUM_SPIKES);
            checkRange(node, "steps of delay", delay.maximumDelay(), 0, MAXIMUM_AXON_DELAY);
        }
        if (node instanceof Node.ExpLeak leak) {
            checkRange(node, "synaptic currents", leak.synapses(), 0, MAXIMUM_SYNAPSES);
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
        Float floor = node.membraneFloor();
        if (floor != null && !Float.isFinite(floor)) {
            throw new IllegalArgumentException(
                    "network: expected a finite membrane floor of " + node.name() + ", found " + floor);
        }
    }

    private static void checkWidth(Node node, String what, int width) {
        checkRange(node, what, width, 1, MAXIMUM_WIDTH);
    }

    private static void checkRange(Node node, String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("network: expected " + least + " to " + most + " " + what + " of "
                    + node.name() + ", found " + value);
        }
    }

    private static void checkEdges(List<Edge> edges, Map<String, Node> byName) {
        Set<Edge> different = new HashSet<>();
        long delayed = 0;
        for (Edge edge : edges) {
            Node from = byName.get(edge.from());
            checkEdge(edge, from, byName.get(edge.to()));
            if (!different.add(edge)) {
                throw new IllegalArgumentException(
                        "network: expected distinct edges, found " + edge.from() + " -> " + edge.to() + " twice");
            }
            delayed += (long) edge.delaySteps() * (from == null ? 0 : from.outputs());
        }
        if (delayed > MAXIMUM_DELAYED_VALUES) {
            throw new IllegalArgumentException("network: expected at most " + MAXIMUM_DELAYED_VALUES
                    + " values kept for delayed edges, found " + delayed);
        }
    }

    private static void checkOutputs(List<String> outputs, Map<String, Node> byName) {
        for (String output : outputs) {
            if (!byName.containsKey(output)) {
                throw new IllegalArgumentException("network: expected outputs that exist, found " + output);
            }
        }
        if (Set.copyOf(outputs).size() < outputs.size()) {
            throw new IllegalArgumentException("network: expected distinct outputs, found " + outputs);
        }
    }

    private static void checkEdge(Edge edge, @Nullable Node from, @Nullable Node to) {
        if (from == null || to == null) {
            throw new IllegalArgumentException(
                    "network: expected edges between nodes that exist, found " + edge.from() + " -> " + edge.to());
        }
        if (from.outputs() != to.inputs()) {
            throw new IllegalArgumentException("network: expected " + from.outputs() + " inputs of " + to.name()
                    + ", one per output of " + from.name() + ", found " + to.inputs());
        }
    }
}
