package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StreamScoringTest {
    private static final List<StreamLabel> WORDS =
            List.of(new StreamLabel(10, 11, "tea"), new StreamLabel(20, 21, "tea"), new StreamLabel(30, 31, "milk"));

    private static StreamDetection at(double seconds, String keyword) {
        return new StreamDetection(seconds, keyword, 1);
    }

    private static void assertCount(List<StreamLabel> labels, int hits, int falseAlarms, StreamDetection... found) {
        StreamCount count = StreamScoring.count(labels, List.of(found), 0);
        assertThat(List.of(count.hits(), count.falseAlarms())).containsExactly(hits, falseAlarms);
        assertThat(count.misses()).isEqualTo(labels.size() - hits);
    }

    @Test
    void shouldTakeADetectionWithinAWordForAHit() {
        assertCount(WORDS, 1, 0, at(10.5, "tea"));
        assertCount(WORDS, 1, 0, at(10, "tea"));
        assertCount(WORDS, 0, 1, at(9.99, "tea"));
    }

    @Test
    void shouldAllowHalfASecondAfterTheWordAndNoMore() {
        assertCount(WORDS, 1, 0, at(11.5, "tea"));
        assertCount(WORDS, 0, 1, at(11.51, "tea"));
    }

    @Test
    void shouldIgnoreFurtherDetectionsOfAWordThatIsHit() {
        assertCount(WORDS, 1, 0, at(10.1, "tea"), at(10.4, "tea"), at(11.2, "tea"));
    }

    @Test
    void shouldTakeADetectionWithinAnotherWordForAFalseAlarm() {
        assertCount(WORDS, 0, 1, at(30.5, "tea"));
    }

    @Test
    void shouldMergeFalseAlarmsWithTheLastOneCounted() {
        // The second is merged into the first; the third is further than a second from the first, though not from the
        // second.
        assertCount(WORDS, 0, 2, at(50, "tea"), at(50.9, "tea"), at(51.5, "tea"));
        assertCount(WORDS, 0, 1, at(50, "tea"), at(51, "tea"));
    }

    @Test
    void shouldMergeFalseAlarmsOfAKeywordOnlyWithItsOwn() {
        assertCount(WORDS, 0, 2, at(50, "tea"), at(50.5, "milk"));
    }

    @Test
    void shouldGiveOverlappingWindowsADetectionEach() {
        List<StreamLabel> close = List.of(new StreamLabel(1, 2, "tea"), new StreamLabel(2.1, 3, "tea"));
        assertCount(close, 1, 0, at(2.2, "tea"));
        assertCount(close, 2, 0, at(2.2, "tea"), at(2.3, "tea"));
        assertCount(close, 2, 0, at(2.2, "tea"), at(2.3, "tea"), at(2.4, "tea"));
    }

    @Test
    void shouldLeaveOutWhatIsBelowTheThreshold() {
        List<StreamDetection> found = List.of(
                new StreamDetection(10.5, "tea", 0.2f),
                new StreamDetection(20.5, "tea", 0.9f),
                new StreamDetection(50, "tea", 0.5f));
        StreamCount count = StreamScoring.count(WORDS, found, 0.4);
        assertThat(count.hits()).isEqualTo(1);
        assertThat(count.falseAlarms()).isEqualTo(1);
        assertThat(count.misses()).isEqualTo(2);
    }

    @Test
    void shouldMeasureLatencyFromTheEndOfTheWord() {
        List<Double> latencies = StreamScoring.count(WORDS, List.of(at(20.25, "tea"), at(11.25, "tea")), 0)
                .latencies();
        assertThat(latencies).hasSize(2);
        assertThat(latencies.get(0)).isEqualTo(0.25, within(1e-9));
        assertThat(latencies.get(1)).isEqualTo(-0.75, within(1e-9));
    }

    @Test
    void shouldTakeStepsForDetections() {
        float[] steps = new float[40];
        steps[9] = 0.8f;
        steps[30] = 0.6f;
        var track = new ScoreTrack(List.of("milk", "tea"), 10, 1, 1, 40, new float[][] {new float[40], steps});
        var stream = new ScoredStream(
                "one", 4, List.of(new StreamLabel(0.8, 0.9, "tea"), new StreamLabel(3, 3, "milk")), track);
        StreamCount count = StreamScoring.count(stream, "tea", 0.5);
        assertThat(count).isEqualTo(new StreamCount(1, 1, 1, List.of(1.0 - 0.9)));
        assertThat(count.plus(count).falseAlarms()).isEqualTo(2);
        assertThat(StreamScoring.count(stream, "tea", 0.7).falseAlarms()).isZero();
    }
}
