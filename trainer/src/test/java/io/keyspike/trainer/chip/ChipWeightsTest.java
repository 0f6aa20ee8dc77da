package io.keyspike.trainer.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.SignGroups;
import io.keyspike.models.chip.WeightGrid;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ChipConfig;
import io.keyspike.trainer.config.ChipConfig.SignGroupRule;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.TimeConstantMismatch;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChipWeightsTest {

    private static final int INPUTS = 7;
    private static final int OUTPUTS = 4;

    private final ChipProfile h1 = h1();
    private final Parameter front = parameter("front", Parameter.Role.DIAGONAL, INPUTS, 1);
    private final Parameter dense = parameter("hidden", Parameter.Role.MATRIX, INPUTS * OUTPUTS, 2);
    private final List<Parameter> parameters = List.of(front, dense);
    private final TimeConstantMismatch leaks = new TimeConstantMismatch("hidden", new float[] {1, 1, 1, 1});

    private static ChipProfile h1() {
        try {
            return ChipProfiles.named("h1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Parameter parameter(String layer, Parameter.Role role, int size, long seed) {
        var random = new SplitMix(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.between(role == Parameter.Role.DIAGONAL ? 0.1 : -0.85, 0.85);
        }
        return new Parameter(layer, "weight", values, new float[size], role);
    }

    private ChipWeights weights(@Nullable Integer bits, double mismatch) {
        return new ChipWeights(
                h1,
                new ChipConfig("h1", bits, SignGroupRule.ANNEALED, List.of(0.2, 0.6), mismatch),
                parameters,
                List.of(leaks),
                INPUTS);
    }

    /** A smooth function of the loaded weights, in double, whose gradient is put where a backward pass would. */
    private double functionOfLoaded() {
        double sum = 0;
        for (Parameter p : parameters) {
            for (int i = 0; i < p.values().length; i++) {
                double k = 0.7 + 0.1 * (i % 5);
                sum += Math.sin(k * p.values()[i]);
                p.gradient()[i] = (float) (k * Math.cos(k * p.values()[i]));
            }
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.3, 0", "0.5, 1", "1, 0", "1, 2"})
    void shouldTurnGradientsOfWhatIsLoadedIntoThoseOfWhatIsLearnt(double progress, double mismatch) {
        ChipWeights weights = weights(0, mismatch);
        weights.load(progress, 99);
        functionOfLoaded();
        weights.unload();
        for (Parameter p : parameters) {
            float[] gradient = p.gradient().clone();
            for (int i = 0; i < p.values().length; i++) {
                float learnt = p.values()[i];
                float step = 1e-3f;
                p.values()[i] = learnt + step;
                double above = loadedValue(weights, progress);
                p.values()[i] = learnt - step;
                double below = loadedValue(weights, progress);
                p.values()[i] = learnt;
                assertThat((double) gradient[i]).isCloseTo((above - below) / (2 * step), within(2e-3));
            }
        }
    }

    private double loadedValue(ChipWeights weights, double progress) {
        weights.load(progress, 99);
        double value = functionOfLoaded();
        weights.unload();
        return value;
    }

    @Test
    void shouldRoundWithAStraightThroughGradientAndGiveTheLearntWeightsBack() {
        float[] learnt = dense.values().clone();
        ChipWeights weights = weights(null, 0);
        weights.load(0, 1);
        WeightGrid grid = h1.grid();
        for (int i = 0; i < learnt.length; i++) {
            assertThat(dense.values()[i]).isEqualTo(grid.nearest(learnt[i]));
            dense.gradient()[i] = i;
        }
        weights.unload();
        assertThat(dense.values()).isEqualTo(learnt);
        for (int i = 0; i < learnt.length; i++) {
            assertThat(dense.gradient()[i]).isEqualTo(i);
        }
    }

    @Test
    void shouldDrawMismatchByKey() {
        ChipWeights weights = weights(null, 1);
        weights.load(0, 5);
        float[] first = dense.values().clone();
        weights.unload();
        weights.load(0, 5);
        assertThat(dense.values()).isEqualTo(first);
        weights.unload();
        weights.load(0, 6);
        assertThat(dense.values()).isNotEqualTo(first);
        weights.unload();
    }

    @Test
    void shouldDrawTimeConstantsByKeyAndGiveBackThoseMeant() {
        ChipWeights weights = weights(null, 1);
        weights.load(0, 5);
        float[] first = leaks.factors().clone();
        assertThat(first).doesNotContain(1f).doesNotHaveDuplicates();
        weights.unload();
        assertThat(leaks.factors()).containsOnly(1f);
        weights.load(0, 6);
        assertThat(leaks.factors()).isNotEqualTo(first);
        weights.unload();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void shouldSpreadWhatItDrawsAsTheProfileSays(double mismatch) {
        ChipWeights weights = weights(0, mismatch);
        float[] meant = front.values().clone();
        double weightSquares = 0;
        double leakSquares = 0;
        int batches = 2_000;
        for (int batch = 0; batch < batches; batch++) {
            weights.load(0, batch);
            for (int i = 0; i < INPUTS; i++) {
                weightSquares += Math.pow(front.values()[i] / meant[i] - 1, 2);
            }
            for (float factor : leaks.factors()) {
                leakSquares += Math.pow(factor - 1, 2);
            }
            weights.unload();
        }
        ChipProfile.Mismatch sigma = h1.mismatch().times(mismatch);
        // of the quotient of a weight and a threshold: what is left out is of the fourth order
        assertThat(Math.sqrt(weightSquares / batches / INPUTS))
                .isCloseTo(Math.hypot(sigma.weight(), sigma.threshold()), withinPercentage(6));
        assertThat(Math.sqrt(leakSquares / batches / leaks.factors().length))
                .isCloseTo(sigma.leak(), withinPercentage(6));
    }

    @Test
    void shouldFadeOpposingWeightsAndHoldThemAtZeroAfterwards() {
        ChipWeights weights = weights(0, 0);
        var groups = new SignGroups(INPUTS, OUTPUTS, 5);
        float[] learnt = dense.values().clone();
        weights.load(0.4, 1);
        int faded = 0;
        for (int g = 0; g < groups.perNeuron(); g++) {
            for (int n = 0; n < OUTPUTS; n++) {
                int sign = groups.sign(learnt, g, n);
                for (int i = groups.first(g); i < groups.end(g); i++) {
                    int at = i * OUTPUTS + n;
                    boolean opposes = learnt[at] * sign < 0;
                    faded += opposes ? 1 : 0;
                    assertThat(dense.values()[at]).isCloseTo(opposes ? learnt[at] / 2 : learnt[at], within(1e-6f));
                }
            }
        }
        assertThat(faded).isPositive();
        weights.unload();

        weights.project(0.4);
        assertThat(dense.values()).isEqualTo(learnt);
        weights.project(0.6);
        for (int g = 0; g < groups.perNeuron(); g++) {
            for (int n = 0; n < OUTPUTS; n++) {
                assertThat(groups.aligned(dense.values(), g, n, groups.sign(dense.values(), g, n)))
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void shouldExportWhatAnIdealChipStoresWhateverTheProgress(double mismatch) {
        ChipWeights weights = weights(null, mismatch);
        float[] learnt = dense.values().clone();
        float[] stored = weights.withStored(() -> dense.values().clone());
        float[] wanted = learnt.clone();
        new SignGroups(INPUTS, OUTPUTS, 5).align(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(stored[i]).isEqualTo(h1.grid().nearest(wanted[i]));
        }
        assertThat(dense.values()).isEqualTo(learnt);
    }

    @Test
    void shouldKeepTheFrontEndPositiveAndWeightsInRange() {
        front.values()[0] = -0.5f;
        dense.values()[3] = 2;
        weights(null, 0).project(0);
        assertThat(front.values()[0]).isEqualTo(h1.grid().step());
        assertThat(dense.values()[3]).isEqualTo(0.9f);
    }
}
