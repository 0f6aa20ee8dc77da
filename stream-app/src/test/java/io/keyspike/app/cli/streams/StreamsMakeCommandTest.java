package io.keyspike.app.cli.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsMakeCommandTest {
    private static final int RATE = 16_000;

    @TempDir
    private Path folder;

    @BeforeEach
    void makeRecordings() throws IOException {
        for (String word : List.of("alexa", "computer", "marvin")) {
            for (int i = 0; i < 4; i++) {
                recording(folder.resolve("words/" + word + "/" + i + ".wav"), 1, 4_000 + 2_000, 12_000);
            }
        }
        recording(folder.resolve("speech/a.wav"), 5, 0, 5 * RATE);
        recording(folder.resolve("noise/n.wav"), 2, 0, 2 * RATE);
        short[] response = new short[800];
        response[100] = 30_000;
        response[500] = 10_000;
        Files.createDirectories(folder.resolve("rooms"));
        WavWriter.write(folder.resolve("rooms/r.wav"), RATE, response);
    }

    private static void recording(Path file, int seconds, int from, int to) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        var random = new Random(file.toString().length() + from);
        short[] samples = new short[seconds * RATE];
        for (int i = from; i < to; i++) {
            samples[i] = (short) (3_000 * random.nextGaussian());
        }
        WavWriter.write(file, RATE, samples);
    }

    private CommandRun make(String out, String... more) {
        var arguments = new ArrayList<>(List.of(
                "streams",
                "make",
                "--out",
                folder.resolve(out).toString(),
                "--words",
                folder.resolve("words").toString(),
                "--split",
                "all",
                "--minutes",
                "0.5"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void shouldWriteTheSameStreamsForTheSameSeed() throws IOException {
        String[] options = {
            "--keywords",
            "alexa,computer",
            "--speech",
            path("speech"),
            "--noise",
            path("noise"),
            "--rooms",
            path("rooms"),
            "--snr",
            "0..20",
            "--gain",
            "-20..6",
            "--speed",
            "0.9..1.1",
            "--streams",
            "2",
            "--words-per-minute",
            "8"
        };
        CommandRun first = make("first", options);
        assertThat(first.err()).isEmpty();
        assertThat(first.exitCode()).isZero();
        CommandRun second = make("second", options);
        assertThat(second.exitCode()).isZero();

        for (String name : List.of("stream-01.wav", "stream-01.tsv", "stream-02.wav", "stream-02.tsv")) {
            assertThat(folder.resolve("second").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("first").resolve(name));
        }
        assertThat(AudioFiles.readAll(folder.resolve("first/stream-01.wav"), RATE))
                .hasSize(30 * RATE);
        List<String> lines = Files.readAllLines(folder.resolve("first/stream-01.tsv"));
        assertThat(lines).hasSize(6).startsWith("#duration_s=30.000");
        assertThat(lines.subList(2, 6)).allMatch(l -> l.matches("[0-9.]+\t[0-9.]+\t(alexa|computer)\t.*/[0-3].wav"));
        assertThat(first.out())
                .startsWith(folder.resolve("first") + ": 2 streams, 0.02 hours")
                .contains("8 keywords from 8 recordings: alexa 4, computer 4")
                .doesNotContain("was used up to");
        CommandRun third = make("third", "--seed", "2");
        assertThat(third.exitCode()).isZero();
        assertThat(folder.resolve("third/stream-01.tsv"))
                .content()
                .isNotEqualTo(Files.readString(folder.resolve("first/stream-01.tsv")));
    }

    @Test
    void shouldMakeStreamsWithoutKeywords() throws IOException {
        CommandRun run = CommandRun.of(
                "streams", "make", "--out", path("negative"), "--speech", path("speech"), "--minutes", "1");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("no keywords");
        assertThat(Files.readAllLines(folder.resolve("negative/stream-01.tsv")))
                .containsExactly("#duration_s=60.000", "#start_s\tend_s\tkeyword\trecording");
    }

    @Test
    void shouldReportAsJson() throws IOException {
        CommandRun run = make("json", "--words-per-minute", "30", "--json");
        assertThat(run.exitCode()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("streams").asInt()).isEqualTo(1);
        assertThat(report.get("hours").asDouble()).isEqualTo(0.5 / 60);
        assertThat(report.get("recordings").asInt()).isEqualTo(12);
        assertThat(report.get("keywords").get("alexa").asInt()
                        + report.get("keywords").get("computer").asInt()
                        + report.get("keywords").get("marvin").asInt())
                .isEqualTo(15);
    }

    @Test
    void shouldSayHowOftenARecordingWasUsed() {
        assertThat(make("often", "--words-per-minute", "30").out())
                .contains("15 keywords from 12 recordings")
                .contains("was used up to 2 times");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--snr 20..10 | 2 | expected a number or LOW..HIGH, found '20..10'",
                "--snr loud | 2 | expected a number or LOW..HIGH, found 'loud'",
                "--streams 0 | 2 | expected at least 1 for --streams, found 0",
                "--keywords jarvis | 1 | expected recordings of jarvis, found none",
                "--words-per-minute 100 | 1 | expected keywords to take at most 70 % of the time",
                "--noise nothing | 2 | --noise: expected a file or a folder, found none at nothing",
            })
    void shouldSayWhatIsWrong(String options, int exitCode, String sentence) {
        CommandRun run = make("wrong", options.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void shouldSayThatThereAreNoListsOfSplits() {
        CommandRun run = CommandRun.of("streams", "make", "--out", path("none"), "--words", path("words"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .contains("expected words in the split testing, found none; where there are no lists of validation and"
                        + " testing, every recording is in the split training");
    }

    @Test
    void shouldAskForRecordings() {
        CommandRun run = CommandRun.of("streams", "make", "--out", path("none"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("expected --words, --speech or --noise, found none of them");
    }

    @Test
    void shouldNotMixStreamsWithOtherFiles() {
        CommandRun run = make("words");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("expected a new or empty folder, found files in it");
    }
}
