package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The numbers are those of a scorer written by others, in another language. {@code make_score_cases.py} made the cases with
 * it; where it is at hand, they are made once more.
 */
class ReferenceScorerTest {
    private static final int RATE = 16_000;
    private static final int STEP = 320;
    private static final float UNIT = 1f / 1_024;
    private static final List<String> KEYWORDS = List.of("one", "two");

    /** Of numbers that the scorer rounds to four decimals. */
    private static final double ROUNDED = 5.1e-5;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    void shouldAgreeOnStoredCases() throws IOException {
        try (InputStream in = resource("score-cases.json")) {
            compare(new ObjectMapper().readTree(in));
        }
    }

    @Test
    @NeedsRecordings(SharedData.SCORER)
    void shouldAgreeWithTheScorerItself() throws IOException, InterruptedException {
        Path scorer = SharedData.SCORER.path();
        Path script = folder.resolve("make.py");
        try (InputStream in = resource("make_score_cases.py")) {
            Files.copy(in, script);
        }
        Path cases = folder.resolve("cases.json");
        Process process;
        try {
            process = new ProcessBuilder("python3", script.toString(), scorer.toString())
                    .redirectOutput(cases.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no Python: " + e.getMessage());
            return;
        }
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        compare(new ObjectMapper().readTree(cases.toFile()));
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(ReferenceScorerTest.class.getResourceAsStream(name), name);
    }

    private static void compare(JsonNode cases) {
        assertThat(cases.size()).isGreaterThan(10);
        for (int c = 0; c < cases.size(); c++) {
            List<ScoredStream> tracks = new ArrayList<>();
            List<DetectedStream> detections = new ArrayList<>();
            for (JsonNode stream : cases.get(c).path("streams")) {
                ScoredStream scored = scored(stream);
                tracks.add(scored);
                detections.add(detected(scored));
            }
            for (String keyword : KEYWORDS) {
                JsonNode expected = cases.get(c).path("expected").path(keyword);
                String what = "case " + c + ", " + keyword;
                compare(what, ThresholdSweep.of(tracks, keyword), expected);
                compare(what, ThresholdSweep.ofDetections(detections, keyword), expected);
                counts(what, detections, keyword, expected.path("counts"));
            }
        }
    }

    private static ScoredStream scored(JsonNode stream) {
        var labels = new ArrayList<StreamLabel>();
        for (JsonNode l : stream.path("labels")) {
            labels.add(new StreamLabel(
                    l.get(0).asDouble(), l.get(1).asDouble(), l.get(2).asText()));
        }
        float[][] scores = new float[KEYWORDS.size()][];
        for (int k = 0; k < scores.length; k++) {
            JsonNode row = stream.path("scores").path(KEYWORDS.get(k));
            scores[k] = new float[row.size()];
            for (int i = 0; i < scores[k].length; i++) {
                scores[k][i] = row.get(i).asInt() * UNIT;
            }
        }
        return new ScoredStream(
                "case",
                stream.path("duration").asDouble(),
                labels,
                new ScoreTrack(KEYWORDS, RATE, STEP, STEP, scores[0].length, scores));
    }

    private static DetectedStream detected(ScoredStream stream) {
        var all = new ArrayList<StreamDetection>();
        for (int k = 0; k < KEYWORDS.size(); k++) {
            for (int i = stream.scores().steps() - 1; i >= 0; i--) {
                all.add(new StreamDetection(
                        stream.scores().seconds(i),
                        KEYWORDS.get(k),
                        stream.scores().score(k, i)));
            }
        }
        return new DetectedStream(stream.name(), stream.durationSeconds(), stream.labels(), all);
    }

    private static void compare(String what, ThresholdSweep sweep, JsonNode expected) {
        assertThat(sweep.labels()).as(what).isEqualTo(expected.path("n").asInt());
        assertThat(sweep.hours()).as(what).isEqualTo(expected.path("hours").asDouble(), within(ROUNDED));
        boolean words = sweep.labels() > 0;
        JsonNode det = expected.path("det");
        assertThat(sweep.envelope().size()).as(what).isGreaterThan(0);
        for (int i = 0; i < sweep.envelope().size(); i++) {
            OperatingPoint point = sweep.envelope().get(i);
            JsonNode other = det.path(i);
            assertThat(point.falseAlarms()).as(what).isEqualTo(other.path("fa").asInt());
            assertThat(point.hits()).as(what).isEqualTo(other.path("hits").asInt());
            assertThreshold(what, point.threshold(), other.path("threshold"));
        }
        // The scorer goes on beyond the highest rate that a sweep tries.
        assertThat(sweep.envelope().size() == det.size()
                        || sweep.envelope().getLast().falseAlarmsPerHour() > ThresholdSweep.MOST_FALSE_ALARMS_PER_HOUR)
                .as(what)
                .isTrue();
        expected.path("at").properties().forEach(entry -> {
            String where = what + " at " + entry.getKey();
            JsonNode a = entry.getValue();
            MissAtRate at = sweep.at(Double.parseDouble(entry.getKey()));
            if (words) {
                assertThat(at.missRate())
                        .as(where)
                        .isEqualTo(a.path("miss_interpolated").asDouble(), within(ROUNDED));
            } else {
                assertThat(at.missRate()).isNaN();
            }
            assertThat(at.misses()).as(where).isEqualTo(a.path("misses").asInt());
            assertThat(at.point().falseAlarms())
                    .as(where)
                    .isEqualTo(a.path("fa").asInt());
            assertThreshold(where, at.point().threshold(), a.path("threshold"));
            assertThat(at.interval95().low())
                    .as(where)
                    .isEqualTo(a.path("wilson95").path(0).asDouble(), within(ROUNDED));
            assertThat(at.interval95().high())
                    .as(where)
                    .isEqualTo(a.path("wilson95").path(1).asDouble(), within(ROUNDED));
            assertThat(at.falseAlarmsPerHourUpper95())
                    .as(where)
                    .isEqualTo(a.path("fa_per_hour_upper95").asDouble(), within(5.1e-3));
            assertThat(at.resolved()).as(where).isEqualTo(a.path("resolved").asBoolean());
            assertThat(at.last()).as(where).isEqualTo(a.path("last_point").asBoolean());
        });
    }

    private static void assertThreshold(String what, double threshold, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(threshold).as(what).isInfinite();
        } else {
            assertThat(threshold).as(what).isEqualTo(expected.asDouble());
        }
    }

    private static void counts(String what, List<DetectedStream> streams, String keyword, JsonNode expected) {
        for (JsonNode e : expected) {
            double threshold = e.path("threshold").asDouble();
            StreamCount count = StreamCount.NONE;
            for (DetectedStream s : streams) {
                List<StreamDetection> found = s.detections().stream()
                        .filter(d -> d.keyword().equals(keyword))
                        .toList();
                count = count.plus(StreamScoring.count(StreamScoring.of(s.labels(), keyword), found, threshold));
            }
            String where = what + " from " + threshold;
            assertThat(count.hits()).as(where).isEqualTo(e.path("hits").asInt());
            assertThat(count.falseAlarms())
                    .as(where)
                    .isEqualTo(e.path("falseAlarms").asInt());
            assertThat(count.latencies().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum())
                    .as(where)
                    .isEqualTo(e.path("latency").asDouble(), within(1e-9));
        }
    }
}
