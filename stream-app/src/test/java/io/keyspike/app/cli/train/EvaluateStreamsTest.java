package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate --streams}, on tones as words. */
class EvaluateStreamsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path streams;

    @SuppressWarnings("NullAway.Init") // set before each test
    private String model;

    /**
     * In "said", two low tones and a high one, of which one low tone is labelled as high: one miss and one false alarm. In
     * "talk", two tones that are no words.
     */
    @BeforeEach
    void write() throws IOException {
        model = ToneModel.write(folder, "tones", "low", "high").toString();
        streams = Files.createDirectories(folder.resolve("streams/more")).resolveSibling(".");
        double low = ToneModel.LOW_HZ;
        double high = ToneModel.HIGH_HZ;
        write("said", "0.5\t1\tlow\n1.5\t2\thigh\n2.5\t3\thigh\n3.2\t3.4\tother\n", low, high, low);
        write("more/talk", "", high, low);
    }

    private void write(String name, String labels, double... tones) throws IOException {
        WavWriter.write(streams.resolve(name + ".wav"), ToneModel.RATE_HZ, ToneModel.tones(tones));
        Files.writeString(streams.resolve(name + ".tsv"), labels);
    }

    private JsonNode json(String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("evaluate", model, "--streams", streams.toString(), "--json"));
        arguments.addAll(List.of(more));
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void shouldCountInJsonWhatIsKnownByTheWayTheStreamsAreMade() throws IOException {
        JsonNode json = json();
        double hours = (3.5 + 2.5) / 3_600;
        assertThat(json.path("hours").asDouble()).isEqualTo(hours, within(1e-9));
        assertThat(json.path("n").asInt()).isEqualTo(3);
        assertThat(json.path("missRate").asDouble()).isEqualTo(1 / 3.0, within(1e-12));
        assertThat(json.path("falseAlarmsPerHour").asDouble()).isEqualTo(3 / hours, within(1e-6));
        assertThat(json.path("ignoredLabels").path("other").asInt()).isEqualTo(1);
        JsonNode low = json.path("keywords").path("low");
        assertThat(low.path("missRate").asDouble()).isZero();
        assertThat(low.path("falseAlarms").asInt()).isEqualTo(2);
        JsonNode high = json.path("keywords").path("high");
        assertThat(high.path("missRate").asDouble()).isEqualTo(0.5);
        assertThat(high.path("falseAlarmsPerHour").asDouble()).isEqualTo(1 / hours, within(1e-6));
        JsonNode said = json.path("streams").path("said");
        assertThat(said.path("missRate").asDouble()).isEqualTo(1 / 3.0, within(1e-12));
        assertThat(said.path("falseAlarmsPerHour").asDouble()).isEqualTo(3_600 / 3.5, within(1e-6));
        JsonNode talk = json.path("streams").path("more/talk");
        assertThat(talk.path("missRate").isNull()).isTrue();
        assertThat(talk.path("falseAlarmsPerHour").asDouble()).isEqualTo(2 * 3_600 / 2.5, within(1e-6));
        assertThat(json.path("latencySeconds").path("n").asInt()).isEqualTo(2);
        assertThat(json.path("latencySeconds").path("p95").asDouble()).isBetween(-0.5, 0.0);
    }

    @Test
    void shouldNameARecordingThatCannotBeReadAndMeasureTheOthers() throws IOException {
        String whole = CommandRun.of("evaluate", model, "--streams", streams.toString())
                .out();
        Files.writeString(streams.resolve("page.wav"), "<html>");
        Files.writeString(streams.resolve("page.tsv"), "");

        CommandRun run = CommandRun.of("evaluate", model, "--streams", streams.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo(whole);
        assertThat(run.err()).contains("skipped page: ", "found an HTML page");
    }

    @Test
    void shouldGiveMissRatesAtRatesOfFalseAlarms() throws IOException {
        JsonNode json = json();
        for (JsonNode rates : List.of(
                json.path("missRateAtFalseAlarmsPerHour"),
                json.path("keywords").path("low").path("missRateAtFalseAlarmsPerHour"),
                json.path("keywords").path("high").path("missRateAtFalseAlarmsPerHour"))) {
            assertThat(rates.fieldNames()).toIterable().containsExactly("0.1", "0.5", "1", "4");
            assertThat(rates).allSatisfy(r -> assertThat(r.asDouble()).isBetween(0.0, 1.0));
        }
        JsonNode at =
                json.path("keywords").path("low").path("atFalseAlarmsPerHour").path("0.1");
        assertThat(at.path("resolved").asBoolean(true)).isFalse();
        assertThat(at.path("interval95").size()).isEqualTo(2);
    }

    @Test
    void shouldPrintTablesAndDrawTheCurve() {
        Path det = folder.resolve("det.png");
        CommandRun run =
                CommandRun.of("evaluate", model, "--streams", streams.toString(), "--det", det.toString(), "--mlperf");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("on 2 streams, 0.00 h, 3 words")
                .contains("ignored: other (1)")
                .containsPattern("  all +3 +1 +33.3 % +6.1 to 79.2 +3 +1800.00")
                .contains("* less than one false alarm in 0.00 h")
                .contains("MLPerf Tiny")
                .containsPattern("  high +2 +1 +1 +yes")
                .containsPattern("  more/talk +0.00 +0 +0 +- +2 +2880.00");
        assertThat(det).isNotEmptyFile();
    }

    @Test
    void shouldAddMlperfsCountsToJsonOnRequest() throws IOException {
        assertThat(json().path("keywords").path("high").has("mlperfTiny")).isFalse();
        JsonNode rules = json("--mlperf").path("keywords").path("high").path("mlperfTiny");
        assertThat(rules.path("falseNegatives").asInt()).isEqualTo(1);
        assertThat(rules.path("falsePositives").asInt()).isEqualTo(1);
        assertThat(rules.path("passes").asBoolean()).isTrue();
    }

    @Test
    void shouldCountFalseAlarmsWhereNothingIsLabelled() throws IOException {
        Files.writeString(streams.resolve("said.tsv"), "");
        JsonNode json = json();
        assertThat(json.path("missRate").isNull()).isTrue();
        assertThat(json.path("missRateAtFalseAlarmsPerHour").path("1").isNull()).isTrue();
        assertThat(json.path("falseAlarms").asInt()).isEqualTo(5);
        CommandRun run = CommandRun.of("evaluate", model, "--streams", streams.toString());
        assertThat(run.out()).contains("None of the model's words is labelled, so there are only false alarms.");
        CommandRun det = CommandRun.of("evaluate", model, "--streams", streams.toString(), "--det", "x.png");
        assertThat(det.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(det.err()).contains("expected labels of [low, high] for --det, found none");
    }

    @Test
    void shouldWriteWhatWasReported() throws IOException {
        Path out = folder.resolve("heard");
        json("--detections", out.toString());
        List<String> said = Files.readAllLines(out.resolve("said.tsv"));
        assertThat(said).extracting(line -> line.split("\t", -1)[1]).containsExactly("low", "high", "low");
        assertThat(Double.parseDouble(said.getFirst().split("\t", -1)[0])).isBetween(0.5, 1.0);
        assertThat(Double.parseDouble(said.getFirst().split("\t", -1)[2])).isBetween(0.9, 1.0);
        assertThat(out.resolve("more/talk.tsv")).isNotEmptyFile();
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        assertThat(CommandRun.of("evaluate", model).err())
                .contains("--data=DIR")
                .contains("--streams=DIR");
        assertThat(CommandRun.of("evaluate", model, "--data", "x", "--streams", "y")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("evaluate", model, "--data", folder.toString(), "--mlperf")
                        .err())
                .contains("expected --streams with --mlperf, found --data");
        Files.delete(streams.resolve("more/talk.tsv"));
        CommandRun run = CommandRun.of("evaluate", model, "--streams", streams.toString());
        assertThat(run.exitCode()).isNotEqualTo(ExitCode.OK);
        assertThat(run.err()).contains("put an empty talk.tsv there");
    }
}
