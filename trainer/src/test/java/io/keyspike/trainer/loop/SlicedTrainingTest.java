package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.ClipLoss;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.loss.LossSlice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of learning in slices of a batch. */
class SlicedTrainingTest {
    private static final int STEPS = 20;
    private static final int BATCH = 37;
    private static final int INPUTS = 12;
    private static final int CLASSES = 3;

    private static final String LAYERS = """
              layers:
                - {name: first, width: 40, bias: true, neuron: {kind: lif, tau_millis: 20, learn_decay: true, learn_threshold: true}}
                - {name: second, width: 33, neuron: {kind: lif, tau_millis: 10, reset: zero}}
                - {name: third, width: 24, dropout: 0.2, neuron: {kind: adaptive}}
                - {name: out, bias: true, neuron: %s}
            """;

    private static final String SPIKING = "{kind: lif, tau_millis: 20}";
    private static final String READOUT = "{kind: readout}";

    private static TrainingConfig config(String output, String rest) {
        return ConfigReader.parse("data: {words: [a, b, c]}\nnetwork:\n  reset_detached: false\n"
                + "  surrogate: {kind: fast_sigmoid, slope: 2}\n" + LAYERS.formatted(output) + rest);
    }

    /** What one training step leaves: the loss, the gradients and the parameters, in their order. */
    private record Outcome(LossParts loss, List<float[]> gradients, List<float[]> values) {}

    private static Outcome outcome(
            TrainingConfig config, String backend, int threads, Membranes.Precision precision, Pass pass) {
        var network = new TrainableNetwork(
                config.network(), INPUTS, CLASSES, 0.001, 5, Backends.named(backend, threads), STEPS, BATCH, precision);
        var step = new TrainingStep(network, config.loss(), config.optimiser(), 100, BATCH);
        var random = new SplitMix(8);
        float[] once = new float[BATCH * INPUTS];
        for (int i = 0; i < once.length; i++) {
            once[i] = 2 * random.nextFloat();
        }
        float[] input = new float[STEPS * BATCH * INPUTS];
        for (int i = 0; i < input.length; i++) {
            input[i] = pass.randomKey() == 0 ? 2 * random.nextFloat() : once[i % once.length];
        }
        int[] labels = new int[BATCH];
        for (int b = 0; b < BATCH; b++) {
            labels[b] = b % CLASSES;
        }
        LossParts loss = step.apply(pass, pass.constantInput() ? once : input, labels);
        var gradients = new ArrayList<float[]>();
        var values = new ArrayList<float[]>();
        for (Parameter p : network.parameters()) {
            gradients.add(p.gradient());
            values.add(p.values());
        }
        return new Outcome(loss, gradients, values);
    }

    private static void assertSameBits(Outcome found, Outcome expected) {
        assertThat(found.loss()).isEqualTo(expected.loss());
        for (int i = 0; i < expected.gradients().size(); i++) {
            assertThat(found.gradients().get(i)).isEqualTo(expected.gradients().get(i));
            assertThat(found.values().get(i)).isEqualTo(expected.values().get(i));
        }
    }

    private static void assertClose(Outcome found, Outcome expected, double tolerance) {
        assertThat(found.loss().classification()).isCloseTo(expected.loss().classification(), within(1e-6));
        for (int i = 0; i < expected.gradients().size(); i++) {
            float[] e = expected.gradients().get(i);
            float[] f = found.gradients().get(i);
            double norm = 0;
            double difference = 0;
            for (int k = 0; k < e.length; k++) {
                norm += (double) e[k] * e[k];
                difference += (double) (e[k] - f[k]) * (e[k] - f[k]);
            }
            assertThat(norm).isPositive();
            assertThat(Math.sqrt(difference / norm)).as("gradient %d", i).isLessThan(tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SPIKING, READOUT})
    void shouldLearnTheSameWithAnyNumberOfThreadsOnAnyBackend(String output) {
        TrainingConfig config = config(output, output.equals(READOUT) ? "loss: {rule: maximum}\n" : "");
        var pass = new Pass(STEPS, BATCH, 0, 0);
        Outcome scalar = outcome(config, "scalar", 1, Membranes.Precision.FLOAT32, pass);
        for (int threads : new int[] {1, 2, 4, 8}) {
            assertSameBits(outcome(config, "vector", threads, Membranes.Precision.FLOAT32, pass), scalar);
        }
    }

    @Test
    void shouldLearnTheSameFromMembranesIn16BitsWithAnyNumberOfThreads() {
        TrainingConfig config = config(SPIKING, "");
        var pass = new Pass(STEPS, BATCH, 0, 0);
        Outcome scalar = outcome(config, "scalar", 1, Membranes.Precision.FLOAT16, pass);
        for (int threads : new int[] {1, 2, 4, 8}) {
            assertSameBits(outcome(config, "vector", threads, Membranes.Precision.FLOAT16, pass), scalar);
        }
        Outcome exact = outcome(config, "vector", 2, Membranes.Precision.FLOAT32, pass);
        assertClose(scalar, exact, 0.01);
        assertThat(scalar.gradients().getFirst()).isNotEqualTo(exact.gradients().getFirst());
    }

    @Test
    void shouldAddTheSlicesUpToTheWholeBatch() {
        // dropout is drawn for each slice, so it is left out
        String without = LAYERS.replace(", dropout: 0.2", "").formatted(READOUT);
        TrainingConfig config = ConfigReader.parse("data: {words: [a, b, c]}\nnetwork:\n  reset_detached: false\n"
                + "  surrogate: {kind: fast_sigmoid, slope: 2}\n" + without + "loss: {rule: maximum}\n");
        var pass = new Pass(STEPS, BATCH, 3, 0);
        Outcome slices = outcome(config, "vector", 2, Membranes.Precision.FLOAT32, pass);
        var network = new TrainableNetwork(
                config.network(), INPUTS, CLASSES, 0.001, 5, Backends.named("vector", 2), STEPS, BATCH);
        assertThat(network.groups()).isGreaterThan(1);
        assertClose(whole(config, pass), slices, 1e-4);
    }

    /** The batch in one piece, by the network's own two passes. */
    private static Outcome whole(TrainingConfig config, Pass pass) {
        var network = new TrainableNetwork(
                config.network(), INPUTS, CLASSES, 0.001, 5, Backends.named("vector", 2), STEPS, BATCH);
        var random = new SplitMix(8);
        for (int i = 0; i < BATCH * INPUTS; i++) {
            random.nextFloat();
        }
        float[] input = new float[STEPS * BATCH * INPUTS];
        for (int i = 0; i < input.length; i++) {
            input[i] = 2 * random.nextFloat();
        }
        int[] labels = new int[BATCH];
        for (int b = 0; b < BATCH; b++) {
            labels[b] = b % CLASSES;
        }
        var loss = ClipLoss.of(config.loss(), CLASSES, BATCH);
        float[] gradient = new float[STEPS * BATCH * CLASSES];
        LossParts parts = loss.apply(
                LossSlice.whole(STEPS, pass.firstStep(), BATCH, labels), network.forward(pass, input), null, gradient);
        network.backward(pass, gradient);
        List<float[]> gradients =
                network.parameters().stream().map(Parameter::gradient).toList();
        return new Outcome(parts, gradients, List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lif, tau_millis: 20", "adaptive"})
    void shouldLearnFromAConstantInputAsFromItsRepetition(String kind) {
        String layers = "  layers:\n    - {name: first, width: 40, bias: true, neuron: {kind: " + kind + "}}\n"
                + "    - {name: out, neuron: {kind: lif, tau_millis: 10}}\n";
        TrainingConfig config = ConfigReader.parse("data: {words: [a, b, c]}\nnetwork:\n  reset_detached: false\n"
                + "  surrogate: {kind: fast_sigmoid, slope: 2}\n" + layers);
        var pass = new Pass(STEPS, BATCH, 0, 1);
        Outcome repeated = outcome(config, "vector", 2, Membranes.Precision.FLOAT32, pass);
        Outcome constant = outcome(config, "vector", 2, Membranes.Precision.FLOAT32, pass.withConstantInput());
        assertClose(constant, repeated, 1e-4);
        assertSameBits(outcome(config, "scalar", 1, Membranes.Precision.FLOAT32, pass.withConstantInput()), constant);
    }
}
