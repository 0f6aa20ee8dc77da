package io.keyspike.trainer.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.decision.KeywordDecision;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.streams.ScoreTrack;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamLabel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamCalibrationTest {

    private static final int RATE = 16_000;
    private static final int STEP_SAMPLES = 128;
    private static final double STEP = (double) STEP_SAMPLES / RATE;
    private static final String WHERE = "streams made by hand";

    /** One hour with four words, of which one is not heard; false alarms at 0.9, 0.8 and 0.5, and one that is too short. */
    private static ScoredStream hour() {
        float[] scores = new float[steps(3_600)];
        Arrays.fill(scores, 0.1f);
        var labels = new ArrayList<StreamLabel>();
        word(labels, scores, 100, 0.95f);
        word(labels, scores, 200, 0.85f);
        word(labels, scores, 300, 0.6f);
        labels.add(new StreamLabel(400, 401, "yes"));
        hold(scores, 1_000, 0.1, 0.9f);
        hold(scores, 1_500, 0.1, 0.8f);
        hold(scores, 2_000, 0.1, 0.5f);
        hold(scores, 2_500, 0.015, 0.99f);
        return stream(labels, scores);
    }

    @Test
    void shouldCountByHand() {
        StreamCalibration result = calibrate(hour(), 1);

        assertThat(result.hours()).isEqualTo(1, within(1e-9));
        List<ThresholdPoint> points = points(result);
        // From the lowest threshold above what is always there: all false alarms, those up to 0.5 not, up to 0.8 not,
        // none at all.
        assertThat(points.stream().filter(p -> p.falseAlarms() == 3 && p.threshold() > 0.1f))
                .hasSize(1)
                .allMatch(p -> p.misses() == 1);
        assertThat(points)
                .contains(
                        new ThresholdPoint(Math.nextUp(0.5f), 2, 1),
                        new ThresholdPoint(Math.nextUp(0.8f), 1, 2),
                        new ThresholdPoint(Math.nextUp(0.9f), 0, 3))
                .last()
                .isEqualTo(new ThresholdPoint(Math.nextUp(0.9f), 0, 3));
        CalibratedKeyword yes = result.keywords().getFirst();
        assertThat(yes.threshold()).isEqualTo(Math.nextUp(0.8f));
        assertThat(yes.resolved()).isTrue();
        assertThat(yes.count().falseAlarms()).isEqualTo(1);
        assertThat(yes.missRate()).isEqualTo(0.5);
        assertThat(yes.falseAlarmsPerHourUpper95()).isEqualTo(5.57, within(0.01));
        assertThat(result.model().decision().thresholds()).isEqualTo(Map.of("yes", Math.nextUp(0.8f)));
        assertThat(result.model().quality())
                .extracting(StreamQuality::measuredOn)
                .isEqualTo(WHERE);
    }

    @Test
    void shouldSayWhereTheHoursDoNotResolveTheRate() {
        CalibratedKeyword yes = calibrate(hour(), 0.1).keywords().getFirst();

        assertThat(yes.resolved()).isFalse();
        assertThat(yes.threshold()).isGreaterThan(0.9f);
        assertThat(yes.count().falseAlarms()).isZero();
    }

    /** A score that stays up for ten minutes is one report, however short the refractory time. */
    @Test
    void shouldCountAStuckScoreAsTheDecisionReportsIt() {
        float[] scores = new float[steps(3_600)];
        hold(scores, 100, 600, 0.7f);
        ThresholdPoint lowest = points(calibrate(stream(List.of(), scores), 1)).getFirst();

        assertThat(lowest.falseAlarms()).isEqualTo(1);
    }

    @Test
    void shouldNotLeaveTheGateOutOfAccount() {
        var track = new ScoreTrack.Builder(List.of("yes"), RATE, STEP_SAMPLES);
        for (int step = 1; step <= steps(3_600); step++) {
            track.step((long) step * STEP_SAMPLES);
            track.score(0, step > 10_000 && step < 10_100 ? 0.9f : 0f);
            if (step < 20_000) {
                track.gateClosed();
            }
        }
        var stream = new ScoredStream("closed", 3_600, List.of(), track.build());
        KeywordModel model = model();
        KeywordModel ungated = model.withDecision(
                model.decision().each(1, Map.of("yes", new KeywordDecision(null, null, null, null, false))));

        assertThat(falseAlarms(model, stream)).isZero();
        assertThat(falseAlarms(ungated, stream)).isEqualTo(1);
    }

    /** The measured points of "yes", from the lowest threshold. */
    private static List<ThresholdPoint> points(StreamCalibration result) {
        StreamQuality quality = Objects.requireNonNull(result.model().quality());
        return Objects.requireNonNull(quality.keywords().get("yes")).points();
    }

    private static int falseAlarms(KeywordModel model, ScoredStream stream) {
        StreamCalibration result =
                StreamCalibration.of(model, List.of(stream), CalibrationGoal.each(1), WHERE, 1, Progress.NONE);
        return points(result).getFirst().falseAlarms();
    }

    /** Three false alarms where words are said, one where none is. */
    @Test
    void shouldCountFalseAlarmsInSpeechAloneWhereThatIsTheGoal() {
        var labels = new ArrayList<StreamLabel>();
        float[] spoken = new float[steps(3_600)];
        word(labels, spoken, 100, 0.9f);
        for (int i = 1; i <= 3; i++) {
            hold(spoken, 500.0 * i, 0.2, 0.8f);
        }
        float[] other = new float[steps(3_600)];
        hold(other, 700, 0.2, 0.7f);
        var streams = List.of(stream(labels, spoken), stream(List.of(), other));

        StreamCalibration alone = StreamCalibration.of(
                model(), streams, new CalibrationGoal(0.5, false, true, 0), WHERE, 1, Progress.NONE);
        StreamCalibration everywhere =
                StreamCalibration.of(model(), streams, CalibrationGoal.each(0.5), WHERE, 1, Progress.NONE);

        assertThat(alone.hours()).isEqualTo(1);
        assertThat(points(alone).getFirst().falseAlarms()).isEqualTo(1);
        assertThat(points(alone).getFirst().misses()).isZero();
        assertThat(everywhere.hours()).isEqualTo(2);
        assertThat(points(everywhere).getFirst().falseAlarms()).isEqualTo(4);
        assertThatThrownBy(() -> StreamCalibration.of(
                        model(),
                        streams.subList(0, 1),
                        new CalibrationGoal(1, false, true, 0),
                        WHERE,
                        1,
                        Progress.NONE))
                .hasMessage(
                        "calibration: expected a stream without keywords, in which false alarms count, found 1 streams"
                                + " with some");
    }

    /** A second word at 0.6 costs four reports of the word where it was not said, which the rate does not see. */
    @Test
    void shouldHearAWordLessRatherThanTakeOthersForIt() {
        var labels = new ArrayList<StreamLabel>();
        float[] spoken = new float[steps(3_600)];
        word(labels, spoken, 100, 0.9f);
        word(labels, spoken, 200, 0.6f);
        for (int i = 1; i <= 4; i++) {
            hold(spoken, 500.0 * i, 0.2, 0.7f);
        }
        var streams = List.of(stream(labels, spoken), stream(List.of(), new float[steps(3_600)]));

        assertThat(misses(streams, 0)).isZero();
        assertThat(misses(streams, 0.2)).isZero();
        assertThat(misses(streams, 0.3)).isEqualTo(1);
    }

    private static int misses(List<ScoredStream> streams, double confusionWeight) {
        var goal = new CalibrationGoal(1, true, true, confusionWeight);
        return StreamCalibration.of(model(), streams, goal, WHERE, 1, Progress.NONE)
                .count()
                .misses();
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, -0.5, 'expected a weight of confusions from 0 to 1000.0, found -0.5'",
        "true, true, NaN, 'expected a weight of confusions from 0 to 1000.0, found NaN'",
        "true, false, 0.5, 'expected no weight of confusions, 0.5, unless one rate of all keywords together is counted in speech alone'",
        "false, true, 0.5, 'expected no weight of confusions, 0.5, unless one rate of all keywords together is counted in speech alone'"
    })
    void shouldRefuseAWeightOfConfusionsThatNothingIsWeighedAgainst(
            boolean together, boolean withoutWords, double weight, String message) {
        assertThatThrownBy(() -> new CalibrationGoal(1, together, withoutWords, weight))
                .hasMessage(message);
    }

    @Test
    void shouldGiveTheSameForAnyNumberOfThreadsAndFallAsTheThresholdRises() {
        var r = new Random(7);
        List<String> keywords = List.of("yes", "no");
        float[][] scores = new float[2][steps(7_200)];
        for (int k = 0; k < 2; k++) {
            float value = 0;
            for (int i = 0; i < scores[k].length; i++) {
                value = 0.95f * value + 0.3f * (float) r.nextGaussian();
                scores[k][i] = (float) (1 / (1 + Math.exp(4 - value)));
            }
        }
        var track = new ScoreTrack(keywords, RATE, STEP_SAMPLES, STEP_SAMPLES, scores[0].length, scores);
        var streams = List.of(new ScoredStream("noise", 7_200, List.of(), track));

        StreamCalibration one =
                StreamCalibration.of(model(), streams, CalibrationGoal.each(10), WHERE, 1, Progress.NONE);
        StreamCalibration two =
                StreamCalibration.of(model(), streams, CalibrationGoal.each(10), WHERE, 2, Progress.NONE);

        assertThat(two).isEqualTo(one);
        for (CalibratedKeyword keyword : one.keywords()) {
            assertThat(keyword.resolved()).isTrue();
            assertThat(keyword.falseAlarmsPerHour()).isBetween(7.0, 10.0);
        }
        assertThat(points(one)).hasSizeGreaterThan(50);
    }

    @Test
    void shouldRefuseScoresThatDoNotFit() {
        ScoredStream stream = hour();
        KeywordModel best = model().withDecision(bestDecision());
        assertThatThrownBy(() ->
                        StreamCalibration.of(best, List.of(stream), CalibrationGoal.each(1), WHERE, 1, Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("replay: expected a decision by the rule 'each'");
        assertThatThrownBy(() ->
                        StreamCalibration.of(model(), List.of(), CalibrationGoal.each(1), WHERE, 1, Progress.NONE))
                .hasMessage("calibration: expected streams with scores of keywords, found none");
        assertThatThrownBy(() -> calibrate(stream, 0))
                .hasMessage("expected a rate of false alarms an hour above 0, found 0.0");
    }

    private static StreamCalibration calibrate(ScoredStream stream, double rate) {
        return StreamCalibration.of(model(), List.of(stream), CalibrationGoal.each(rate), WHERE, 1, Progress.NONE);
    }

    private static void word(List<StreamLabel> labels, float[] scores, double start, float score) {
        labels.add(new StreamLabel(start, start + 1, "yes"));
        hold(scores, start + 0.5, 0.2, score);
    }

    private static void hold(float[] scores, double from, double seconds, float score) {
        Arrays.fill(scores, steps(from), steps(from + seconds), score);
    }

    private static int steps(double seconds) {
        return (int) Math.round(seconds / STEP);
    }

    private static ScoredStream stream(List<StreamLabel> labels, float[] scores) {
        var track =
                new ScoreTrack(List.of("yes"), RATE, STEP_SAMPLES, STEP_SAMPLES, scores.length, new float[][] {scores});
        return new ScoredStream("hour", 3_600, labels, track);
    }

    /** Confirmed for 24 ms, three steps. */
    private static DecisionSettings bestDecision() {
        return new DecisionSettings(
                0, 1, Map.of("yes", 0.5f), 0.024, 0.5, 0, null, new ClipDecision(ClipRule.MAXIMUM, 1));
    }

    private static KeywordModel model() {
        FilterbankSpec features = FilterbankSpec.standard();
        int width = features.width();
        var network = new Network(
                NetworkGraph.ofChain(
                        features.stepSeconds(),
                        List.of(
                                new Node.Input("input", width),
                                new Node.Dense("dense", width, 3, false),
                                new Node.Readout("readout", 3))),
                Map.of(
                        "dense.weight",
                        Tensor.matrix(width, 3, new float[width * 3]),
                        "readout.decay",
                        Tensor.vector(0.5f, 0.5f, 0.5f)));
        var provenance = new Provenance("", "", 0, "", "", "", "", "", Map.of(), "", "");
        return KeywordModel.of(
                "by-hand",
                features,
                network,
                List.of("other", "yes", "no"),
                bestDecision().each(1, Map.of()),
                ChipPower.H1,
                provenance);
    }
}
