package io.keyspike.models.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.TestModels;
import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionTest {

    private static final List<String> LABELS = List.of("yes", "no", "silence");
    private static final float LOWEST_THRESHOLD = 0.8f;
    private static final Map<String, Float> THRESHOLDS = Map.of("yes", 0.9f, "no", LOWEST_THRESHOLD);
    private static final double STEP = 0.01;
    private static final float LOUD = 0.1f;

    @Test
    void shouldReportTheBestLabelOnceItIsAboveItsThreshold() {
        Decision decision = decision(0, 0, 0, 0, null);
        DecisionState state = decision.newState();

        assertThat(decision.step(state, outputs(0, 0, 0), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(state.score(0)).isEqualTo(1 / 3f);
        assertThat(decision.step(state, outputs(0, 1, 0), LOUD)).isEqualTo(1);
        assertThat(state.score(1)).isCloseTo((float) (Math.exp(4) / (Math.exp(4) + 2)), within(1e-6f));
    }

    /** Most steps are decided by a bound, without the scores: nothing must be decided otherwise than by them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldDecideByTheScoresThemselves(long seed) {
        var random = new Random(seed);
        Decision decision = decision(0, 0, 0, 0, null);
        DecisionState state = decision.newState();
        int reported = 0;
        int bounded = 0;
        for (int i = 0; i < 20_000; i++) {
            float spread = random.nextFloat();
            float[] outputs = outputs(
                    spread * (float) random.nextGaussian(),
                    spread * (float) random.nextGaussian(),
                    spread * (float) random.nextGaussian());
            System.arraycopy(outputs, 0, state.smoothed, 0, outputs.length);
            state.scoresDue = true;
            float bound = state.bestScoreAtMost();
            int best = 0;
            for (int label = 1; label < outputs.length; label++) {
                best = state.score(label) > state.score(best) ? label : best;
            }
            assertThat(state.score(best)).as("%s", (Object) outputs).isLessThanOrEqualTo(bound);
            Float threshold = THRESHOLDS.get(LABELS.get(best));
            int expected = threshold != null && state.score(best) >= threshold ? best : Decision.NOTHING;
            assertThat(decision.step(state, outputs, LOUD))
                    .as("%s", (Object) outputs)
                    .isEqualTo(expected);
            reported += expected == Decision.NOTHING ? 0 : 1;
            bounded += bound < LOWEST_THRESHOLD ? 1 : 0;
        }
        assertThat(reported).isPositive();
        assertThat(bounded).isGreaterThan(10_000);
    }

    /** The bound of some labels' scores, where one that is not among them may stand far above. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldBoundTheScoresOfSomeLabels(long seed) {
        var random = new Random(seed);
        DecisionState state = decision(0, 0, 0, 0, null).newState();
        boolean[] among = {true, true, false};
        int small = 0;
        for (int i = 0; i < 20_000; i++) {
            float above = 6 * random.nextFloat();
            float[] outputs = outputs(
                    (float) random.nextGaussian(),
                    (float) random.nextGaussian(),
                    above + (float) random.nextGaussian());
            System.arraycopy(outputs, 0, state.smoothed, 0, outputs.length);
            state.scoresDue = true;
            float bound = state.bestScoreAtMost(among);
            assertThat(Math.max(state.score(0), state.score(1)))
                    .as("%s", (Object) outputs)
                    .isLessThanOrEqualTo(bound);
            small += bound < 0.1f && state.score(2) > 0.9f ? 1 : 0;
        }
        assertThat(small).isGreaterThan(10_000);
    }

    @Test
    void shouldNeverReportALabelWithoutThreshold() {
        Decision decision = decision(0, 0, 0, 0, null);
        DecisionState state = decision.newState();

        assertThat(decision.step(state, outputs(0, 0, 100), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(state.score(2)).isEqualTo(1f);
    }

    @Test
    void shouldReportWhenTheSameLabelStaysBestForTheConfirmationTime() {
        Decision decision = decision(0, 0.03, 0, 0, null);
        DecisionState state = decision.newState();

        assertThat(decision.step(state, outputs(1, 0, 0), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(decision.step(state, outputs(1, 0, 0), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(decision.step(state, outputs(0, 1, 0), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(decision.step(state, outputs(0, 1, 0), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(decision.step(state, outputs(0, 1, 0), LOUD)).isEqualTo(1);
    }

    @Test
    void shouldBeSilentInWarmUpAndRefractoryTime() {
        Decision decision = decision(0, 0, 0.05, 0.03, null);

        assertThat(reports(decision, decision.newState(), outputs(1, 0, 0), LOUD, 16))
                .containsExactly(3, 9, 15);
    }

    @Test
    void shouldSmoothExponentially() {
        Decision decision = decision(0.05, 0, 0, 0, null);
        DecisionState state = decision.newState();
        double smoothed = 0;
        double alpha = 1 - Math.exp(-STEP / 0.05);
        for (int i = 0; i < 5; i++) {
            smoothed += alpha * (0.2 - smoothed);
            decision.step(state, outputs(0.2f, 0, 0), LOUD);
            double e = Math.exp(4 * smoothed);
            assertThat(state.score(0)).isCloseTo((float) (e / (e + 2)), within(1e-6f));
        }
    }

    @Test
    void shouldStartSmoothingFromZeroAfterAReport() {
        Decision decision = decision(0.05, 0, 0, 0, null);
        DecisionState state = decision.newState();
        int steps = 0;
        while (decision.step(state, outputs(1, 0, 0), LOUD) == Decision.NOTHING) {
            steps++;
        }
        assertThat(steps).isGreaterThan(2);
        assertThat(state.score(0)).isGreaterThanOrEqualTo(0.9f);

        decision.step(state, outputs(0, 0, 0), LOUD);

        assertThat(state.score(0)).isEqualTo(1 / 3f);
    }

    @Test
    void shouldReportOnlyWhileSoundStandsOutFromTheBackground() {
        var gate = new ActivityGate(10, 100, 0.02, -60);
        Decision decision = decision(0, 0, 0, 0, gate);
        DecisionState state = decision.newState();

        // A background of -40 dB: the floor, at once. 9 dB more are not enough, 11 dB are, and the gate stays open 2
        // steps.
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-40), 3)).isEmpty();
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-31), 1)).isEmpty();
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-27), 1)).hasSize(1);
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-40), 5)).containsExactly(0, 1);
        // Louder for long: the floor rises 1 dB each step until it is background, 13 - 10 steps later.
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-27), 20)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldNotLetTheFloorFallBelowItsMinimum() {
        Decision decision = decision(0, 0, 0, 0, new ActivityGate(10, 0, 0, -60));
        DecisionState state = decision.newState();

        assertThat(reports(decision, state, outputs(1, 0, 0), 0f, 1)).isEmpty();
        assertThat(state.levelDb()).isEqualTo(DecisionState.SILENCE_DB);
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-51), 1)).isEmpty();
        assertThat(reports(decision, state, outputs(1, 0, 0), db(-49), 1)).hasSize(1);
    }

    @Test
    void shouldForgetOutputsButNotTheRefractoryTimeOverAGap() {
        Decision decision = decision(0, 0.02, 0.1, 0.03, null);
        DecisionState state = decision.newState();
        assertThat(reports(decision, state, outputs(1, 0, 0), LOUD, 5)).containsExactly(4);

        decision.bridgeGap(state, 4);

        // 6 of 10 refractory steps are left, longer than the new warm-up of 3; then 2 to confirm.
        assertThat(reports(decision, state, outputs(1, 0, 0), LOUD, 10)).containsExactly(7);
        decision.bridgeGap(state, Long.MAX_VALUE);
        assertThat(reports(decision, state, outputs(1, 0, 0), LOUD, 10)).containsExactly(4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldContinueAfterRestoreAsIfNeverStopped(long seed) {
        Decision decision = decision(0.05, 0.02, 0.1, 0.05, new ActivityGate(6, 20, 0.05, -60));
        DecisionState straight = decision.newState();
        DecisionState stopped = decision.newState();
        var r = new Random(seed);
        int reported = 0;
        for (int i = 0; i < 2_000; i++) {
            float[] output = outputs(r.nextInt(3), r.nextInt(3), r.nextInt(2));
            float level = db(-60 + 50 * r.nextFloat());
            if (r.nextInt(7) == 0) {
                ByteBuffer saved = ByteBuffer.allocate(stopped.byteSize());
                stopped.save(saved);
                stopped = decision.newState();
                stopped.restore(saved.flip());
            }
            int label = decision.step(straight, output, level);
            reported += label == Decision.NOTHING ? 0 : 1;
            assertThat(decision.step(stopped, output, level)).isEqualTo(label);
            assertThat(stopped.score(0)).isEqualTo(straight.score(0));
        }
        assertThat(reported).isGreaterThan(10);
    }

    @Test
    void shouldRefuseBytesThatAreNoState() {
        DecisionState state = decision(0, 0, 0, 0, null).newState();
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
        state.candidate = 3;
        state.save(saved);

        assertThatThrownBy(() -> state.restore(saved.flip()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("decision state: expected a candidate among 3 labels, found 3");
    }

    @Test
    void shouldRefuseSettingsOutOfRange() {
        assertThatThrownBy(() -> decision(-1, 0, 0, 0, null))
                .hasMessage("decision: expected 0.0 to 3600.0 for smoothingSeconds, found -1.0");
        assertThatThrownBy(() -> decision(0, Double.NaN, 0, 0, null)).hasMessageContaining("confirmSeconds, found NaN");
        assertThatThrownBy(() -> settings(0, 0, 0, 0, null, Map.of("yes", 1.5f)))
                .hasMessage("decision: expected a threshold above 0 and up to 1 for yes, found 1.5");
        assertThatThrownBy(() -> new Decision(settings(0, 0, 0, 0, null, Map.of("maybe", 0.5f)), LABELS, STEP))
                .hasMessage("decision: expected thresholds for labels [yes, no, silence], found one for maybe");
    }

    private static Decision decision(
            double smoothing, double confirm, double refractory, double warmUp, @Nullable ActivityGate gate) {
        return new Decision(settings(smoothing, confirm, refractory, warmUp, gate, THRESHOLDS), LABELS, STEP);
    }

    private static DecisionSettings settings(
            double smoothing,
            double confirm,
            double refractory,
            double warmUp,
            @Nullable ActivityGate gate,
            Map<String, Float> thresholds) {
        return new DecisionSettings(smoothing, 4f, thresholds, confirm, refractory, warmUp, gate, TestModels.CLIP);
    }

    /** At which of so many equal steps something was reported. */
    private static List<Integer> reports(
            Decision decision, DecisionState state, float[] output, float level, int steps) {
        var reports = new ArrayList<Integer>();
        for (int i = 0; i < steps; i++) {
            if (decision.step(state, output, level) != Decision.NOTHING) {
                reports.add(i);
            }
        }
        return reports;
    }

    private static float db(double db) {
        return (float) Math.pow(10, db / 20);
    }

    private static float[] outputs(float... values) {
        return values;
    }
}
