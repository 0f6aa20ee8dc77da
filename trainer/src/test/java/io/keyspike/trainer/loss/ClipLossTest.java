package io.keyspike.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.DecisionSettings.ClipRule;
import io.keyspike.testing.GoldenFile;
import io.keyspike.trainer.SplitMix;
import io.keyspike.trainer.config.LossConfig;
import io.keyspike.trainer.layers.Parameter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClipLossTest {

    private static LossConfig plain(ClipRule rule) {
        return new LossConfig(rule, 1, 0, 0.15f, 0, 0.9f, 0);
    }

    @Test
    void shouldMatchSnnTorchsCrossEntropyOnCounts() {
        assertMatches("ce_count_loss", "spk", ClipRule.SPIKE_COUNT);
    }

    @Test
    void shouldMatchSnnTorchsCrossEntropyOnTheLargestMembrane() {
        assertMatches("ce_max_membrane_loss", "mem", ClipRule.MAXIMUM);
    }

    private static void assertMatches(String loss, String input, ClipRule rule) {
        GoldenFile golden = GoldenFile.open("snntorch_losses");
        int[] shape = golden.shape(input);
        float[] output = golden.floats(input);
        int[] labels =
                Arrays.stream(golden.doubles("targets")).mapToInt(d -> (int) d).toArray();
        float[] gradient = new float[output.length];
        LossParts parts = new ClipLoss(plain(rule)).apply(output, shape[0], shape[1], shape[2], 0, labels, gradient);
        assertThat(parts.total()).isCloseTo(golden.doubles(loss + ".loss")[0], within(2e-6));
        double[] expected = golden.doubles(loss + ".grad");
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) gradient[i]).isCloseTo(expected[i], within(1e-7));
        }
    }

    @ParameterizedTest
    @EnumSource(ClipRule.class)
    void shouldGiveTheGradientThatDifferencesShow(ClipRule rule) {
        var config = new LossConfig(rule, 1.7f, 0.1f, 0.3f, rule == ClipRule.SPIKE_COUNT ? 4 : 0, 0.9f, 0);
        int steps = 5;
        int batch = 3;
        int outputs = 4;
        int firstStep = 2;
        var random = new SplitMix(3);
        float[] output = new float[steps * batch * outputs];
        for (int i = 0; i < output.length; i++) {
            output[i] = random.nextFloat();
        }
        int[] labels = {2, 0, 3};
        var loss = new ClipLoss(config);
        float[] gradient = new float[output.length];
        loss.apply(output, steps, batch, outputs, firstStep, labels, gradient);
        float[] unused = new float[output.length];
        for (int i = 0; i < output.length; i++) {
            float before = output[i];
            float h = 1e-3f;
            output[i] = before + h;
            double above = loss.apply(output, steps, batch, outputs, firstStep, labels, unused)
                    .total();
            output[i] = before - h;
            double below = loss.apply(output, steps, batch, outputs, firstStep, labels, unused)
                    .total();
            output[i] = before;
            assertThat((double) gradient[i]).isCloseTo((above - below) / (2 * h), within(2e-3));
            if (i < firstStep * batch * outputs) {
                assertThat(gradient[i]).isZero();
            }
        }
    }

    @Test
    void shouldCountHitsByTheFirstOfTheLargest() {
        float[] output = {1, 1, 0, /* second clip */ 0, 1, 1};
        float[] gradient = new float[6];
        LossParts parts =
                new ClipLoss(plain(ClipRule.SPIKE_COUNT)).apply(output, 1, 2, 3, 0, new int[] {0, 2}, gradient);
        assertThat(parts.correct()).isEqualTo(1);
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
}
