package io.keyspike.models.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Reset;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.TestModels;
import io.keyspike.models.network.NetworkGraph.Edge;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs small enough to be worked out by hand. */
class GraphRunsTest {

    @Test
    void shouldGiveEachOutput() {
        // Twice the input, one step late, and the running sum of the input, which comes back over a delayed edge.
        var network = new Network(
                new NetworkGraph(
                        1,
                        List.of(new Node.Input("in", 1), new Node.Diagonal("twice", 1), new Node.Sum("total", 1)),
                        List.of(new Edge("in", "twice", 1), new Edge("in", "total"), new Edge("total", "total", 1)),
                        List.of("twice", "total")),
                Map.of("twice.weight", Tensor.vector(2f)));

        assertRuns(network, new float[] {1, 2, 3, 4}, new float[] {0, 2, 4, 6}, new float[] {1, 3, 6, 10});
    }

    @Test
    void shouldCountSpikesUpToTheMaximum() {
        var network = iaf();

        assertRuns(network, new float[] {0.5f, 0.5f, 3.5f, 9, 0}, new float[] {0, 1, 3, 4, 4});
    }

    @Test
    void shouldDelayByTheStepsOfTheEdge() {
        var network = new Network(
                new NetworkGraph(
                        1, List.of(new Node.Input("in", 1), new Node.Sum("s", 1)), List.of(new Edge("in", "s", 3))),
                Map.of());

        assertRuns(network, new float[] {1, 2, 3, 4, 5}, new float[] {0, 0, 0, 1, 2});
    }

    @Test
    void shouldRefuseSavedCountsAboveTheMaximum() {
        NetworkState state = new StreamingNetwork(iaf(), TestModels.kernels()).newState();
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
        state.save(saved);
        saved.put(saved.capacity() - 1, (byte) 5);

        assertThatThrownBy(() -> state.restore(saved.flip()))
                .hasMessage("network state: expected at most 4 spikes of a neuron in a step, found 5");
    }

    private static Network iaf() {
        return new Network(
                NetworkGraph.ofChain(
                        1, List.of(new Node.Input("in", 1), new Node.CurrentLif("iaf", 1, 0, 4, Reset.SUBTRACT, null))),
                Map.of("iaf.decay", Tensor.vector(1f), "iaf.threshold", Tensor.vector(1f)));
    }

    /** One sequence of one input. */
    private static void assertRuns(Network network, float[] input, float[]... expected) {
        SequenceNetwork.Result result =
                new SequenceNetwork(network, Backends.named("scalar", 1)).forward(input.length, 1, input);
        assertThat(result.outputs()).containsExactly(expected);
        var streaming = new StreamingNetwork(network, TestModels.kernels());
        NetworkState state = streaming.newState();
        float[] value = new float[1];
        for (int t = 0; t < input.length; t++) {
            streaming.step(state, new float[] {input[t]}, value);
            assertThat(value[0]).isEqualTo(expected[0][t]);
            for (int o = 0; o < expected.length; o++) {
                streaming.output(state, o, value);
                assertThat(value[0]).isEqualTo(expected[o][t]);
            }
        }
    }
}
