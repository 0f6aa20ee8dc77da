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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks whose layers do not form a chain, or whose neurons have synaptic currents, learn. */
class GraphTrainingTest {
    private static final int STEPS = 20;
    private static final int BATCH = 18;
    private static final int INPUTS = 9;

    private static String layers(String name) {
        return switch (name) {
            case "residual" -> """
                  - {name: first, width: 16, init: {deviation: 1.5}, neuron: {kind: lif}}
                  - {name: second, width: 16, init: {deviation: 1.5}, neuron: {kind: lif}}
                  - {name: out, inputs: [second, first], neuron: {kind: lif}}
                """;
            case "loop" -> """
                  - {name: first, width: 16, init: {deviation: 1.5}, neuron: {kind: lif}}
                  - {name: second, width: 16, inputs: [first, {from: third, delay: 1}], neuron: {kind: lif}}
                  - {name: third, width: 16, init: {deviation: 1.5}, dropout: 0.1, neuron: {kind: adaptive}}
                  - {name: out, neuron: {kind: lif}}
                """;
            case "delayed" -> """
                  - {name: first, width: 16, init: {deviation: 1.5}, neuron: {kind: lif}}
                  - {name: out, inputs: [{from: first, delay: 3}], neuron: {kind: lif}}
                """;
            case "currents" -> """
                  - {name: first, width: 16, init: {deviation: 1.5},
                     neuron: {kind: current, synapses: [5, 20], learn_alpha: true, learn_decay: true}}
                  - {name: out, neuron: {kind: lif}}
                """;
            default -> """
                  - {name: first, width: 16, neuron: {kind: current, tau_millis: Infinity, maximum_spikes: 8, floor: -1}}
                  - {name: out, neuron: {kind: lif}}
                """;
        };
    }

    private static List<float[]> learn(String name, String backend, int threads, List<Double> losses) {
        String network = "network:\n  surrogate: {kind: fast_sigmoid, slope: 4}\n";
        TrainingConfig config = ConfigReader.parse("data: {words: [a, b, c]}\noptimiser: {learning_rate: 0.01}\n"
                + network
                + (name.equals("wavesense")
                        ? "  wavesense: {dilations: [2, 4], tau_millis: 8, base_tau_millis: 8, dropout: 0.1, output: spikes}"
                        : "  layers:\n" + layers(name)));
        var trained = new TrainableNetwork(
                config.network(),
                INPUTS,
                3,
                0.004,
                5,
                Backends.named(backend, threads),
                STEPS,
                BATCH,
                Membranes.Precision.FLOAT32);
        var step = new TrainingStep(trained, config.loss(), config.optimiser(), 100, BATCH);
        var random = new SplitMix(8);
        float[] input = new float[STEPS * BATCH * INPUTS];
        int[] labels = new int[BATCH];
        for (int k = 0; k < input.length; k++) {
            int b = k / INPUTS % BATCH;
            labels[b] = b % 3;
            input[k] = random.nextFloat() * (k % INPUTS / 3 == b % 3 ? 2 : 1);
        }
        for (int i = 0; i < 30; i++) {
            losses.add(step.apply(new Pass(STEPS, BATCH, 0, i), input, labels).classification());
        }
        return trained.parameters().stream().map(Parameter::values).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"residual", "loop", "delayed", "currents", "counts", "wavesense"})
    void shouldLearnTheSameWithAnyNumberOfThreadsOnAnyBackend(String name) {
        var losses = new ArrayList<Double>();
        List<float[]> scalar = learn(name, "scalar", 1, losses);
        assertThat(losses.getLast()).isLessThan(0.9 * losses.getFirst());
        for (int threads : new int[] {1, 4}) {
            List<float[]> vector = learn(name, "vector", threads, new ArrayList<>());
            for (int p = 0; p < scalar.size(); p++) {
                assertThat(vector.get(p)).isEqualTo(scalar.get(p));
            }
        }
    }
}
