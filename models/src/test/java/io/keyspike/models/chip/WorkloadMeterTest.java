package io.keyspike.models.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.Tensor;
import io.keyspike.testing.GoldenFile;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadMeterTest {

    /** snnTorch keeps threshold, beta and a factor of gradedness as float32 and the reset's kind as int64 in each layer. */
    private static final int BYTES_OF_A_LAYER = 3 * 4 + 8;

    @ParameterizedTest
    @ValueSource(
            strings = {"neurobench_bias_subtract", "neurobench_nobias_zero", "neurobench_none", "neurobench_real_input"
            })
    void shouldCountAsNeuroBenchDoes(String name) {
        GoldenFile golden = GoldenFile.open(name);
        var meter = new WorkloadMeter();
        for (int l = 1; l <= 2; l++) {
            int[] shape = golden.shape("W" + l);
            meter.synapse(
                    shape[1],
                    Tensor.matrix(shape[1], shape[0], transposed(golden.floats("W" + l), shape[0], shape[1])));
            boolean biased = golden.has("b" + l);
            meter.besides(
                    biased ? shape[0] : 0, 4L * (shape[0] * shape[1] + (biased ? shape[0] : 0)) + BYTES_OF_A_LAYER);
        }
        int samples = golden.shape("x")[0];
        int steps = golden.shape("x")[1];
        int batch = golden.params().get("batch_size").asInt();
        for (int from = 0; from < samples; from += batch) {
            int count = Math.min(batch, samples - from);
            meter.samples(count);
            meter.call(0, steps, count, sequence(golden, "x", from, count));
            meter.neurons(
                    "1", steps, count, sequence(golden, "spk1", from, count), sequence(golden, "mem1", from, count));
            meter.call(1, steps, count, sequence(golden, "spk1", from, count));
            meter.neurons(
                    "3", steps, count, sequence(golden, "spk2", from, count), sequence(golden, "mem2", from, count));
        }
        JsonNode expected = golden.params().get("results");
        WorkloadMeter.Workload found = meter.workload();
        assertThat(found.parameters()).isEqualTo(expected.get("ParameterCount").asLong());
        assertThat(found.footprintBytes()).isEqualTo(expected.get("Footprint").asLong());
        assertThat(found.connectionSparsity())
                .isCloseTo(expected.get("ConnectionSparsity").asDouble(), within(5e-5));
        assertThat(found.activationSparsity())
                .isCloseTo(expected.get("ActivationSparsity").asDouble(), within(1e-12));
        found.activationSparsityByLayer()
                .forEach((layer, sparsity) -> assertThat(sparsity)
                        .isCloseTo(
                                expected.get("ActivationSparsityByLayer")
                                        .get(layer)
                                        .asDouble(),
                                within(1e-12)));
        JsonNode operations = expected.get("SynapticOperations");
        assertThat(found.accumulations())
                .isCloseTo(operations.get("Effective_ACs").asDouble(), within(1e-9));
        assertThat(found.multiplications())
                .isCloseTo(operations.get("Effective_MACs").asDouble(), within(1e-9));
        assertThat(found.denseOperations()).isEqualTo(operations.get("Dense").asDouble());
        assertThat(found.membraneUpdates())
                .isCloseTo(expected.get("MembraneUpdates").asDouble(), within(1e-9));
    }

    @Test
    void shouldCountANetworkOfOurOwn() {
        Network network = Chips.network(5, 4, 3, 2);
        float[] input = new float[10 * 2 * 4];
        Arrays.fill(input, 0, 40, 1f);
        SequenceNetwork.Result result = new SequenceNetwork(network, Backends.named("scalar", 1)).forward(10, 2, input);
        WorkloadMeter meter = WorkloadMeter.of(network);
        meter.add(10, 2, result);
        WorkloadMeter.Workload found = meter.workload();
        assertThat(found.parameters()).isEqualTo(4 + 12 + 6);
        assertThat(found.footprintBytes()).isEqualTo(4L * (4 + 12 + 6 + 2 * (4 + 3 + 2)));
        assertThat(found.denseOperations()).isEqualTo(10.0 * (4 + 12 + 6));
        assertThat(found.activationSparsityByLayer()).containsOnlyKeys("layer0", "layer1", "layer2");
        // 40 of 80 inputs are 1, each with one weight of the diagonal
        assertThat(found.accumulations()).isGreaterThanOrEqualTo(20);
        assertThat(found.multiplications()).isZero();
    }

    private static float[] transposed(float[] w, int outputs, int inputs) {
        float[] t = new float[w.length];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                t[i * outputs + o] = w[o * inputs + i];
            }
        }
        return t;
    }

    /** {@code [T, B, N]} of some samples out of {@code [samples, T, N]}. */
    private static float[] sequence(GoldenFile golden, String tensor, int from, int count) {
        int[] shape = golden.shape(tensor);
        int steps = shape[1];
        int width = shape[2];
        float[] all = golden.floats(tensor);
        float[] rows = new float[steps * count * width];
        for (int b = 0; b < count; b++) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(all, ((from + b) * steps + t) * width, rows, (t * count + b) * width, width);
            }
        }
        return rows;
    }
}
