package io.keyspike.trainer.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.NetworkConfig;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Normalisation of batches that are learnt in parts, against that of whole ones. */
class PartedNormTest {
    private static final int STEPS = 12;
    private static final int BATCH = 22;
    private static final int INPUTS = 7;
    private static final int CLASSES = 3;

    private static final NetworkConfig CONFIG = ConfigReader.parse("""
            data: {words: [a, b, c]}
            loss: {rule: maximum}
            network:
              surrogate: {kind: fast_sigmoid, slope: 2}
              layers:
                - {name: hidden, width: 10, bias: true, batch_norm: true, neuron: {kind: adaptive}}
                - {name: out, bias: true, neuron: {kind: readout}}
            """).network();

    private static TrainableNetwork network(@Nullable Integer parts, String backend, int threads) {
        return new TrainableNetwork(
                CONFIG,
                INPUTS,
                CLASSES,
                0.001,
                5,
                Backends.named(backend, threads),
                STEPS,
                BATCH,
                Membranes.Precision.FLOAT32,
                parts);
    }

    private static float[] random(int length, long seed) {
        var random = new SplitMix(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = 2 * random.nextFloat() - 0.5f;
        }
        return values;
    }

    /** The gradient of an output is a fixed number for each of its values. */
    private static void learnInParts(TrainableNetwork network, Pass pass, float[] input, float[] outputGradient) {
        network.learn(pass, input, false, (group, from, sequences, output, membrane, gradient) -> {
            int row = sequences * CLASSES;
            for (int t = 0; t < STEPS; t++) {
                System.arraycopy(outputGradient, (t * BATCH + from) * CLASSES, gradient, t * row, row);
            }
        });
    }

    private static void assertClose(List<float[]> found, List<float[]> expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            double largest = 0;
            for (float value : expected.get(i)) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int k = 0; k < expected.get(i).length; k++) {
                assertThat(found.get(i)[k]).isCloseTo(expected.get(i)[k], within((float) (tolerance * largest + 1e-6)));
            }
        }
    }

    @Test
    void shouldNormaliseOnePartAsAWholeBatch() {
        var pass = new Pass(STEPS, BATCH, 0, 3);
        float[] input = random(STEPS * BATCH * INPUTS, 1);
        float[] outputGradient = random(STEPS * BATCH * CLASSES, 2);
        TrainableNetwork whole = network(null, "vector", 2);
        assertThat(whole.sliceable()).isFalse();
        whole.forward(pass, input);
        whole.backward(pass, outputGradient.clone());
        TrainableNetwork parted = network(1, "vector", 2);
        assertThat(parted.sliceable()).isTrue();
        learnInParts(parted, pass, input, outputGradient);
        assertClose(
                parted.parameters().stream().map(Parameter::gradient).toList(),
                whole.parameters().stream().map(Parameter::gradient).toList(),
                1e-4);
        assertClose(parted.statistics(), whole.statistics(), 1e-4);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 16, 64})
    void shouldFollowTheStatisticsOfTheWholeBatch(int parts) {
        var pass = new Pass(STEPS, BATCH, 0, 3);
        float[] input = random(STEPS * BATCH * INPUTS, 1);
        float[] outputGradient = random(STEPS * BATCH * CLASSES, 2);
        TrainableNetwork whole = network(null, "vector", 2);
        whole.forward(pass, input);
        TrainableNetwork parted = network(parts, "vector", 2);
        learnInParts(parted, pass, input, outputGradient);
        assertThat(parted.groups(pass)).isLessThanOrEqualTo(parts).isGreaterThan(1);
        assertClose(parted.statistics(), whole.statistics(), 1e-4);
        TrainableNetwork scalar = network(parts, "scalar", 1);
        learnInParts(scalar, pass, input, outputGradient);
        for (int i = 0; i < scalar.parameters().size(); i++) {
            assertThat(scalar.parameters().get(i).gradient())
                    .isEqualTo(parted.parameters().get(i).gradient());
        }
        for (int i = 0; i < scalar.statistics().size(); i++) {
            assertThat(Arrays.equals(
                            scalar.statistics().get(i), parted.statistics().get(i)))
                    .isTrue();
        }
    }
}
