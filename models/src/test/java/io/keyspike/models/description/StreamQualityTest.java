package io.keyspike.models.description;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.description.StreamQuality.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StreamQualityTest {

    /** In 4 hours, from 100 false alarms to none: a factor 10 for each 2 of the logit. */
    private static final StreamQuality QUALITY = new StreamQuality(
            "4 h of speech",
            4,
            Map.of(
                    "yes",
                    curve(50, point(0, 100, 1), point(2, 10, 3), point(4, 1, 20), point(4.5, 0, 25)),
                    "no",
                    curve(0, point(0, 100, 0), point(2, 10, 0), point(4, 1, 0))));

    @Test
    void shouldChooseTheLowestThresholdThatKeepsToTheRate() {
        assertThat(QUALITY.thresholdsFor(25)).containsEntry("yes", new Choice(0.5f, 25, true));
        assertThat(QUALITY.thresholdsFor(1000)).containsEntry("yes", new Choice(0.5f, 25, true));
        assertThat(QUALITY.thresholdsFor(24.9)).containsEntry("yes", new Choice(score(2), 2.5, true));
        assertThat(QUALITY.thresholdsFor(0.25)).containsEntry("yes", new Choice(score(4), 0.25, true));
    }

    @Test
    void shouldContinueTheCurveBelowWhatTheHoursResolve() {
        Choice tenth = choice("yes", 0.025);
        assertThat(tenth.resolved()).isFalse();
        assertThat(logit(tenth.threshold())).isCloseTo(6, within(1e-3));
        assertThat(tenth.falseAlarmsPerHour()).isEqualTo(0.025, within(1e-9));
        // Between 1 and 0.56 false alarms the line lies below the threshold that had none.
        assertThat(choice("yes", 0.2)).isEqualTo(new Choice(score(4.5), 0.2, false));
        // A curve that ends with a false alarm goes on too.
        assertThat(logit(choice("no", 0.025).threshold())).isCloseTo(6, within(1e-3));
        assertThat(choice("no", 1e-30).threshold()).isEqualTo(Math.nextDown(1f));
    }

    @Test
    void shouldNeverLowerAThresholdForALowerRate() {
        for (String keyword : List.of("yes", "no")) {
            float before = 0;
            for (double rate = 100; rate > 1e-6; rate *= 0.97) {
                float threshold = choice(keyword, rate).threshold();
                assertThat(threshold).as("%s at %s/h", keyword, rate).isGreaterThanOrEqualTo(before);
                before = threshold;
            }
        }
    }

    @Test
    void shouldSayWhereACurveCannotBeContinued() {
        var flat = new StreamQuality(
                "x", 1, Map.of("never", curve(3, point(0, 0, 0)), "always", curve(3, point(-1, 7, 0), point(3, 7, 1))));

        assertThat(flat.thresholdsFor(0.1))
                .containsEntry("never", new Choice(0.5f, 0.1, false))
                .containsEntry("always", new Choice(score(3), 7, false));
        assertThat(flat.thresholdsFor(5)).containsEntry("always", new Choice(score(3), 7, false));
    }

    @Test
    void shouldTellWhatAThresholdLedTo() {
        assertThat(QUALITY.falseAlarmsPerHour("yes", 0.5f)).isEqualTo(25);
        assertThat(QUALITY.falseAlarmsPerHour("yes", 0.6f)).isEqualTo(25);
        assertThat(QUALITY.falseAlarmsPerHour("yes", 1f)).isZero();
        assertThat(QUALITY.falseAlarmsPerHour("yes", 0.4f)).isNull();
        assertThat(QUALITY.falseAlarmsPerHour("maybe", 0.5f)).isNull();
        assertThat(QUALITY.missRate("yes", 0.99f)).isEqualTo(25 / 50.0);
        assertThat(QUALITY.missRate("no", 0.99f)).isNull();
    }

    @Test
    void shouldKeepToARateThatTimesTheHoursIsAWholeNumber() {
        var quality = new StreamQuality("x", 100, Map.of("yes", curve(1, point(0, 29, 0), point(1, 2, 1))));

        assertThat(0.29 * 100).isLessThan(29);
        assertThat(quality.thresholdsFor(0.29)).containsEntry("yes", new Choice(0.5f, 0.29, true));
    }

    @Test
    void shouldStayWithAModelWhoseThresholdsChange() {
        KeywordModel plain = TestModels.hardwareModel("yes-no", 1, 0.7f);
        KeywordModel model = plain.withQuality(QUALITY);

        assertThat(model.withDecision(model.decision().withThresholds(Map.of("yes", 0.9f)))
                        .quality())
                .isEqualTo(QUALITY);
        assertThat(model.withDecision(model.decision().each(1, Map.of())).quality())
                .isNull();
        assertThat(model.withNetwork(model.network(), model.chip()).quality()).isNull();
        assertThat(model.thresholdsFor(2.5)).containsOnlyKeys("yes", "no");
        assertThat(model.withDecision(model.decision().withThresholds(Map.of("yes", 0.9f)))
                        .thresholdsFor(2.5))
                .containsOnlyKeys("yes");
        assertThatThrownBy(() -> plain.thresholdsFor(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("yes-no: expected a model with false alarms measured on streams, found one without;"
                        + " keyspike calibrate measures them");
        assertThatThrownBy(() -> model.thresholdsFor(0))
                .hasMessage("expected a rate of false alarms an hour above 0, found 0.0");
        var half = new StreamQuality("x", 1, Map.of("yes", curve(1, point(0, 1, 0))));
        assertThatThrownBy(() -> plain.withQuality(half).thresholdsFor(1))
                .hasMessageContaining("expected false alarms measured for [no, yes], found them for [yes]");
    }

    private static Choice choice(String keyword, double rate) {
        return Objects.requireNonNull(QUALITY.thresholdsFor(rate).get(keyword));
    }

    private static ThresholdCurve curve(int words, ThresholdPoint... points) {
        return new ThresholdCurve(words, new ArrayList<>(List.of(points)));
    }

    private static ThresholdPoint point(double logit, int falseAlarms, int misses) {
        return new ThresholdPoint(score(logit), falseAlarms, misses);
    }

    private static float score(double logit) {
        return (float) (1 / (1 + Math.exp(-logit)));
    }

    private static double logit(float score) {
        return Math.log(score / (1.0 - score));
    }
}
