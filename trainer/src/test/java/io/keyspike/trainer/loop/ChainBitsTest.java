package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What chains of layers have learnt after some steps, to the last bit, as it was before layers could form graphs. */
class ChainBitsTest {
    private static final int STEPS = 18;
    private static final int BATCH = 21;
    private static final int INPUTS = 10;

    private static String layers(String name) {
        return switch (name) {
            case "lif" -> """
                  - {name: first, width: 40, bias: true, neuron: {kind: lif, learn_decay: true, learn_threshold: true}}
                  - {name: second, width: 33, neuron: {kind: lif, tau_millis: 10, reset: zero}}
                  - {name: third, width: 24, dropout: 0.2, neuron: {kind: lif}}
                  - {name: out, bias: true, neuron: {kind: lif}}
                """;
            case "adaptive" -> """
                  - {name: first, width: 24, batch_norm: true, neuron: {kind: adaptive}}
                  - {name: second, width: 20, batch_norm: true, rates: {multipliers: [2.0]}, neuron: {kind: adaptive}}
                  - {name: out, bias: true, neuron: {kind: readout}}
                """;
            case "leaky" -> """
                  - {name: first, width: 24, init: {deviation: 1.5}, recurrent: true,
                     neuron: {kind: leaky, beta: 0.8, learn_decay: true}}
                  - {name: second, width: 18, recurrent: true, neuron: {kind: lif, tau_millis: 10}}
                  - {name: out, init: {deviation: 1.5}, neuron: {kind: synaptic, learn_alpha: true}}
                """;
            case "hardware" -> """
                  - {name: front, synapse: diagonal, init: {kind: normal, mean: 1.2, deviation: 0.2},
                     neuron: {kind: hardware, tau_millis: 30, reset: zero}}
                  - {name: hidden, width: 24, init: {deviation: 1.5}, neuron: {kind: hardware, tau_millis: 30}}
                  - {name: out, init: {kind: normal, mean: 0.3, deviation: 0.5}, neuron: {kind: hardware, tau_millis: 60}}
                """;
            default -> """
                  - {name: first, width: 40, bias: true, neuron: {kind: lif}}
                  - {name: out, neuron: {kind: lif, tau_millis: 10}}
                """;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "lif, scalar, 1", "lif, vector, 2",
        "adaptive, scalar, 1", "adaptive, vector, 2",
        "leaky, scalar, 1", "leaky, vector, 2",
        "hardware, scalar, 1", "hardware, vector, 2",
        "constant, scalar, 1", "constant, vector, 2"
    })
    void shouldLearnTheSameBitsAsEver(String name, String backend, int threads) {
        String rule = name.equals("adaptive") ? "loss: {rule: maximum}\n" : "";
        TrainingConfig config = ConfigReader.parse("data: {words: [a, b, c]}\noptimiser: {learning_rate: 0.01}\n" + rule
                + "network:\n  surrogate: {kind: fast_sigmoid, slope: 4}\n  layers:\n" + layers(name));
        var network = new TrainableNetwork(
                config.network(),
                INPUTS,
                3,
                0.004,
                5,
                Backends.named(backend, threads),
                STEPS,
                BATCH,
                name.equals("hardware") ? Membranes.Precision.FLOAT16 : Membranes.Precision.FLOAT32);
        var step = new TrainingStep(network, config.loss(), config.optimiser(), 100, BATCH);
        var random = new SplitMix(8);
        boolean constant = name.equals("constant");
        for (int i = 0; i < 5; i++) {
            var pass = new Pass(STEPS, BATCH, name.equals("adaptive") ? 3 : 0, i);
            float[] input = new float[(constant ? 1 : STEPS) * BATCH * INPUTS];
            for (int k = 0; k < input.length; k++) {
                input[k] = 2 * random.nextFloat();
            }
            int[] labels = new int[BATCH];
            for (int b = 0; b < BATCH; b++) {
                labels[b] = (b + i) % 3;
            }
            step.apply(constant ? pass.withConstantInput() : pass, input, labels);
        }
        assertThat(Long.toHexString(checksum(network))).isEqualTo(expected(name));
    }

    private static long checksum(TrainableNetwork network) {
        var crc = new CRC32();
        for (Parameter p : network.parameters()) {
            var bytes = ByteBuffer.allocate(4 * p.values().length);
            bytes.asFloatBuffer().put(p.values());
            crc.update(bytes.array());
        }
        return crc.getValue();
    }

    private static String expected(String name) {
        return switch (name) {
            case "lif" -> "e185e777";
            case "adaptive" -> "1ca89405";
            case "leaky" -> "388684e6";
            case "hardware" -> "b5bbbf66";
            default -> "e2eca102";
        };
    }
}
