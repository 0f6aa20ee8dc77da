package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ThresholdSweepTest {
    /** Ten words in an hour: six surer than any false alarm, then a false alarm, two words, a false alarm, one word. */
    private static DetectedStream hour() {
        var words = new ArrayList<StreamLabel>();
        var found = new ArrayList<StreamDetection>();
        for (int i = 0; i < 10; i++) {
            words.add(new StreamLabel(100 * i + 10, 100 * i + 11, "tea"));
            if (i < 9) {
                found.add(new StreamDetection(100 * i + 10.5, "tea", i < 6 ? 0.9f : i < 8 ? 0.7f : 0.5f));
            }
        }
        found.add(new StreamDetection(50, "tea", 0.8f));
        found.add(new StreamDetection(60, "tea", 0.6f));
        return new DetectedStream("hour", 3_600, words, found);
    }

    private static List<String> curve(ThresholdSweep sweep) {
        return sweep.envelope().stream()
                .map(p -> p.falseAlarms() + ":" + (sweep.labels() - p.hits()))
                .toList();
    }

    @Test
    void shouldFindTheCurveThatIsCountedByHand() {
        ThresholdSweep sweep = ThresholdSweep.ofDetections(List.of(hour()), "tea");
        assertThat(sweep.labels()).isEqualTo(10);
        assertThat(sweep.hours()).isEqualTo(1);
        assertThat(curve(sweep)).containsExactly("0:4", "1:2", "2:1");
        assertThat(sweep.points()).hasSize(6);
        assertThat(sweep.points().getFirst().threshold()).isInfinite();
        assertThat(sweep.missAt(0.1)).isEqualTo(0.38, within(1e-9));
        assertThat(sweep.missAt(0.5)).isEqualTo(0.3, within(1e-9));
        assertThat(sweep.missAt(1)).isEqualTo(0.2, within(1e-9));
        assertThat(sweep.missAt(4)).isEqualTo(0.1, within(1e-9));
        assertThat(sweep.thresholdAt(1)).isEqualTo(0.7f);
        assertThat(sweep.lowestThresholdAt(1)).isEqualTo(0.7f);
        assertThat(sweep.thresholdAt(0.9)).isEqualTo(0.9f);
    }

    @Test
    void shouldSayWhatTheHoursResolve() {
        ThresholdSweep sweep = ThresholdSweep.ofDetections(List.of(hour()), "tea");
        MissAtRate tenth = sweep.at(0.1);
        assertThat(tenth.misses()).isEqualTo(4);
        assertThat(tenth.point().missRate()).isEqualTo(0.4);
        assertThat(tenth.resolved()).isFalse();
        assertThat(tenth.last()).isFalse();
        assertThat(tenth.falseAlarmsPerHourUpper95()).isEqualTo(3.689, within(2e-3));
        assertThat(tenth.interval95().low()).isEqualTo(0.1682, within(1e-4));
        assertThat(tenth.interval95().high()).isEqualTo(0.6873, within(1e-4));
        assertThat(sweep.at(1).resolved()).isTrue();
        assertThat(sweep.at(4).last()).isTrue();
    }

    @Test
    void shouldCountHoursAndFalseAlarmsOfNegativeSound() {
        var negative = new DetectedStream("talk", 3_600, List.of(), List.of(new StreamDetection(5, "tea", 0.95f)));
        ThresholdSweep sweep = ThresholdSweep.ofDetections(List.of(hour(), negative), "tea");
        assertThat(sweep.hours()).isEqualTo(2);
        assertThat(curve(sweep)).containsExactly("0:10", "1:4", "2:2", "3:1");
        assertThat(sweep.missAt(0.5)).isEqualTo(0.4, within(1e-9));
        assertThat(sweep.at(0.4).point().threshold()).isInfinite();
    }

    @Test
    void shouldMissEverythingWhereNothingIsDetected() {
        var silent = new DetectedStream("silent", 3_600, hour().labels(), List.of());
        ThresholdSweep sweep = ThresholdSweep.ofDetections(List.of(silent), "tea");
        assertThat(sweep.missAt(4)).isEqualTo(1);
        assertThat(sweep.at(4).misses()).isEqualTo(10);
        assertThat(sweep.thresholdAt(4)).isInfinite();
    }

    @Test
    void shouldHaveNoMissRateWhereNothingIsSaid() {
        ThresholdSweep sweep = ThresholdSweep.ofDetections(List.of(hour()), "milk");
        assertThat(sweep.labels()).isZero();
        assertThat(sweep.missAt(1)).isNaN();
        var talk = new DetectedStream("talk", 3_600, List.of(), hour().detections());
        ThresholdSweep falseAlarms = ThresholdSweep.ofDetections(List.of(talk), "tea");
        assertThat(falseAlarms.missAt(1)).isNaN();
        assertThat(falseAlarms.lowestThresholdAt(7)).isEqualTo(0.8f);
    }

    @Test
    void shouldRefuseRatesBeyondTheSweepAndStreamsOfNoLength() {
        ThresholdSweep sweep = ThresholdSweep.ofDetections(List.of(hour()), "tea");
        assertThatThrownBy(() -> sweep.missAt(1_001)).hasMessageContaining("1001.0");
        assertThatThrownBy(() -> sweep.missAt(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ThresholdSweep.ofDetections(List.of(), "tea"))
                .hasMessageContaining("expected streams of more than 0 s");
        var track = new ScoreTrack(List.of("milk"), 10, 1, 1, 0, new float[1][0]);
        assertThatThrownBy(() -> ThresholdSweep.of(List.of(new ScoredStream("a", 1, List.of(), track)), "tea"))
                .hasMessage("scores: expected one of [milk], found tea");
    }

    /** Random streams with words so close that their windows overlap and false alarms so dense that they merge in chains. */
    private static ScoredStream random(long seed) {
        var random = new SplitMix(seed, 7);
        int steps = 600;
        float[] scores = new float[steps];
        for (int i = 0; i < steps; i++) {
            scores[i] = random.nextInt(40) / 40f - 0.2f;
        }
        var words = new ArrayList<StreamLabel>();
        int count = random.nextInt(9);
        for (int w = 0; w < count; w++) {
            double start = random.between(0, 28);
            words.add(new StreamLabel(start, start + random.between(0.1, 1.5), "tea"));
        }
        return new ScoredStream(
                "random " + seed,
                seed % 5 == 0 ? 3_600 : 30,
                words,
                new ScoreTrack(List.of("tea"), 20, 1, 1, steps, new float[][] {scores}));
    }

    @Test
    void shouldCountAsScoringDoesAtEveryThreshold() {
        for (long seed = 0; seed < 60; seed++) {
            List<ScoredStream> streams = List.of(random(seed), random(seed + 1_000));
            ThresholdSweep sweep = ThresholdSweep.of(streams, "tea");
            var scores = new TreeSet<Double>();
            for (int i = 0; i < 600; i++) {
                scores.add((double) streams.get(0).scores().score(0, i));
                scores.add((double) streams.get(1).scores().score(0, i));
            }
            int next = 1;
            for (double threshold : scores.descendingSet()) {
                StreamCount count = StreamScoring.count(streams.get(0), "tea", threshold)
                        .plus(StreamScoring.count(streams.get(1), "tea", threshold));
                if (next < sweep.points().size() && sweep.points().get(next).threshold() == threshold) {
                    next++;
                } else if (next == sweep.points().size()) {
                    break;
                }
                OperatingPoint point = sweep.points().get(next - 1);
                assertThat(List.of(point.hits(), point.falseAlarms()))
                        .as("seed %d, threshold %s", seed, threshold)
                        .containsExactly(count.hits(), count.falseAlarms());
            }
            assertThat(next).isEqualTo(sweep.points().size());
        }
    }

    @Test
    void shouldPoolMissesAtEachKeywordsOwnPoint() {
        // "tea" misses half of 2 words at no false alarm and none at one; "milk" one of 3 at none and never less.
        float[] tea = new float[100];
        float[] milk = new float[100];
        tea[10] = 0.9f;
        tea[50] = 0.8f;
        tea[20] = 0.7f;
        milk[30] = 0.9f;
        milk[40] = 0.9f;
        List<StreamLabel> words = List.of(
                new StreamLabel(10, 10.2, "tea"),
                new StreamLabel(20, 20.2, "tea"),
                new StreamLabel(30, 30.2, "milk"),
                new StreamLabel(40, 40.2, "milk"),
                new StreamLabel(60.6, 60.7, "milk"));
        var stream = new ScoredStream(
                "both", 3_600, words, new ScoreTrack(List.of("tea", "milk", "none"), 1, 0, 1, 60, new float[][] {
                    tea, milk, new float[60]
                }));
        PooledSweep pooled = PooledSweep.of(List.of(stream), List.of("tea", "milk", "none"), 2, Progress.NONE);
        assertThat(pooled.missAt(0)).isEqualTo(2 / 5.0, within(1e-12));
        assertThat(pooled.missAt(0.5)).isEqualTo(1.5 / 5, within(1e-12));
        assertThat(pooled.missAt(1)).isEqualTo(1 / 5.0, within(1e-12));
        PooledSweep.Miss at = pooled.at(1);
        assertThat(List.of(at.misses(), at.labels(), at.falseAlarms())).containsExactly(1, 5, 1);
        assertThat(at.resolved()).isTrue();
        assertThat(pooled.at(0.5).misses()).isEqualTo(2);
        assertThat(pooled.at(0.5).resolved()).isFalse();
    }

    @Test
    void shouldBoundAPoissonMeanExactly() {
        assertThat(PoissonBound.upper95(0)).isEqualTo(3.6889, within(1e-4));
        assertThat(PoissonBound.upper95(3)).isEqualTo(8.7673, within(1e-4));
        // By the chi-square distribution with 2,002 degrees of freedom.
        assertThat(PoissonBound.upper95(1_000)).isEqualTo(1_063.95, within(0.05));
    }

    @Test
    void shouldRefuseScoresThatAreNoNumbers() {
        float[][] scores = {{0, Float.NaN}};
        assertThatThrownBy(() -> new ScoreTrack(List.of("tea"), 10, 1, 1, 2, scores))
                .hasMessage("scores of tea: expected a number at step 1, found none");
        assertThatThrownBy(() -> new ScoreTrack(List.of("tea"), 10, 1, 1, 3, scores))
                .hasMessage("scores of tea: expected 3 steps, found 2");
    }

    @Test
    void shouldBuildATrackStepByStep() {
        var builder = new ScoreTrack.Builder(List.of("tea"), 100, 10);
        for (int i = 0; i < 3_000; i++) {
            builder.step(25 + 10L * i);
            builder.score(0, i);
        }
        ScoreTrack track = builder.build();
        assertThat(track.steps()).isEqualTo(3_000);
        assertThat(track.score(0, 2_999)).isEqualTo(2_999);
        assertThat(track.seconds(1)).isEqualTo(0.35);
        assertThat(track.stepSeconds()).isEqualTo(0.1);
        assertThatThrownBy(() -> builder.step(0)).hasMessageContaining("expected the next step at sample 30025");
    }
}
