package io.keyspike.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.testing.GoldenFile;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.config.LossConfig.Kind;
import io.keyspike.trainer.layers.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClipLossTest {
    private static final int STEPS = 5;
    private static final int BATCH = 6;
    private static final int OUTPUTS = 4;
    private static final int FIRST_STEP = 2;

    private static LossConfig config(
            Kind kind, ClipRule rule, double correctTarget, double otherTarget, int population) {
        return new LossConfig(kind, rule, 1, 0, correctTarget, otherTarget, population, 0.15f, 0, 0.9f, 0, 0);
    }

    private static LossConfig plain(Kind kind, ClipRule rule) {
        return config(kind, rule, 1, 0, 1);
    }

    private static int[] integers(GoldenFile golden, String name) {
        return Arrays.stream(golden.doubles(name)).mapToInt(d -> (int) d).toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "ce_count_loss,            CROSS_ENTROPY,          1,    0,    1",
        "ce_count_loss_pop,        CROSS_ENTROPY,          1,    0,    2",
        "ce_rate_loss,             CROSS_ENTROPY_RATE,     1,    0,    1",
        "ce_max_membrane_loss,     CROSS_ENTROPY_MEMBRANE, 1,    0,    1",
        "mse_count_loss,           MEAN_SQUARED_COUNT,     1,    0,    1",
        "mse_count_loss_0.79_0.14, MEAN_SQUARED_COUNT,     0.79, 0.14, 1",
        "mse_count_loss_pop,       MEAN_SQUARED_COUNT,     0.79, 0.14, 2",
        "mse_membrane_loss,        MEAN_SQUARED_MEMBRANE,  1.2,  0.1,  1"
    })
    void shouldEqualSnnTorch(String name, Kind kind, double correctTarget, double otherTarget, int population) {
        GoldenFile golden = GoldenFile.open("snntorch_losses");
        int[] shape = golden.shape("spk");
        float[] membrane = golden.floats("mem");
        int[] labels = integers(golden, population == 1 ? "targets" : "targets_pop");
        LossConfig config = config(kind, ClipRule.SPIKE_COUNT, correctTarget, otherTarget, population);
        float[] gradient = new float[membrane.length];
        Arrays.fill(gradient, Float.NaN);
        LossParts parts = ClipLoss.of(config, shape[2], shape[1])
                .apply(
                        LossSlice.whole(shape[0], 0, shape[1], labels),
                        golden.floats("spk"),
                        kind.onMembranes() ? membrane : null,
                        gradient);
        assertThat(parts.total()).isCloseTo(golden.doubles(name + ".loss")[0], within(2e-6));
        double[] expected = golden.doubles(name + ".grad");
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) gradient[i]).isCloseTo(expected[i], within(1e-7));
        }
    }

    @ParameterizedTest
    @CsvSource({"accuracy_rate, targets_acc, 1", "accuracy_rate_pop, targets_pop, 2"})
    void shouldCountHitsAsSnnTorchsRateAccuracy(String name, String targets, int population) {
        GoldenFile golden = GoldenFile.open("snntorch_losses");
        int[] shape = golden.shape("spk");
        float[] output = golden.floats("spk");
        LossSlice slice = LossSlice.whole(shape[0], 0, shape[1], integers(golden, targets));
        for (Kind kind : List.of(Kind.CROSS_ENTROPY, Kind.MEAN_SQUARED_COUNT)) {
            LossParts parts = ClipLoss.of(config(kind, ClipRule.SPIKE_COUNT, 1, 0, population), shape[2], shape[1])
                    .apply(slice, output, null, new float[output.length]);
            assertThat((double) parts.correct() / shape[1]).isCloseTo(golden.doubles(name)[0], within(1e-7));
        }
    }

    @Test
    void shouldTellTheFirstSpikeAsSnnTorchsTemporalAccuracy() {
        GoldenFile golden = GoldenFile.open("snntorch_losses");
        int[] shape = golden.shape("spk");
        int[] labels = integers(golden, "targets_acc");
        float[] output = golden.floats("spk");
        int correct = 0;
        for (int b = 0; b < shape[1]; b++) {
            if (ClipScores.firstToSpike(output, shape[0], shape[1], shape[2], b) == labels[b]) {
                correct++;
            }
        }
        assertThat((double) correct / shape[1]).isCloseTo(golden.doubles("accuracy_temporal")[0], within(1e-7));
    }

    @Test
    void shouldTakeSilentNeuronsForTheLastToSpike() {
        float[] output = {0, 0, 0, /* second step */ 0, 1, 1};
        assertThat(ClipScores.firstToSpike(output, 2, 1, 3, 0)).isEqualTo(1);
    }

    /** Every kind with settings that are not the defaults. */
    static Stream<LossConfig> configurations() {
        var penalised =
                new LossConfig(Kind.CROSS_ENTROPY, ClipRule.SPIKE_COUNT, 1.7f, 0.1f, 1, 0, 1, 0.3f, 4, 0.9f, 0, 0);
        return Stream.concat(
                Stream.of(penalised),
                Stream.of(
                                plain(Kind.CROSS_ENTROPY, ClipRule.MAXIMUM),
                                plain(Kind.CROSS_ENTROPY, ClipRule.MEAN),
                                config(Kind.CROSS_ENTROPY, ClipRule.SPIKE_COUNT, 1, 0, 2),
                                plain(Kind.CROSS_ENTROPY_RATE, ClipRule.SPIKE_COUNT),
                                plain(Kind.CROSS_ENTROPY_MEMBRANE, ClipRule.SPIKE_COUNT),
                                config(Kind.MEAN_SQUARED_COUNT, ClipRule.SPIKE_COUNT, 0.8, 0.4, 2),
                                config(Kind.MEAN_SQUARED_MEMBRANE, ClipRule.SPIKE_COUNT, 1.1, -0.2, 1))
                        .map(c -> new LossConfig(
                                c.kind(),
                                c.rule(),
                                1.7f,
                                0.1f,
                                c.correctTarget(),
                                c.otherTarget(),
                                c.population(),
                                0.3f,
                                0,
                                0.9f,
                                0,
                                0)));
    }

    private static float[] random(long seed, int batch) {
        var random = new SplitMix(seed);
        float[] values = new float[STEPS * batch * OUTPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private static int[] labels(LossConfig config) {
        int[] labels = {2, 0, 3, 1, 1, 2};
        return Arrays.stream(labels)
                .map(k -> k % (OUTPUTS / config.population()))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void shouldGiveTheGradientThatDifferencesShow(LossConfig config) {
        float[] output = random(3, BATCH);
        float[] signal = config.kind().onMembranes() ? random(4, BATCH) : output;
        LossSlice slice = LossSlice.whole(STEPS, FIRST_STEP, BATCH, labels(config));
        ClipLoss loss = ClipLoss.of(config, OUTPUTS, BATCH);
        assertThat(loss.onMembranes()).isEqualTo(config.kind().onMembranes());
        float[] gradient = new float[output.length];
        Arrays.fill(gradient, Float.NaN);
        loss.apply(slice, output, signal, gradient);
        float[] unused = new float[output.length];
        for (int i = 0; i < output.length; i++) {
            float before = signal[i];
            float h = 1e-3f;
            signal[i] = before + h;
            double above = loss.apply(slice, output, signal, unused).total();
            signal[i] = before - h;
            double below = loss.apply(slice, output, signal, unused).total();
            signal[i] = before;
            assertThat((double) gradient[i]).isCloseTo((above - below) / (2 * h), within(2e-3));
            if (i < FIRST_STEP * BATCH * OUTPUTS) {
                assertThat(gradient[i]).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void shouldGiveTheBatchsGradientSliceBySlice(LossConfig config) {
        ClipLoss whole = ClipLoss.of(config, OUTPUTS, BATCH);
        float[] output = random(5, BATCH);
        float[] membrane = random(6, BATCH);
        float[] gradient = new float[output.length];
        LossParts expected =
                whole.apply(LossSlice.whole(STEPS, FIRST_STEP, BATCH, labels(config)), output, membrane, gradient);
        if (!whole.separable()) {
            assertThatThrownBy(() -> whole.apply(
                            new LossSlice(STEPS, FIRST_STEP, 2, labels(config), 0, BATCH), output, membrane, gradient))
                    .hasMessage("loss: expected the whole batch of 6 clips for a penalty on its firing rates,"
                            + " found a slice of 2");
            return;
        }
        LossParts sum = new LossParts(0, 0, 0, 0, 0);
        for (int[] cut : new int[][] {{0, 1}, {1, 3}, {4, 2}}) {
            float[] ofSlice = new float[STEPS * cut[1] * OUTPUTS];
            sum = sum.plus(ClipLoss.of(config, OUTPUTS, cut[1])
                    .apply(
                            new LossSlice(STEPS, FIRST_STEP, cut[1], labels(config), cut[0], BATCH),
                            slice(output, cut[0], cut[1]),
                            slice(membrane, cut[0], cut[1]),
                            ofSlice));
            assertThat(ofSlice).containsExactly(slice(gradient, cut[0], cut[1]));
        }
        assertThat(sum.total()).isCloseTo(expected.total(), within(1e-12));
        assertThat(sum.correct()).isEqualTo(expected.correct());
        assertThat(sum.clips()).isEqualTo(BATCH);
    }

    private static float[] slice(float[] all, int from, int count) {
        float[] part = new float[STEPS * count * OUTPUTS];
        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(all, (t * BATCH + from) * OUTPUTS, part, t * count * OUTPUTS, count * OUTPUTS);
        }
        return part;
    }

    @Test
    void shouldCountHitsByTheFirstOfTheLargest() {
        float[] output = {1, 1, 0, /* second clip */ 0, 1, 1};
        LossSlice slice = LossSlice.whole(1, 0, 2, new int[] {0, 2});
        for (Kind kind : Kind.values()) {
            LossParts parts =
                    ClipLoss.of(plain(kind, ClipRule.SPIKE_COUNT), 3, 2).apply(slice, output, output, new float[6]);
            assertThat(parts.correct()).as("%s", kind).isEqualTo(1);
        }
        assertThat(ClipScores.classify(ClipRule.SPIKE_COUNT, output, 1, 2, 3, 1))
                .isEqualTo(1);
    }

    @Test
    void shouldPenaliseOnlySynapticWeightsBeyondTheLimit() {
        var weight = new Parameter("l", "weight", new float[] {0.5f, -1.4f}, new float[2], Parameter.Role.MATRIX);
        var bias = new Parameter("l", "bias", new float[] {5}, new float[1], Parameter.Role.OTHER);
        double loss = new WeightLoss.Magnitude(0.9f, 2).apply(List.of(weight, bias));
        assertThat(loss).isCloseTo(2 * 0.5 * 0.5, within(1e-6));
        assertThat(weight.gradient()[0]).isZero();
        assertThat(weight.gradient()[1]).isCloseTo(-2f, within(1e-5f));
        assertThat(bias.gradient()[0]).isZero();
    }

    @Test
    void shouldTakeTheValueOfTheLastStepAlone() {
        var random = new SplitMix(6);
        float[] output = new float[STEPS * BATCH * OUTPUTS];
        for (int i = 0; i < output.length; i++) {
            output[i] = random.nextFloat();
        }
        int[] labels = {0, 1, 2, 3, 0, 1};
        float[] gradient = new float[output.length];
        Arrays.fill(gradient, Float.NaN);
        double loss = lossOfLast(output, labels, gradient);
        int last = (STEPS - 1) * BATCH * OUTPUTS;
        for (int i = 0; i < output.length; i++) {
            if (i < last) {
                assertThat(gradient[i]).isZero();
                continue;
            }
            float[] moved = output.clone();
            moved[i] += 1e-2f;
            double above = lossOfLast(moved, labels, new float[output.length]);
            moved[i] -= 2e-2f;
            double below = lossOfLast(moved, labels, new float[output.length]);
            assertThat((double) gradient[i]).isCloseTo((above - below) / 2e-2, within(1e-4));
        }
        assertThat(loss).isPositive();
        for (int b = 0; b < BATCH; b++) {
            int best = ClipScores.classify(ClipRule.LAST, output, STEPS, BATCH, OUTPUTS, b);
            for (int n = 0; n < OUTPUTS; n++) {
                assertThat(output[last + b * OUTPUTS + n]).isLessThanOrEqualTo(output[last + b * OUTPUTS + best]);
            }
        }
    }

    private static double lossOfLast(float[] output, int[] labels, float[] gradient) {
        return ClipLoss.of(plain(Kind.CROSS_ENTROPY, ClipRule.LAST), OUTPUTS, BATCH)
                .apply(new LossSlice(STEPS, FIRST_STEP, BATCH, labels, 0, BATCH), output, null, gradient)
                .classification();
    }
}
