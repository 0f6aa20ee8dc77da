package io.keyspike.models.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Reset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NetworkTest {

    private static final Node.Dense DENSE = new Node.Dense("dense", 2, 3, true);
    private static final Node.Readout READOUT = new Node.Readout("readout", 3);
    private static final NetworkGraph GRAPH =
            NetworkGraph.ofChain(0.01, List.of(new Node.Input("in", 2), DENSE, READOUT));

    @Test
    void shouldTakeTensorsThatFit() {
        var network = new Network(GRAPH, tensors());

        assertThat(network.tensor(DENSE, "weight").shape()).containsExactly(2, 3);
        assertThat(network.tensors().keySet()).containsExactly("dense.bias", "dense.weight", "readout.decay");
    }

    @Test
    void shouldNameTheTensorThatDoesNotFit() {
        assertThatThrownBy(() -> with("dense.bias", null))
                .hasMessage("network: expected a tensor dense.bias [3], found none");
        assertThatThrownBy(() -> with("dense.weight", Tensor.matrix(3, 2, new float[6])))
                .hasMessage("network: expected tensor dense.weight of shape [2, 3], found [3, 2]");
        assertThatThrownBy(() -> with("other.weight", Tensor.vector(1f)))
                .hasMessage("network: expected only the tensors of its 3 parameters, found other.weight");
        assertThatThrownBy(() -> with("dense.bias", Tensor.vector(0f, Float.NaN, 0f)))
                .hasMessage("network: expected finite values in tensor dense.bias, found NaN at index 1");
        assertThatThrownBy(() -> with("readout.decay", Tensor.vector(0f, 0.5f, 1.5f)))
                .hasMessage("network: expected 0 to 1 in tensor readout.decay, found 1.5 at index 2");
    }

    @Test
    void shouldRefuseThresholdsThatSpikesCannotBeCountedBy() {
        var graph = NetworkGraph.ofChain(
                0.01, List.of(new Node.Input("in", 4), new Node.CurrentLif("c", 2, 2, 8, Reset.SUBTRACT, null)));
        var tensors = new TreeMap<>(Map.of(
                "c.decay", Tensor.vector(1f, 1f),
                "c.threshold", Tensor.vector(1f, 0f),
                "c.synapse_decay", Tensor.matrix(2, 2, new float[] {0f, 0.5f, 1f, 1f})));

        assertThatThrownBy(() -> new Network(graph, tensors))
                .hasMessage("network: expected values above 0 in tensor c.threshold, found 0.0 at index 1");
    }

    @Test
    void shouldRefuseTensorsOfImpossibleShapes() {
        assertThatThrownBy(() -> new Tensor(List.of(65_536, 65_536), new float[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 0");
        assertThatThrownBy(() -> new Tensor(List.of(-1), new float[1]))
                .hasMessage("tensor: expected sizes of at least 0, found shape [-1]");
    }

    private static Network with(String name, @Nullable Tensor tensor) {
        var tensors = new TreeMap<>(tensors());
        if (tensor == null) {
            tensors.remove(name);
        } else {
            tensors.put(name, tensor);
        }
        return new Network(GRAPH, tensors);
    }

    private static Map<String, Tensor> tensors() {
        return Map.of(
                "dense.weight", Tensor.matrix(2, 3, new float[6]),
                "dense.bias", Tensor.vector(0f, 0f, 0f),
                "readout.decay", Tensor.vector(0f, 0.5f, 1f));
    }
}
