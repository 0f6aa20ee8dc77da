package io.keyspike.app.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench detection}, on tones as words. */
class BenchDetectionCommandTest {
    private static final int RECORDINGS = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Path words = folder.resolve("data/tones");
        var testing = new ArrayList<String>();
        for (int i = 0; i < RECORDINGS; i++) {
            tone(words, "low/" + i + ".wav", ToneModel.LOW_HZ + 10 * i, testing);
            tone(words, "high/" + i + ".wav", ToneModel.HIGH_HZ + 10 * i, testing);
        }
        Files.write(words.resolve("testing_list.txt"), testing);
        Path others = folder.resolve("data/others");
        var otherTesting = new ArrayList<String>();
        tone(others, "hum/0.wav", 2_000, otherTesting);
        Files.write(others.resolve("testing_list.txt"), otherTesting);
        Path speech = Files.createDirectories(folder.resolve("speech"));
        var random = new Random(1);
        short[] noise = new short[3 * ToneModel.RATE_HZ];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (short) (2_000 * random.nextGaussian());
        }
        WavWriter.write(speech.resolve("speaker.wav"), ToneModel.RATE_HZ, noise);
        Path models = Files.createDirectories(folder.resolve("models"));
        // Streams are composed at -26 dB.
        ModelFiles.write(models.resolve("tones.safetensors"), ToneModel.named("tones", "low", "high", 40));
        ToneModel.write(models, "unheard", "low", "penguin");
    }

    private static void tone(Path words, String name, double hertz, List<String> list) throws IOException {
        Path file = words.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        WavWriter.write(file, ToneModel.RATE_HZ, ToneModel.tones(hertz));
        list.add(name);
    }

    private CommandRun bench(String out, String... more) {
        var arguments = new ArrayList<>(List.of(
                "bench",
                "detection",
                "--data",
                folder.resolve("data").toString(),
                "--out",
                folder.resolve(out).toString(),
                "--models",
                folder.resolve("models").toString(),
                "--speech",
                folder.resolve("speech").toString(),
                "--speech-split",
                "all",
                "--hours",
                "0.005"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void shouldWriteTablesOfEveryModel() throws IOException {
        CommandRun run = bench("out");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        String text = Files.readString(folder.resolve("out/detection.md"));
        assertThat(run.out().strip()).isEqualTo(text.strip());
        assertThat(text)
                .contains("| tones | words | 1 |")
                .contains("| tones | other | 1 |")
                .contains("| tones | speech | 1 |")
                .contains("| unheard | no test recordings of penguin |")
                .containsPattern("\\| tones \\| tones \\| [01] of 6 = ")
                .containsPattern("\\| low \\| 3 \\| [0-9.]+ %\\* ");
        assertThat(folder.resolve("out/pareto.png")).isNotEmptyFile();
        try (var files = Files.list(folder.resolve("out"))) {
            assertThat(files.map(f -> String.valueOf(f.getFileName())))
                    .containsExactlyInAnyOrder("detection.md", "detection.json", "pareto.png");
        }
    }

    @Test
    void shouldGiveTheSameNumbersForTheSameSeed() throws IOException {
        JsonNode first = new ObjectMapper().readTree(bench("first", "--json").out());
        JsonNode second = new ObjectMapper()
                .readTree(bench("second", "--json", "--threads", "1").out());
        JsonNode model = first.path("models").path(0);
        assertThat(model.path("name").asText()).isEqualTo("tones");
        assertThat(model.path("all").path("said").asInt()).isEqualTo(2 * RECORDINGS);
        assertThat(model.path("all").path("at").fieldNames()).toIterable().containsExactly("0.1", "0.5", "1", "4");
        assertThat(model.path("work").path("cpuSecondsPerSecond").asDouble()).isPositive();
        assertThat(model.path("work").path("synapticOperationsPerSecond").asDouble())
                .isPositive();
        assertThat(model.path("clips").path("total").asInt()).isEqualTo(2 * RECORDINGS);
        for (String part : List.of("all", "words", "kinds", "clips", "hours")) {
            assertThat(second.path("models").path(0).path(part)).isEqualTo(model.path(part));
        }
        assertThat(second.path("groups")).isEqualTo(first.path("groups"));
        assertThat(first.path("models").path(1).path("all").isNull()).isTrue();
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        assertThat(bench("x", "--hours", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        Files.delete(folder.resolve("data/tones/testing_list.txt"));
        Files.delete(folder.resolve("data/others/testing_list.txt"));
        assertThat(bench("x").err()).contains("expected folders of words with a testing_list.txt, found none");
        Files.delete(folder.resolve("models/tones.safetensors"));
        Files.delete(folder.resolve("models/unheard.safetensors"));
        assertThat(bench("x").err()).contains("expected model files, found none");
    }
}
