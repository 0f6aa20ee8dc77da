package io.keyspike.models.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.NetworkGraph.Edge;
import io.keyspike.models.network.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkJsonTest {

    @Test
    void shouldWriteChainsWithoutTheKeysOfOtherGraphs() {
        var graph = NetworkGraph.ofChain(
                0.01,
                List.of(
                        new Node.Input("in", 3),
                        new Node.Diagonal("g", 3),
                        new Node.Dense("d", 3, 2, true),
                        new Node.Lif("l", 2, Reset.ZERO, 0f),
                        new Node.AdaptiveLif("a", 2, RecurrentWiring.ALL_TO_ALL),
                        new Node.Leaky("y", 2, Reset.SUBTRACT, true, RecurrentWiring.NONE),
                        new Node.Synaptic("s", 2, Reset.NONE, false, RecurrentWiring.ONE_TO_ONE),
                        new Node.Readout("r", 2)));

        String text = Json.write(NetworkJson.write(graph));

        assertThat(text).isEqualTo("""
                        {"stepSeconds":0.01,"nodes":[{"kind":"input","name":"in","width":3},\
                        {"kind":"diagonal","name":"g","width":3},\
                        {"kind":"dense","name":"d","inputs":3,"outputs":2,"biased":true},\
                        {"kind":"lif","name":"l","width":2,"reset":"zero","membraneFloor":0.0},\
                        {"kind":"adaptive-lif","name":"a","width":2,"recurrence":"all_to_all"},\
                        {"kind":"leaky","name":"y","width":2,"reset":"subtract","resetDelayed":true},\
                        {"kind":"synaptic","name":"s","width":2,"reset":"none","resetDelayed":false,\
                        "recurrence":"one_to_one"},\
                        {"kind":"readout","name":"r","width":2}],\
                        "edges":[{"from":"in","to":"g"},{"from":"g","to":"d"},{"from":"d","to":"l"},\
                        {"from":"l","to":"a"},{"from":"a","to":"y"},{"from":"y","to":"s"},{"from":"s","to":"r"}]}""");
        assertThat(read(text)).isEqualTo(graph);
    }

    @Test
    void shouldReadBackGraphsWithDelaysSumsAndCounts() {
        var graph = new NetworkGraph(
                0.01,
                List.of(
                        new Node.Input("in", 4),
                        new Node.Sum("sum", 4),
                        new Node.CurrentLif("c", 2, 2, 8, Reset.SUBTRACT, -1f),
                        new Node.Dense("d", 2, 4, false)),
                List.of(new Edge("in", "sum"), new Edge("d", "sum", 3), new Edge("sum", "c"), new Edge("c", "d")),
                List.of("c"));

        String text = Json.write(NetworkJson.write(graph));

        assertThat(text)
                .contains("{\"kind\":\"sum\",\"name\":\"sum\",\"width\":4}")
                .contains("{\"kind\":\"current-lif\",\"name\":\"c\",\"width\":2,\"synapses\":2,\"maximumSpikes\":8,"
                        + "\"reset\":\"subtract\",\"membraneFloor\":-1.0}")
                .contains("{\"from\":\"d\",\"to\":\"sum\",\"delaySteps\":3}")
                .endsWith(",\"outputs\":[\"c\"]}");
        assertThat(read(text)).isEqualTo(graph);
    }

    @Test
    void shouldReadBackNeuronsOfOtherRules() {
        NetworkGraph graph = NetworkGraph.ofChain(
                0.01,
                List.of(
                        new Node.Input("in", 4),
                        new Node.CurrentLif("c", 4, 0, 1, Reset.ZERO, null, new CurrentLifRule(true, -0.5f, 0.25f)),
                        new Node.ExpLeak("e", 2, 2, true, -1f)));

        String text = Json.write(NetworkJson.write(graph));

        assertThat(text)
                .contains("\"membraneFloor\":null,\"normalised\":true,\"resetLevel\":-0.5,\"stepOffset\":0.25}")
                .contains("{\"kind\":\"exp-leak\",\"name\":\"e\",\"width\":2,\"synapses\":2,\"normalised\":true,"
                        + "\"membraneFloor\":-1.0}");
        assertThat(read(text)).isEqualTo(graph);
        assertThatThrownBy(() -> NetworkGraph.ofChain(
                        0.01,
                        List.of(
                                new Node.Input("in", 4),
                                new Node.CurrentLif(
                                        "c", 4, 0, 1, Reset.SUBTRACT, null, new CurrentLifRule(false, 1, 0)))))
                .hasMessageContaining("reset level and step offset of 0 of c");
    }

    @Test
    void shouldRefuseDelaysOutOfRange() {
        String text =
                "{\"stepSeconds\":0.01,\"nodes\":[],\"edges\":[{\"from\":\"a\",\"to\":\"b\",\"delaySteps\":5000}]}";

        assertThatThrownBy(() -> read(text))
                .hasMessageContaining("an integer from 0 to 4096 for delaySteps, found 5000");
    }

    private static NetworkGraph read(String text) {
        return NetworkJson.read(JsonFields.parse(text, "network"));
    }
}
