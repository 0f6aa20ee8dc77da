package io.keyspike.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.models.decision.Decision;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.decision.DecisionState;
import io.keyspike.models.decision.KeywordDecision;
import io.keyspike.trainer.common.SplitMix;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeakClassifierTest {
    private static final double STEP_SECONDS = 0.02;
    private static final List<String> LABELS = List.of("yes", "no", "unknown", "silence");

    /** No label is ever reported, since a report makes the decision stage begin again. */
    private static DecisionSettings settings(double smoothingSeconds, double clipThreshold) {
        return new DecisionSettings(
                smoothingSeconds, 3.5f, Map.of(), 0.1, 0.8, 0, null, new ClipDecision(ClipRule.PEAK, 1, clipThreshold));
    }

    private static float[] outputs(int steps, int batch, double spread) {
        var random = new SplitMix(9, steps);
        float[] output = new float[steps * batch * LABELS.size()];
        for (int i = 0; i < output.length; i++) {
            output[i] = (float) (spread * random.nextGaussian());
        }
        return output;
    }

    private static void assertScoresOfTheStream(DecisionSettings settings, double spread) {
        for (int steps : new int[] {1, 13, 31, 64, 403}) {
            assertScoresOfTheStream(settings, spread, steps);
        }
    }

    private static void assertScoresOfTheStream(DecisionSettings settings, double spread, int steps) {
        int batch = 3;
        int n = LABELS.size();
        float[] output = outputs(steps, batch, spread);
        float[] scores = new float[steps * n];
        var peaks = new PeakScores(settings, LABELS, STEP_SECONDS);
        var decision = new Decision(settings, LABELS, STEP_SECONDS);
        for (int b = 0; b < batch; b++) {
            peaks.of(output, steps, batch, n, b, scores);
            DecisionState state = decision.newState();
            float[] step = new float[n];
            for (int t = 0; t < steps; t++) {
                System.arraycopy(output, (t * batch + b) * n, step, 0, n);
                decision.step(state, step, 0.1f);
                for (int k = 0; k < n; k++) {
                    assertThat(scores[t * n + k]).isEqualTo(state.score(k));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0.06, 1", "0.4, 0.2", "0.06, 40"})
    void shouldScoreAsTheDecisionStageDoesBitForBit(double smoothingSeconds, double spread) {
        assertScoresOfTheStream(settings(smoothingSeconds, 0.5), spread);
    }

    @Test
    void shouldSmoothAKeywordAsItsOwnSettingsSay() {
        var own = new KeywordDecision(0.3, null, null, null, null);
        assertScoresOfTheStream(settings(0.06, 0.5).each(0.9f, Map.of("no", own)), 1);
    }

    /** Outputs whose scores, without smoothing, are those given by step. */
    private static int classify(DecisionSettings settings, List<String> labels, double[]... scores) {
        int n = labels.size();
        float[] output = new float[scores.length * n];
        for (int t = 0; t < scores.length; t++) {
            for (int k = 0; k < n; k++) {
                output[t * n + k] = (float) (Math.log(scores[t][k]) / settings.scale());
            }
        }
        return ClipClassifier.of(settings, labels, STEP_SECONDS).classify(output, scores.length, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.15, 0.5})
    void shouldSayTheKeywordWithTheHighestScoreFromTheThresholdOn(double threshold) {
        DecisionSettings settings = settings(0, threshold);
        double[] other = {0.05, 0.05, 0.6, 0.3};
        double[] yes = {threshold + 0.02, 0.05, 0.93 - threshold - 0.02, 0.02};
        double[] nearly = {0.05, threshold - 0.02, 0.93 - threshold + 0.02, 0.02};
        assertThat(classify(settings, LABELS, other, yes, nearly)).isZero();
        assertThat(classify(settings, LABELS, other, nearly)).isEqualTo(2);
        double[] no = {0.05, threshold + 0.03, 0.92 - threshold - 0.03, 0.03};
        assertThat(classify(settings, LABELS, yes, no)).isEqualTo(1);
    }

    @Test
    void shouldSaySilenceWhereItHasHalfOfWhatIsNoKeyword() {
        DecisionSettings settings = settings(0, 0.5);
        double[] silence = {0.1, 0.1, 0.1, 0.7};
        double[] speech = {0.1, 0.1, 0.7, 0.1};
        assertThat(classify(settings, LABELS, silence, silence)).isEqualTo(3);
        assertThat(classify(settings, LABELS, silence, silence, speech)).isEqualTo(3);
        assertThat(classify(settings, LABELS, silence, speech, speech)).isEqualTo(2);
    }

    @Test
    void shouldDoWithoutALabelOfSilence() {
        List<String> labels = List.of("yes", "unknown");
        DecisionSettings settings =
                new DecisionSettings(0, 2, Map.of(), 0.1, 0.8, 0, null, new ClipDecision(ClipRule.PEAK, 1, 0.5));
        assertThat(classify(settings, labels, new double[] {0.4, 0.6})).isEqualTo(1);
        assertThat(classify(settings, labels, new double[] {0.4, 0.6}, new double[] {0.6, 0.4}))
                .isZero();
    }

    @Test
    void shouldLookAtOneSequenceOfTheBatch() {
        DecisionSettings settings = settings(0.06, 0.4);
        int steps = 20;
        int batch = 4;
        int n = LABELS.size();
        float[] output = outputs(steps, batch, 1);
        ClipClassifier classifier = ClipClassifier.of(settings, LABELS, STEP_SECONDS);
        for (int b = 0; b < batch; b++) {
            float[] alone = new float[steps * n];
            for (int t = 0; t < steps; t++) {
                System.arraycopy(output, (t * batch + b) * n, alone, t * n, n);
            }
            assertThat(classifier.classify(output, steps, batch, b)).isEqualTo(classifier.classify(alone, steps, 1, 0));
        }
    }
}
