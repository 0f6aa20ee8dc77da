package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.HomeProperty;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On 3.5 seconds with a low tone, a high one and a second low one that is no word. */
class CalibrateCommandTest {

    /** One false alarm in 3.5 s is 1,028.6 an hour. */
    private static final String ONE = "1100";

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path model;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path streams;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HomeProperty home;

    @BeforeEach
    void makeStreams() throws IOException {
        home = HomeProperty.set(folder.resolve("home"));
        model = ToneModel.write(folder, "tones", "bass", "treble");
        streams = Files.createDirectory(folder.resolve("streams"));
        WavWriter.write(
                streams.resolve("a.wav"),
                ToneModel.RATE_HZ,
                ToneModel.tones(ToneModel.LOW_HZ, ToneModel.HIGH_HZ, ToneModel.LOW_HZ));
        Files.writeString(streams.resolve("a.tsv"), "0.5\t1.0\tbass\n1.5\t2.0\ttreble\n");
    }

    @AfterEach
    void restoreHome() {
        home.close();
    }

    private String own() {
        return folder.resolve("own").toString();
    }

    private CommandRun calibrate(String... more) {
        String[] all = new String[more.length + 4];
        all[0] = "calibrate";
        all[1] = model.toString();
        all[2] = "--streams";
        all[3] = streams.toString();
        System.arraycopy(more, 0, all, 4, more.length);
        return CommandRun.of(all);
    }

    @Test
    void shouldWriteThresholdsAndCurveIntoANewModel() throws IOException {
        Path output = folder.resolve("new/calibrated.safetensors");
        CommandRun run = calibrate("--false-alarms-per-hour", ONE, "--output", output.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("the new model judges each keyword by its own", "was written to " + output);
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.at("/falseAlarms").asInt()).isEqualTo(2);
        assertThat(json.at("/misses").asInt()).isZero();
        assertThat(json.at("/keywords/bass/falseAlarms").asInt()).isEqualTo(1);
        assertThat(json.at("/keywords/bass/n").asInt()).isEqualTo(1);
        assertThat(json.at("/keywords/bass/resolved").asBoolean()).isTrue();
        // The lowest threshold that keeps to the rate makes use of it.
        assertThat(json.at("/keywords/treble/falseAlarms").asInt()).isEqualTo(1);
        assertThat(json.at("/keywords/treble/misses").asInt()).isZero();
        KeywordModel calibrated = ModelFiles.read(output);
        assertThat(calibrated.decision().rule()).isEqualTo(DecisionRule.EACH);
        assertThat(calibrated.decision().thresholds())
                .containsEntry("bass", json.at("/keywords/bass/threshold").floatValue());
        assertThat(calibrated.quality())
                .extracting(StreamQuality::measuredOn)
                .isEqualTo("0.00 h in 1 streams of streams");

        // What it said is what listen reports, but for the silence that it adds at the end; and a sensitivity chooses
        // between the measured thresholds.
        assertThat(listen(output).split(" ")).hasSizeBetween(4, 5).containsOnly("bass", "treble");
        assertThat(listen(output, "--sensitivity", ONE)).isEqualTo(listen(output));
        assertThat(listen(output, "--sensitivity", "1").length())
                .isLessThan(listen(output).length());
        assertThat(listen(output, "--threshold", "bass=never").split(" ")).containsOnly("treble");
        CommandRun inspected = CommandRun.of("models", "inspect", output.toString());
        assertThat(inspected.out())
                .containsPattern("reports +2057 false alarms/h, measured on 0.00 h in 1 streams of streams")
                .containsPattern("bass +1029/h +misses 0.0 % of 1")
                .containsPattern("rule +each keyword by its own score");
    }

    private String listen(Path calibrated, String... more) throws IOException {
        String[] all = new String[more.length + 6];
        System.arraycopy(
                new String[] {
                    "listen",
                    "--json",
                    "--model",
                    calibrated.toString(),
                    "--file",
                    streams.resolve("a.wav").toString()
                },
                0,
                all,
                0,
                6);
        System.arraycopy(more, 0, all, 6, more.length);
        CommandRun run = CommandRun.of(all);
        assertThat(run.exitCode()).as(run.err()).isZero();
        var words = new StringBuilder();
        for (String line : run.out().lines().toList()) {
            words.append(' ')
                    .append(new ObjectMapper().readTree(line).get("keyword").asText());
        }
        return words.toString().strip();
    }

    @Test
    void shouldSayWhatIsNotResolvedAndWriteNothingUnasked() {
        CommandRun run = calibrate();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("thresholds for 0.1 false alarms an hour of each keyword", "bass *", "treble *")
                .contains("* not resolved: one false alarm in 0.00 h is already 1029 an hour");
        assertThat(run.err()).contains("nothing was written");
    }

    @Test
    void shouldRegisterTheModelUnderItsName() throws IOException {
        CommandRun run = calibrate(
                "--false-alarms-per-hour", ONE, "--name", "tones-2", "--measured-on", "three tones", "--models", own());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).containsPattern("tones-2@[0-9a-f]{12} is registered as 'tones-2'");
        JsonNode listed = new ObjectMapper()
                .readTree(CommandRun.of("models", "--models", own(), "list", "--json")
                        .out());
        assertThat(listed.findValuesAsText("name")).contains("tones-2");
        assertThat(listed.findValuesAsText("measuredOn")).contains("three tones");
        assertThat(CommandRun.of("models", "--models", own(), "list").out()).contains("2057 false alarms/h");
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThat(calibrate("--false-alarms-per-hour", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(calibrate("--name", "A b").err()).contains("--name: expected up to 64 characters");
        assertThat(calibrate("--name", "a", "--output", "b").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldRefuseAWeightOfConfusionsWhereTheyAreFalseAlarms() {
        assertThat(calibrate("--confusion-weight", "0.5", "--together").err())
                .contains("--confusion-weight: expected --together and --in-speech-alone with it; without, one keyword"
                        + " taken for another is a false alarm like any other");
        CommandRun negative = calibrate("--confusion-weight", "-1", "--together", "--in-speech-alone");
        assertThat(negative.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(negative.err()).contains("--confusion-weight: expected 0 to 1000.0, found -1.0");
    }
}
