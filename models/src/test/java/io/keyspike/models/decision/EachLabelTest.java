package io.keyspike.models.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.models.TestModels;
import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EachLabelTest {

    private static final List<String> LABELS = List.of("yes", "no", "other");
    private static final double STEP = 0.01;
    private static final float LOUD = 0.1f;
    private static final int HOUR = 360_000;

    @Test
    void shouldReportALabelThatIsNotTheBest() {
        Decision decision = decision(settings(0, 0, 0, null, Map.of("yes", 0.3f)));

        // Scores 0.42, 0, 0.58: the label that is never reported is the best.
        assertThat(decision.step(decision.newState(), scores(0.42, 0.001, 0.58), LOUD))
                .isEqualTo(0);
    }

    @Test
    void shouldReportOnceWhateverHoldsTheScore() {
        Decision decision = decision(settings(0.1, 0.05, 0.5, null, Map.of("yes", 0.6f, "no", 0.3f)));

        assertThat(reports(decision, decision.newState(), scores(0.9, 0.05, 0.05), LOUD, HOUR))
                .hasSize(1);
        // And below the threshold of one label, above that of another, none disturbs the other.
        assertThat(reports(decision, decision.newState(), scores(0.5, 0.4, 0.1), LOUD, HOUR))
                .hasSize(1);
    }

    @Test
    void shouldReportAgainOnceTheScoreHasFallenBelowItsRelease() {
        Decision decision =
                decision(settings(0, 0, 0, null, Map.of("yes", 0.8f)).each(0.5f, Map.of()));
        DecisionState state = decision.newState();

        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 3)).containsExactly(0);
        // Below the threshold, but not below half of it.
        assertThat(reports(decision, state, scores(0.41, 0.3, 0.29), LOUD, 3)).isEmpty();
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 3)).isEmpty();
        assertThat(reports(decision, state, scores(0.39, 0.3, 0.31), LOUD, 1)).isEmpty();
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 3)).containsExactly(0);
    }

    @Test
    void shouldGiveEachKeywordTimesOfItsOwn() {
        var slow = new KeywordDecision(null, 0.04, 0.2, null, null);
        Decision decision = decision(
                settings(0, 0.02, 0.05, null, Map.of("yes", 0.6f, "no", 0.6f)).each(1, Map.of("no", slow)));

        assertThat(reportsOfPulses(decision, scores(0.9, 0.05, 0.05))).containsExactly(1, 8, 15, 22, 31, 38);
        assertThat(reportsOfPulses(decision, scores(0.05, 0.9, 0.05))).containsExactly(3, 27);
    }

    /** Five steps of a score and one without, for 40 steps. */
    private static List<Integer> reportsOfPulses(Decision decision, float[] output) {
        DecisionState state = decision.newState();
        var reports = new ArrayList<Integer>();
        for (int i = 0; i < 40; i++) {
            float[] now = i % 6 == 5 ? scores(0.3, 0.3, 0.4) : output;
            if (decision.step(state, now, LOUD) != Decision.NOTHING) {
                reports.add(i);
            }
        }
        return reports;
    }

    @Test
    void shouldLeaveOtherLabelsAndScoresUndisturbedByAReport() {
        Decision both = decision(settings(0.1, 0.03, 0.2, null, Map.of("yes", 0.6f, "no", 0.55f)));
        Decision one = decision(settings(0.1, 0.03, 0.2, null, Map.of("no", 0.55f)));
        DecisionState a = both.newState();
        DecisionState b = one.newState();
        var r = new Random(3);
        int yes = 0;
        int no = 0;
        float[] output = scores(0.3, 0.3, 0.4);
        for (int i = 0; i < 20_000; i++) {
            if (i % 20 == 0) {
                output = new float[] {4 * r.nextFloat(), 4 * r.nextFloat(), 2 * r.nextFloat()};
            }
            int label = both.step(a, output, LOUD);
            yes += label == 0 ? 1 : 0;
            no += label == 1 ? 1 : 0;
            assertThat(one.step(b, output, LOUD)).isEqualTo(label == 1 ? 1 : Decision.NOTHING);
            assertThat(a.score(1)).isEqualTo(b.score(1));
        }
        assertThat(yes).isGreaterThan(50);
        assertThat(no).isGreaterThan(50);
    }

    @Test
    void shouldReportOfTwoLabelsAtOneStepTheBetterFirst() {
        Decision decision = decision(settings(0, 0.02, 1, null, Map.of("yes", 0.3f, "no", 0.3f)));
        DecisionState state = decision.newState();

        assertThat(decision.step(state, scores(0.4, 0.5, 0.1), LOUD)).isEqualTo(Decision.NOTHING);
        assertThat(decision.step(state, scores(0.4, 0.5, 0.1), LOUD)).isEqualTo(1);
        assertThat(decision.step(state, scores(0.4, 0.5, 0.1), LOUD)).isEqualTo(0);
        assertThat(decision.step(state, scores(0.4, 0.5, 0.1), LOUD)).isEqualTo(Decision.NOTHING);
    }

    @Test
    void shouldGateOnlyTheKeywordsThatWantIt() {
        var free = new KeywordDecision(null, null, null, null, false);
        DecisionSettings settings = settings(0, 0, 0, new ActivityGate(10, 0, 0, -60), Map.of("yes", 0.6f, "no", 0.6f))
                .each(1, Map.of("no", free));
        Decision decision = decision(settings);

        assertThat(reports(decision, decision.newState(), scores(0.9, 0.05, 0.05), 0f, 5))
                .isEmpty();
        assertThat(reports(decision, decision.newState(), scores(0.05, 0.9, 0.05), 0f, 5))
                .containsExactly(0);
    }

    @Test
    void shouldReleaseALabelWhileTheGateIsClosed() {
        Decision decision = decision(settings(0, 0, 0, new ActivityGate(10, 0, 0, -60), Map.of("yes", 0.6f)));
        DecisionState state = decision.newState();
        decision.step(state, scores(0.3, 0.3, 0.4), 0f);

        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 2)).containsExactly(0);
        assertThat(reports(decision, state, scores(0.3, 0.3, 0.4), 0f, 2)).isEmpty();
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 2)).containsExactly(0);
    }

    @Test
    void shouldSmoothEachOutputByItsOwnTime() {
        var plain = new KeywordDecision(0.0, null, null, null, null);
        Decision decision =
                decision(settings(0.1, 0, 0, null, Map.of("yes", 0.6f)).each(1, Map.of("no", plain)));
        DecisionState state = decision.newState();
        decision.step(state, new float[] {1, 1, 1}, LOUD);

        assertThat(state.smoothed[1]).isEqualTo(1f);
        assertThat(state.smoothed[0]).isEqualTo(state.smoothed[2]).isEqualTo((float) -StrictMath.expm1(-STEP / 0.1));
    }

    @Test
    void shouldBridgeAGap() {
        Decision decision = decision(settings(0, 0.02, 0.1, null, Map.of("yes", 0.6f)));
        DecisionState state = decision.newState();
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 3)).containsExactly(1);
        decision.step(state, scores(0.3, 0.3, 0.4), LOUD);

        // 8 of 10 refractory steps were left, 4 are after the gap, then 2 to confirm.
        decision.bridgeGap(state, 4);
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 20)).containsExactly(5);
    }

    @Test
    void shouldCountTheWarmUpAndReleaseInIt() {
        DecisionSettings settings = settings(0, 0, 0, null, Map.of("yes", 0.6f));
        var warming = new DecisionSettings(
                0, 1f, settings.thresholds(), 0, 0, 0.03, null, TestModels.CLIP, DecisionRule.EACH, 1, Map.of());
        Decision decision = decision(warming);
        DecisionState state = decision.newState();

        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 10)).containsExactly(3);
        decision.bridgeGap(state, 1);
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 10))
                .as("still held")
                .isEmpty();
        decision.bridgeGap(state, 1);
        decision.step(state, scores(0.3, 0.3, 0.4), LOUD);
        assertThat(reports(decision, state, scores(0.9, 0.05, 0.05), LOUD, 10)).containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldContinueAfterRestoreAsIfNeverStopped(long seed) {
        var own = new KeywordDecision(0.02, 0.01, 0.3, 0.4f, false);
        Decision decision =
                decision(settings(0.05, 0.02, 0.1, new ActivityGate(6, 20, 0.05, -60), Map.of("yes", 0.5f, "no", 0.4f))
                        .each(0.9f, Map.of("no", own)));
        DecisionState straight = decision.newState();
        DecisionState stopped = decision.newState();
        var r = new Random(seed);
        int reported = 0;
        float[] output = scores(0.3, 0.3, 0.4);
        for (int i = 0; i < 4_000; i++) {
            if (i % 10 == 0) {
                output = new float[] {4 * r.nextFloat(), 4 * r.nextFloat(), 2 * r.nextFloat()};
            }
            float level = (float) Math.pow(10, (-60 + 50 * r.nextFloat()) / 20);
            if (r.nextInt(7) == 0) {
                ByteBuffer saved = ByteBuffer.allocate(stopped.byteSize());
                stopped.save(saved);
                assertThat(saved.remaining()).isZero();
                stopped = decision.newState();
                stopped.restore(saved.flip());
            }
            if (r.nextInt(200) == 0) {
                decision.bridgeGap(straight, 5);
                decision.bridgeGap(stopped, 5);
            }
            int label = decision.step(straight, output, level);
            reported += label == Decision.NOTHING ? 0 : 1;
            assertThat(decision.step(stopped, output, level)).isEqualTo(label);
        }
        assertThat(reported).isGreaterThan(10);
    }

    @Test
    void shouldRefuseBytesThatAreNoState() {
        Decision decision = decision(settings(0, 0, 0, null, Map.of("yes", 0.6f)));
        int labels = Float.BYTES * (LABELS.size() + 1) + 2 * Integer.BYTES;

        assertThatThrownBy(() -> restoreWith(decision, labels + 2 * Integer.BYTES, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("decision state: expected 0 or 1 for held, found 2 for label 0");
        assertThatThrownBy(() -> restoreWith(decision, labels + 3 * Integer.BYTES, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("decision state: expected counts of at least 0, found run -1 and refractory 0 for label 1");
    }

    private static void restoreWith(Decision decision, int at, int value) {
        DecisionState state = decision.newState();
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        state.save(saved);
        saved.putInt(at, value);
        state.restore(saved.flip());
    }

    @Test
    void shouldTakeOverFromTheOtherRule() {
        Map<String, Float> thresholds = Map.of("yes", 0.6f);
        Decision each = decision(settings(0, 0, 0.1, null, thresholds));
        Decision best = decision(new DecisionSettings(0, 1f, thresholds, 0, 0.1, 0, null, TestModels.CLIP));
        DecisionState before = best.newState();
        assertThat(reports(best, before, scores(0.9, 0.05, 0.05), LOUD, 4)).containsExactly(0);

        DecisionState after = each.newState();
        after.takeOver(before);
        // 7 of 10 refractory steps are left.
        assertThat(reports(each, after, scores(0.9, 0.05, 0.05), LOUD, 10)).containsExactly(7);

        DecisionState back = best.newState();
        back.takeOver(after);
        // 8 of 10 after the report two steps ago.
        assertThat(reports(best, back, scores(0.9, 0.05, 0.05), LOUD, 10)).containsExactly(8);
    }

    @Test
    void shouldRefuseSettingsOutOfRange() {
        DecisionSettings settings = settings(0, 0, 0, null, Map.of("yes", 0.6f));
        assertThatThrownBy(() -> settings.each(0, Map.of()))
                .hasMessage("decision: expected a release above 0 and up to 1, found 0.0");
        assertThatThrownBy(() -> new KeywordDecision(null, -1.0, null, null, null))
                .hasMessage("decision: expected 0.0 to 3600.0 for confirmSeconds, found -1.0");
        var nothing = new KeywordDecision(null, null, null, null, null);
        assertThatThrownBy(() -> decision(settings.each(1, Map.of("maybe", nothing))))
                .hasMessage("decision: expected settings for keywords among [yes, no, other], found some for maybe");
        assertThatThrownBy(() -> new DecisionSettings(
                        0, 1f, Map.of(), 0, 0, 0, null, TestModels.CLIP, DecisionRule.BEST, 0.5f, Map.of()))
                .hasMessage("decision: expected the rule 'each' for a release below 1 and for settings of single"
                        + " keywords, found the rule 'best'");
    }

    private static DecisionSettings settings(
            double smoothing,
            double confirm,
            double refractory,
            @Nullable ActivityGate gate,
            Map<String, Float> thresholds) {
        return new DecisionSettings(smoothing, 1f, thresholds, confirm, refractory, 0, gate, TestModels.CLIP)
                .each(1, Map.of());
    }

    private static Decision decision(DecisionSettings settings) {
        return new Decision(settings, LABELS, STEP);
    }

    /** Outputs whose softmax is this, at scale 1. */
    private static float[] scores(double... scores) {
        float[] outputs = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            outputs[i] = (float) Math.log(scores[i]);
        }
        return outputs;
    }

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
}
