package io.keyspike.models.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.models.TestModels;
import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreReplayTest {

    private static final List<String> LABELS = List.of("yes", "no", "other");
    private static final double STEP = 0.01;
    private static final int STEPS = 20_000;

    /** Scores are recorded without any threshold, and decided with different ones, as the live decision does. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldReportWhatTheDecisionReportsLive(long seed) {
        var own = new KeywordDecision(0.02, 0.03, 0.3, 0.5f, false);
        DecisionSettings settings = new DecisionSettings(
                0.05,
                4f,
                Map.of(),
                0.02,
                0.1,
                0.05,
                new ActivityGate(6, 0, 0.05, -60),
                TestModels.CLIP,
                DecisionRule.EACH,
                0.9f,
                Map.of("no", own));
        // Above a half no two labels are due at one step.
        Map<String, Float> thresholds = Map.of("yes", 0.6f, "no", 0.55f);
        var recording = new Decision(settings, LABELS, STEP);
        var live = new Decision(settings.withThresholds(thresholds), LABELS, STEP);
        DecisionState recorded = recording.newState();
        DecisionState state = live.newState();
        float[][] scores = new float[LABELS.size()][STEPS];
        var open = new BitSet();
        var expected = new ArrayList<List<Integer>>(List.of(new ArrayList<>(), new ArrayList<>()));
        var r = new Random(seed);
        float[] output = new float[LABELS.size()];
        for (int step = 0; step < STEPS; step++) {
            if (step % 12 == 0) {
                output = new float[] {r.nextFloat(), r.nextFloat(), r.nextFloat()};
            }
            float level = step / 40 % 2 == 0 ? 0.1f : 0.001f;
            recording.step(recorded, output, level);
            for (int label = 0; label < LABELS.size(); label++) {
                scores[label][step] = recorded.score(label);
            }
            open.set(step, recorded.gateOpen());
            int reported = live.step(state, output, level);
            if (reported != Decision.NOTHING) {
                expected.get(reported).add(step);
            }
        }
        assertThat(open.cardinality()).isBetween(STEPS / 10, STEPS - STEPS / 10);

        for (int label = 0; label < 2; label++) {
            String word = LABELS.get(label);
            assertThat(expected.get(label)).hasSizeGreaterThan(20);
            var replayed = new ArrayList<Integer>();
            new ScoreReplay(settings, word, STEP)
                    .run(steps(scores[label], open), thresholds.getOrDefault(word, 1f), replayed::add);
            assertThat(replayed).as(word).isEqualTo(expected.get(label));
        }
    }

    @Test
    void shouldRefuseTheRuleWhoseScoresDependOnReports() {
        assertThatThrownBy(() -> new ScoreReplay(TestModels.decision(LABELS, 0.5f), "yes", STEP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "replay: expected a decision by the rule 'each', where scores do not depend on reports, found"
                                + " one by the rule 'best'");
    }

    private static ScoreReplay.Steps steps(float[] scores, BitSet open) {
        return new ScoreReplay.Steps() {
            @Override
            public int steps() {
                return scores.length;
            }

            @Override
            public float score(int step) {
                return scores[step];
            }

            @Override
            public boolean open(int step) {
                return open.get(step);
            }
        };
    }
}
