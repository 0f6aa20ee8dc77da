package io.keyspike.trainer.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.StreamQuality.Choice;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedRateTest {

    /** "easy" is heard whatever it may cost; "hard" takes all five false alarms that are allowed. */
    @Test
    void shouldGiveFalseAlarmsToTheKeywordThatGainsByThem() {
        var easy = new ThresholdCurve(10, List.of(point(0.2f, 5, 0), point(0.9f, 0, 1)));
        var hard = new ThresholdCurve(10, List.of(point(0.1f, 5, 1), point(0.5f, 2, 6), point(0.8f, 0, 9)));

        Map<String, Choice> chosen = thresholds(Map.of("easy", easy, "hard", hard), 2, 2.5);

        assertThat(threshold(chosen, "easy")).isEqualTo(0.9f);
        assertThat(threshold(chosen, "hard")).isEqualTo(0.1f);
        assertThat(Objects.requireNonNull(chosen.get("hard")).falseAlarmsPerHour())
                .isEqualTo(2.5);
    }

    /** Nothing is given away for a false alarm that saves no word. */
    @Test
    void shouldTakeTheHigherOfTwoThresholdsThatMissTheSame() {
        var curve = new ThresholdCurve(10, List.of(point(0.2f, 3, 4), point(0.4f, 1, 4), point(0.6f, 0, 9)));

        assertThat(threshold(thresholds(Map.of("yes", curve), 1, 10), "yes")).isEqualTo(0.4f);
    }

    /** Below 0.4 "no" is heard once more and stands for another word three times. */
    @Test
    void shouldWeighAKeywordTakenForAnotherAgainstMisses() {
        var curve = new ThresholdCurve(10, List.of(point(0.2f, 0, 3), point(0.4f, 0, 4), point(0.6f, 0, 9)));
        var quality = new StreamQuality("a test", 1, Map.of("no", curve));
        float[] chosen = new float[3];
        double[] weights = {0.3, 0.4, 2};
        for (int i = 0; i < weights.length; i++) {
            double weight = weights[i];
            chosen[i] = threshold(
                    SharedRate.thresholds(
                            quality,
                            1,
                            (keyword, threshold) -> weight * (threshold < 0.4f ? 6 : threshold < 0.6f ? 3 : 0)),
                    "no");
        }
        assertThat(chosen).containsExactly(0.2f, 0.4f, 0.6f);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldFindWhatTryingAllCombinationsFinds(long seed) {
        var r = new Random(seed);
        Map<String, ThresholdCurve> curves = new TreeMap<>();
        for (String keyword : List.of("a", "b", "c")) {
            curves.put(keyword, random(r));
        }
        int budget = r.nextInt(12);
        Map<String, Choice> chosen = thresholds(curves, 1, budget + 0.5);

        int[] best = {Integer.MAX_VALUE, Integer.MAX_VALUE};
        search(new ArrayList<>(curves.values()), 0, 0, 0, budget, best);
        int misses = 0;
        int falseAlarms = 0;
        for (Map.Entry<String, ThresholdCurve> e : curves.entrySet()) {
            ThresholdPoint at = Objects.requireNonNull(e.getValue().at(threshold(chosen, e.getKey())));
            misses += at.misses();
            falseAlarms += at.falseAlarms();
        }
        assertThat(List.of(misses, falseAlarms)).isEqualTo(List.of(best[0], best[1]));
    }

    @Test
    void shouldRefuseAKeywordThatIsNeverSaidAndARateThatNothingKeepsTo() {
        var silent = new ThresholdCurve(0, List.of(point(0.5f, 0, 0)));
        assertThatThrownBy(() -> thresholds(Map.of("yes", silent), 1, 1))
                .hasMessage("calibration: expected 'yes' to be said in the streams, so that it shows what a threshold"
                        + " misses; found it never");
        var loud = new ThresholdCurve(3, List.of(point(0.5f, 7, 0)));
        assertThatThrownBy(() -> thresholds(Map.of("yes", loud), 1, 6))
                .hasMessage("calibration: expected thresholds with at most 6.0 false alarms an hour of all keywords"
                        + " together, found none");
    }

    private static void search(
            List<ThresholdCurve> curves, int k, int misses, int falseAlarms, int budget, int[] best) {
        if (falseAlarms > budget) {
            return;
        }
        if (k == curves.size()) {
            if (misses < best[0] || (misses == best[0] && falseAlarms < best[1])) {
                best[0] = misses;
                best[1] = falseAlarms;
            }
            return;
        }
        for (ThresholdPoint point : curves.get(k).points()) {
            search(curves, k + 1, misses + point.misses(), falseAlarms + point.falseAlarms(), budget, best);
        }
    }

    private static ThresholdCurve random(Random r) {
        var points = new ArrayList<ThresholdPoint>();
        int falseAlarms = 0;
        int misses = 20;
        for (int i = 9; i >= 1; i--) {
            points.add(0, point(0.1f * i, falseAlarms, misses));
            falseAlarms += r.nextInt(3);
            misses = Math.max(0, misses - r.nextInt(5));
        }
        return new ThresholdCurve(20, points);
    }

    private static Map<String, Choice> thresholds(Map<String, ThresholdCurve> curves, double hours, double rate) {
        return SharedRate.thresholds(new StreamQuality("a test", hours, curves), rate, (keyword, threshold) -> 0);
    }

    private static float threshold(Map<String, Choice> chosen, String keyword) {
        return Objects.requireNonNull(chosen.get(keyword)).threshold();
    }

    private static ThresholdPoint point(float threshold, int falseAlarms, int misses) {
        return new ThresholdPoint(threshold, falseAlarms, misses);
    }
}
