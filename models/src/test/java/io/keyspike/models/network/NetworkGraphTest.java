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
    void shouldRefuseWhatIsNotAChain() {
        Node second = new Node.Dense("second", 3, 2, false);

        assertThatThrownBy(() -> new NetworkGraph(0.01, List.of(DENSE), List.of()).chain())
                .hasMessage("network: a chain is what runs; expected an input, found none");
        assertThatThrownBy(() -> new NetworkGraph(0.01, List.of(IN), List.of()).chain())
                .hasMessage("network: a chain is what runs; expected a node after in, found none");
        assertThatThrownBy(() -> new NetworkGraph(0.01, List.of(IN, new Node.Input("in2", 3)), List.of()).chain())
                .hasMessage("network: a chain is what runs; expected one input, found inputs in and in2");
        assertThatThrownBy(() -> new NetworkGraph(0.01, List.of(IN, DENSE, LIF), List.of(edge("in", "dense"))).chain())
                .hasMessage(
                        "network: a chain is what runs; expected every one of 3 nodes to be reached from in, found 2"
                                + " that are");
        assertThatThrownBy(() -> new NetworkGraph(
                                0.01, List.of(IN, DENSE, second), List.of(edge("in", "dense"), edge("in", "second")))
                        .chain())
                .hasMessage(
                        "network: a chain is what runs; expected one edge out of in, found edges to dense and second");
        assertThatThrownBy(() -> new NetworkGraph(
                                0.01,
                                List.of(IN, DENSE, second, LIF),
                                List.of(edge("in", "dense"), edge("dense", "lif"), edge("second", "lif")))
                        .chain())
                .hasMessage(
                        "network: a chain is what runs; expected one edge into lif, found edges from dense and second");
    }

    @Test
    void shouldRefuseACycle() {
        Node a = new Node.Lif("a", 3, Reset.ZERO, null);
        Node b = new Node.Lif("b", 3, Reset.ZERO, null);

        assertThatThrownBy(() ->
                        new NetworkGraph(0.01, List.of(IN, a, b), List.of(edge("a", "b"), edge("b", "a"))).chain())
                .hasMessageContaining("reached from in, found 1 that are");
        assertThatThrownBy(() ->
                        new NetworkGraph(0.01, List.of(IN, a), List.of(edge("in", "a"), edge("a", "in"))).chain())
                .hasMessage("network: a chain is what runs; expected no edge into the input in, found one from a");
    }

    @Test
    void shouldRefuseWhatIsNotAGraph() {
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(IN, IN)))
                .hasMessage("network: expected node names that differ, found in twice");
        assertThatThrownBy(() -> NetworkGraph.ofChain(0.01, List.of(IN, LIF)))
                .hasMessage("network: expected 3 inputs of lif as in gives, found 2");
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
}
