package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} and {@code evaluate}, on two tones as words. */
class TrainCommandTest {
    private static final String CONFIGURATION = """
            name: tones
            data: {words: [low, high], clip_seconds: 0.25}
            features: {kind: filterbank, normaliser: {offset: 0.5, rectified: true}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: hidden, width: 8, init: {kind: normal, deviation: 0.4}, neuron: {kind: hardware, tau_millis: 64}}
                - {name: output, init: {kind: normal, deviation: 0.3}, neuron: {kind: hardware, tau_millis: 64}}
            loss: {logit_scale: 0.5}
            optimiser: {learning_rate: 2.0e-2}
            training: {epochs: 20, batch: 4}
            decision: {calibration: {grid: [0.6, 0.8]}}
            """;

    @TempDir
    private Path folder;

    private Path data = Path.of("");
    private Path configuration = Path.of("");

    @BeforeEach
    void write() throws IOException {
        data = folder.resolve("tones");
        configuration = folder.resolve("tones.yaml");
        Files.writeString(configuration, CONFIGURATION);
        List<String> validation = new ArrayList<>();
        List<String> testing = new ArrayList<>();
        for (String word : List.of("low", "high")) {
            Files.createDirectories(data.resolve(word));
            for (int i = 0; i < 12; i++) {
                String name = word + "/s" + i + "_nohash_0.wav";
                WavWriter.write(data.resolve(name), 16_000, tone(word.equals("low") ? 400 + 9 * i : 2_500 + 40 * i));
                if (i >= 10) {
                    testing.add(name);
                } else if (i >= 8) {
                    validation.add(name);
                }
            }
        }
        Files.write(data.resolve("validation_list.txt"), validation);
        Files.write(data.resolve("testing_list.txt"), testing);
    }

    private static short[] tone(double frequencyHz) {
        short[] samples = new short[4_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.rint(8_000 * Math.sin(2 * Math.PI * frequencyHz * i / 16_000));
        }
        return samples;
    }

    private CommandRun train(String... more) {
        var arguments = new ArrayList<>(List.of(
                "train",
                "--data=" + data,
                "--config=" + configuration,
                "--out=" + folder.resolve("models/tones.safetensors"),
                "--cache=" + folder.resolve("cache")));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void shouldTrainAModelThatEvaluateFindsByName() throws IOException {
        CommandRun training = train();
        assertThat(training.err()).isEmpty();
        assertThat(training.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(training.out()).contains("epoch  20", "testing    4 of 4 correct, 100.0 %", "tones@");
        assertThat(folder.resolve("models/tones-report/report.html")).exists();
        assertThat(folder.resolve("models/tones.checkpoint")).doesNotExist();

        CommandRun evaluation = CommandRun.of(
                "evaluate",
                "tones",
                "--models=" + folder.resolve("models"),
                "--data=" + data,
                "--split=testing",
                "--json");
        assertThat(evaluation.exitCode()).isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(evaluation.out());
        assertThat(json.get("accuracy").asDouble()).isEqualTo(1);
        assertThat(json.get("correct").asInt()).isEqualTo(4);
        assertThat(json.get("total").asInt()).isEqualTo(4);
        assertThat(json.get("interval95").get(0).asDouble()).isBetween(0.5, 0.52);
        assertThat(json.get("interval95").get(1).asDouble()).isEqualTo(1);
        assertThat(json.get("confusion").toString()).isEqualTo("[[2,0],[0,2]]");
        assertThat(json.get("labels").toString()).isEqualTo("[\"low\",\"high\"]");
        assertThat(json.get("firingRates").get("hidden").asDouble()).isBetween(0.001, 1.0);
        assertThat(json.get("split").asText()).isEqualTo("testing");
        assertThat(json.get("model").asText()).startsWith("tones@");

        CommandRun all = CommandRun.of(
                "evaluate", folder.resolve("models/tones.safetensors").toString(), "--data=" + data, "--split=all");
        assertThat(all.out()).contains("of 24 clips correct", "Firing rates");
    }

    /** Nothing, a page, a pointer, noise, a cut-off recording, FLAC without end and a header that asks for gigabytes. */
    private static Map<String, byte[]> hostileFiles() throws IOException {
        byte[] tone;
        Path whole = Files.createTempFile("tone", ".wav");
        try {
            WavWriter.write(whole, 16_000, tone(400));
            tone = Files.readAllBytes(whole);
        } finally {
            Files.delete(whole);
        }
        byte[] noise = new byte[3_000];
        new Random(7).nextBytes(noise);
        byte[] endless = Arrays.copyOf("fLaC".getBytes(StandardCharsets.US_ASCII), 4_000);
        byte[] huge = Arrays.copyOf("fLaC\6\377\377\377".getBytes(StandardCharsets.ISO_8859_1), 200);
        return Map.of(
                "empty.wav",
                new byte[0],
                "page.wav",
                "<!DOCTYPE html><html>".getBytes(StandardCharsets.US_ASCII),
                "pointer.wav",
                "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII),
                "noise.flac",
                noise,
                "cut.wav",
                Arrays.copyOf(tone, tone.length / 2 + 1),
                "endless.flac",
                endless,
                "huge.flac",
                huge,
                "other.mp3.wav",
                "ID3\4\0\0\0\0\0\0\377\373".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldLeaveOutEachHostileRecordingAndNothingElse() throws IOException {
        CommandRun undisturbed = train();
        assertThat(undisturbed.exitCode()).isEqualTo(ExitCode.OK);
        byte[] model = Files.readAllBytes(folder.resolve("models/tones.safetensors"));
        for (Map.Entry<String, byte[]> hostile : hostileFiles().entrySet()) {
            Files.write(data.resolve("low").resolve(hostile.getKey()), hostile.getValue());
        }

        CommandRun run = train();

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(version(Files.readAllBytes(folder.resolve("models/tones.safetensors"))))
                .as("the same clips were learnt from")
                .isEqualTo(version(model));
        CommandRun evaluation = CommandRun.of(
                "evaluate", folder.resolve("models/tones.safetensors").toString(), "--data=" + data, "--split=all");
        assertThat(evaluation.exitCode()).as(evaluation.err()).isEqualTo(ExitCode.OK);
        assertThat(evaluation.out()).contains("of 24 clips correct", "Skipped 8 defective files:");
        for (String name : hostileFiles().keySet()) {
            assertThat(run.out() + run.err()).contains("low/" + name);
            assertThat(evaluation.out()).contains("low/" + name + ": ");
        }
    }

    private static String version(byte[] file) throws IOException {
        return ModelFiles.parse(file, "tones").version();
    }

    @Test
    void shouldStartFromAModel() throws IOException {
        assertThat(train().exitCode()).isEqualTo(ExitCode.OK);
        Path model = folder.resolve("models/tones.safetensors");
        // As good as nothing is learnt, so what is heard is what the model knew.
        Files.writeString(
                configuration,
                CONFIGURATION
                        .replace("learning_rate: 2.0e-2", "learning_rate: 1.0e-20")
                        .replace("epochs: 20", "epochs: 1"));
        CommandRun again = CommandRun.of(
                "train",
                "--data=" + data,
                "--config=" + configuration,
                "--from=" + model,
                "--out=" + folder.resolve("again.safetensors"));
        assertThat(again.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(again.out()).contains("testing    4 of 4 correct");

        Files.writeString(configuration, CONFIGURATION.replace("width: 8", "width: 9"));
        CommandRun wider = CommandRun.of(
                "train",
                "--data=" + data,
                "--config=" + configuration,
                "--from=" + model,
                "--out=" + folder.resolve("wider.safetensors"));
        assertThat(wider.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(wider.err())
                .contains("expected a tensor hidden_synapse.weight of 117 values to start from, found 104 values");

        CommandRun missing = CommandRun.of(
                "train",
                "--data=" + data,
                "--config=" + configuration,
                "--from=" + folder.resolve("gone.safetensors"),
                "--out=" + folder.resolve("missing.safetensors"));
        assertThat(missing.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(missing.err()).contains("--from: expected a file, found none at", "gone.safetensors");
    }

    @Test
    void shouldSayInOneSentenceWhatIsWrong() throws IOException {
        Files.writeString(configuration, CONFIGURATION + "epochs: 3\n");
        CommandRun wrongKey = train();
        assertThat(wrongKey.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(wrongKey.err())
                .startsWith("keyspike: " + configuration + ": epochs: unknown key, expected one of [attribution,")
                .hasLineCount(1);

        Files.writeString(configuration, CONFIGURATION);
        data = folder.resolve("nowhere");
        assertThat(train().err())
                .isEqualTo("keyspike: --data: expected a folder, found none at " + data + System.lineSeparator());
        assertThat(CommandRun.of("train").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("evaluate", "nothing", "--data=" + folder).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldSayHowMuchTheCacheTakes() {
        CommandRun run = train("--features=disk");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .containsPattern("cache +[0-9.]+ MiB of features in .*cache; 'keyspike cache --clear' removes them");
    }

    /** A link to a device that is always full stands for a disk that is. */
    private void fill(Path file) throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "skipped: no /dev/full");
        Files.createDirectories(folder.resolve("models"));
        Files.createSymbolicLink(file, full);
    }

    @Test
    void shouldCheckThePlaceOfTheCheckpointBeforeTheFirstEpoch() throws IOException {
        fill(folder.resolve("models/tones.checkpoint.partial"));

        CommandRun run = train();

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err())
                .contains(
                        folder.resolve("models/tones.checkpoint") + ": cannot write the checkpoint",
                        "No space left on device");
        assertThat(run.out()).doesNotContain("epoch ");
    }

    @Test
    void shouldCheckThePlaceOfTheModelBeforeAnythingIsRead() throws IOException {
        Files.writeString(folder.resolve("models"), "a file where a folder should be");

        CommandRun run = train();

        assertThat(run.exitCode()).isNotEqualTo(ExitCode.OK);
        assertThat(run.err()).contains("models");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldNameAWordWithoutFolderBeforeAnythingIsRead() throws IOException {
        Files.writeString(configuration, CONFIGURATION.replace("[low, high]", "[low, middle]"));

        CommandRun run = train();

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("expected training clips of 'middle', found none");
        assertThat(run.out()).doesNotContain("clips of");
    }

    @Test
    void shouldNameTheFileOfALayerWithoutName() throws IOException {
        Files.writeString(configuration, CONFIGURATION.replace("{name: hidden, ", "{"));

        CommandRun run = train();

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .isEqualTo(
                        "keyspike: " + configuration + ": network.layers: name: expected a name for every layer, found"
                                + " a layer without" + System.lineSeparator());
    }

    @Test
    void shouldSayHowAMistypedKeyIsSpelt() throws IOException {
        Files.writeString(configuration, CONFIGURATION.replace("learning_rate", "lerning_rate"));

        assertThat(train().err())
                .contains(
                        configuration + ": optimiser",
                        "lerning_rate: unknown key",
                        "did you mean learning_rate or learning_rates?");
    }

    @Test
    void shouldSayWhenASplitHasNoClips() throws IOException {
        train();
        Files.delete(data.resolve("testing_list.txt"));
        Files.delete(data.resolve("validation_list.txt"));
        CommandRun run = CommandRun.of(
                "evaluate", folder.resolve("models/tones.safetensors").toString(), "--data=" + data);
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("expected clips of [low, high] in split testing, found none (without");
    }
}
