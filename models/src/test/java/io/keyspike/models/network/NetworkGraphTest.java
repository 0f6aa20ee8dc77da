package io.keyspike.models.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkGraphTest {

    private static final Node IN = new Node.Input("in", 3);
    private static final Node DENSE = new Node.Dense("dense", 3, 2, false);
    private static final Node LIF = new Node.Lif("lif", 2, Reset.SUBTRACT, null);

    @Test
    void shouldOrderNodesByTheWayOfTheDataNotByTheirPlaceInTheList() {
        var graph = new NetworkGraph(0.01, List.of(LIF, DENSE, IN), List.of(edge("dense", "lif"), edge("in", "dense")));

        assertThat(graph.chain()).containsExactly(IN, DENSE, LIF);
    }

    @Test
    void shouldPlanNodesAfterWhatTheyRead() {
        var graph = residual();

        NetworkPlan plan = graph.plan();

        assertThat(plan.nodes().stream().map(n -> n.node().name()))
                .containsExactly("in", "d1", "a", "d2", "b", "sum", "out");
        assertThat(plan.nodes().get(5).sources())
                .containsExactly(new NetworkPlan.Source(4, 0), new NetworkPlan.Source(2, 0));
        assertThat(plan.nodes().get(2).consumers()).containsExactly(3, 5);
        assertThat(plan.outputs()).containsExactly(6);
        assertThat(plan.hasFeedback()).isFalse();
        assertThat(plan.fanOut(0)).isEqualTo(3);
        assertThat(plan.fanOut(2)).as("dense and, through the sum, the readout").isEqualTo(3 + 1);
    }

    @Test
    void shouldPlanLoopsOverDelayedEdges() {
        Node sum = new Node.Sum("sum", 3);
        Node lif = new Node.Lif("l", 3, Reset.SUBTRACT, null);
        var graph = new NetworkGraph(
                0.01,
                List.of(lif, sum, IN, DENSE),
                List.of(delayed("l", "sum", 2), edge("in", "sum"), edge("sum", "l"), edge("l", "dense")),
                List.of("l", "dense"));

        NetworkPlan plan = graph.plan();

        assertThat(plan.nodes().stream().map(NetworkPlan.PlannedNode::node)).containsExactly(IN, sum, lif, DENSE);
        assertThat(plan.nodes().get(1).sources())
                .containsExactly(new NetworkPlan.Source(2, 2), new NetworkPlan.Source(0, 0));
        assertThat(plan.outputs()).containsExactly(2, 3);
        assertThat(plan.output()).isEqualTo(lif);
        assertThat(plan.hasFeedback()).isTrue();
        assertThat(plan.spiking()).containsExactly(lif);
        assertThat(plan.position("dense")).isEqualTo(3);
        assertThat(plan.position("none")).isEqualTo(-1);
    }

    @Test
    void shouldSayWhyAGraphIsNotAChain() {
        assertThatThrownBy(() -> residual().chain())
                .hasMessage("network: only chain networks are supported here; node 'a' has 2 outgoing edges (d2, sum)");
        assertThatThrownBy(() ->
                        graph(List.of(IN, DENSE), delayed("in", "dense", 3)).chain())
                .hasMessage(
                        "network: only chain networks are supported here; the edge from 'in' to 'dense' has a delay");
        assertThatThrownBy(() -> new NetworkGraph(
                                0.01,
                                List.of(IN, DENSE, LIF),
                                List.of(edge("in", "dense"), edge("dense", "lif")),
                                List.of("dense"))
                        .chain())
                .hasMessage("network: only chain networks are supported here; node 'dense' is an output but not the"
                        + " last node");
    }

    @Test
    void shouldRefuseGraphsThatCannotBePlanned() {
        Node second = new Node.Dense("second", 3, 2, false);

        assertThatThrownBy(() -> graph(List.of(DENSE))).hasMessage("network: expected one input, found none");
        assertThatThrownBy(() -> graph(List.of(IN)))
                .hasMessage("network: expected a node after the input in, found none");
        assertThatThrownBy(() -> graph(List.of(IN, new Node.Input("in2", 3))))
                .hasMessage("network: expected one input, found in, in2");
        assertThatThrownBy(() -> graph(List.of(IN, DENSE, LIF), edge("in", "dense")))
                .hasMessage("network: expected every node to be reached from the input in, found that lif is not");
        assertThatThrownBy(() -> graph(
                        List.of(IN, DENSE, second, LIF),
                        edge("in", "dense"),
                        edge("in", "second"),
                        edge("dense", "lif"),
                        edge("second", "lif")))
                .hasMessage(
                        "network: expected one edge into lif, as only a sum takes several, found 2 (dense, second)");
        assertThatThrownBy(() -> graph(List.of(IN, DENSE), edge("in", "dense"), edge("in", "dense")))
                .hasMessage("network: expected distinct edges, found in -> dense twice");
        assertThatThrownBy(() -> new NetworkGraph(
                        0.01, List.of(IN, DENSE), List.of(edge("in", "dense")), List.of("dense", "other")))
                .hasMessage("network: expected outputs that exist, found other");
        assertThatThrownBy(() -> new NetworkGraph(
                        0.01, List.of(IN, DENSE), List.of(edge("in", "dense")), List.of("dense", "dense")))
                .hasMessage("network: expected distinct outputs, found [dense, dense]");
        assertThatThrownBy(() -> graph(
                        List.of(IN, new Node.Sum("s", 3), new Node.Lif("l", 3, Reset.ZERO, null)),
                        edge("in", "s"),
                        edge("s", "l"),
                        delayed("l", "s", 1)))
                .hasMessage("network: expected a node without an outgoing edge, or named outputs, found neither");
    }

    @Test
    void shouldRefuseACycleWithoutDelay() {
        Node a = new Node.Lif("a", 3, Reset.ZERO, null);
        Node b = new Node.Sum("b", 3);

        assertThatThrownBy(() -> graph(List.of(IN, a, b), edge("in", "b"), edge("a", "b"), edge("b", "a")))
                .hasMessage("network: expected a delay on at least one edge of every cycle, found a cycle without one:"
                        + " a, b");
        assertThatThrownBy(() -> graph(List.of(IN, a), edge("in", "a"), edge("a", "in")))
                .hasMessage("network: expected no edge into the input in, found one from a");
    }

    @Test
    void shouldRefuseDelaysOutOfRange() {
        assertThatThrownBy(() -> delayed("a", "b", -1))
                .hasMessage("network: expected a delay of 0 to 4096 steps of the edge a -> b, found -1");
        assertThatThrownBy(() -> delayed("a", "b", 4_097))
                .hasMessage("network: expected a delay of 0 to 4096 steps of the edge a -> b, found 4097");
        assertThatThrownBy(() -> graph(
                        List.of(new Node.Input("in", 300), new Node.Readout("r", 300)), delayed("in", "r", 4_000)))
                .hasMessage("network: expected at most 1048576 values kept for delayed edges, found 1200000");
    }

    @Test
    void shouldRefuseImpossibleCurrentNeurons() {
        assertThatThrownBy(() -> graph(List.of(new Node.CurrentLif("c", 3, 65, 1, Reset.ZERO, null))))
                .hasMessage("network: expected 0 to 64 synaptic currents of c, found 65");
        assertThatThrownBy(() -> graph(List.of(new Node.CurrentLif("c", 3, 1, 256, Reset.ZERO, null))))
                .hasMessage("network: expected 1 to 255 spikes per step of c, found 256");
        assertThatThrownBy(() -> graph(List.of(new Node.CurrentLif("c", 3, 1, 1, Reset.ZERO, Float.NaN))))
                .hasMessage("network: expected a finite membrane floor of c, found NaN");
        assertThatThrownBy(() -> graph(List.of(new Node.CurrentLif("c", 65_536, 2, 1, Reset.ZERO, null))))
                .hasMessage("network: expected 1 to 65536 inputs of c, found 131072");
    }

    @Test
    void shouldRefuseWhatIsNotAGraph() {
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(IN, IN)))
                .hasMessage("network: expected unique node names, found in twice");
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(IN, LIF)))
                .hasMessage("network: expected 3 inputs of lif, one per output of in, found 2");
        assertThatThrownBy(() -> new NetworkGraph(0.01, List.of(IN), List.of(edge("in", "nowhere"))))
                .hasMessage("network: expected edges between nodes that exist, found in -> nowhere");
        assertThatThrownBy(() -> NetworkGraph.ofChain(Double.NaN, List.of(IN)))
                .hasMessage("network: expected a time step above 0 s, found NaN");
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(new Node.Input("a.b", 1))))
                .hasMessageContaining("found 'a.b'");
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(new Node.Input("in", 65_537))))
                .hasMessage("network: expected 1 to 65536 inputs of in, found 65537");
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(new Node.Dense("d", 65_536, 65_536, false))))
                .hasMessage("network: expected at most 67108864 weights in d, found 65536 x 65536");
        assertThatThrownBy(() -> NetworkGraph.ofChain(
                        0.01, List.of(new Node.Lif("l", 65_536, Reset.ZERO, null, RecurrentWiring.ALL_TO_ALL))))
                .hasMessage("network: expected at most 67108864 recurrent weights in l, found 65536 x 65536");
        assertThatThrownBy(() ->
                        NetworkGraph.ofChain(0.01, List.of(new Node.Lif("l", 1, Reset.ZERO, Float.NEGATIVE_INFINITY))))
                .hasMessage("network: expected a finite membrane floor of l, found -Infinity");
    }

    private static NetworkGraph.Edge edge(String from, String to) {
        return new NetworkGraph.Edge(from, to);
    }

    private static NetworkGraph.Edge delayed(String from, String to, int steps) {
        return new NetworkGraph.Edge(from, to, steps);
    }

    private static NetworkGraph graph(List<Node> nodes, NetworkGraph.Edge... edges) {
        return new NetworkGraph(0.01, nodes, List.of(edges));
    }

    private static NetworkGraph residual() {
        return graph(
                List.of(
                        IN,
                        new Node.Dense("d1", 3, 3, false),
                        new Node.Lif("a", 3, Reset.SUBTRACT, null),
                        new Node.Dense("d2", 3, 3, false),
                        new Node.Lif("b", 3, Reset.SUBTRACT, null),
                        new Node.Sum("sum", 3),
                        new Node.Readout("out", 3)),
                edge("in", "d1"),
                edge("d1", "a"),
                edge("a", "d2"),
                edge("d2", "b"),
                edge("b", "sum"),
                edge("a", "sum"),
                edge("sum", "out"));
    }
}
