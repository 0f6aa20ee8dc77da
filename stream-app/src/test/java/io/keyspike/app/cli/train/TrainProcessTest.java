package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ForkedCommand;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} as a process that is interrupted or killed in the middle, and goes on. */
class TrainProcessTest {
    private static final String CONFIGURATION = """
            name: tones
            data: {words: [low, high], clip_seconds: 0.25}
            features: {kind: log_mel, log_mel: {bands: 12}}
            network:
              layers:
                - {name: hidden, width: 24, batch_norm: true, dropout: 0.2, neuron: {kind: adaptive}}
                - {name: output, bias: true, neuron: {kind: lif, tau_millis: 64}}
            loss: {logit_scale: 0.1}
            optimiser: {learning_rate: 1.0e-3, schedule: {kind: cosine}}
            training: {epochs: EPOCHS, batch: 4, prefix: {probability: 0.5, min_frames: 5, max_frames: 10}}
            augmentation: {copies: 2, roll_frames: 2}
            decision: {calibration: {grid: [0.6, 0.8]}}
            """;

    private static final int EPOCHS = 1_500;

    /** Resets what a shell that starts its jobs in the background has made of SIGINT. */
    private static final List<String> WITH_INTERRUPT = List.of("env", "--default-signal=INT");

    @TempDir
    private Path folder;

    private Path data = Path.of("");
    private Path configuration = Path.of("");

    @BeforeEach
    void write() throws IOException {
        data = folder.resolve("tones");
        configuration = folder.resolve("tones.yaml");
        Files.writeString(configuration, CONFIGURATION.replace("EPOCHS", String.valueOf(EPOCHS)));
        List<String> validation = new ArrayList<>();
        for (String word : List.of("low", "high")) {
            Files.createDirectories(data.resolve(word));
            for (int i = 0; i < 12; i++) {
                String name = word + "/s" + i + "_nohash_0.wav";
                WavWriter.write(data.resolve(name), 16_000, tone(word.equals("low") ? 400 + 90 * i : 900 + 90 * i));
                if (i >= 10) {
                    validation.add(name);
                }
            }
        }
        Files.write(data.resolve("validation_list.txt"), validation);
    }

    private static short[] tone(double frequencyHz) {
        short[] samples = new short[4_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.rint(8_000 * Math.sin(2 * Math.PI * frequencyHz * i / 16_000));
        }
        return samples;
    }

    private String[] arguments(String model, String... more) {
        var arguments = new ArrayList<>(List.of(
                "train",
                "--data=" + data,
                "--config=" + configuration,
                "--out=" + folder.resolve(model),
                "--cache=" + folder.resolve("cache")));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private Path undisturbed() {
        CommandRun run = CommandRun.of(arguments("undisturbed.safetensors"));
        assertThat(run.exitCode()).as("%s", run.err()).isZero();
        return folder.resolve("undisturbed.safetensors");
    }

    /** What follows the header: all weights, byte for byte. */
    private static byte[] tensors(Path model) throws IOException {
        byte[] file = Files.readAllBytes(model);
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(file, Math.toIntExact(8 + header), file.length);
    }

    @Test
    void shouldGoOnBitForBitAfterCtrlC() throws Exception {
        Assumptions.assumeTrue(
                canResetInterrupt(), "skipped: no 'env --default-signal' here to undo what the shell made of SIGINT");
        Path model = folder.resolve("tones.safetensors");
        Path checkpoint = folder.resolve("tones.checkpoint");
        try (var train = new ForkedCommand(
                process -> {
                    process.command().addAll(0, WITH_INTERRUPT);
                    return process;
                },
                arguments("tones.safetensors"))) {
            train.awaitLine(train.out(), "epoch   2 ");
            train.interrupt();
            assertThat(train.awaitEnd()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(train.err())
                    .last()
                    .asString()
                    .matches(
                            "training stopped in epoch \\d+ after batch \\d; use --resume to continue from .*tones.checkpoint");
        }
        assertThat(model).doesNotExist();
        assertThat(checkpoint).exists();

        CommandRun resumed = CommandRun.of(arguments("tones.safetensors", "--resume"));
        assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
        assertThat(resumed.out()).contains("resuming in epoch ").doesNotContain("epoch   1 ");
        assertThat(checkpoint).doesNotExist();
        assertThat(tensors(model)).isEqualTo(tensors(undisturbed()));
    }

    @Test
    void shouldGoOnBitForBitAfterItWasKilled() throws Exception {
        Path model = folder.resolve("tones.safetensors");
        Path checkpoint = folder.resolve("tones.checkpoint");
        try (var train =
                new ForkedCommand(process -> process, arguments("tones.safetensors", "--checkpoint-every=0.02"))) {
            train.awaitLine(train.out(), "epoch   9 ");
            train.kill();
            assertThat(train.awaitEnd()).isNotZero();
        }
        assertThat(model).doesNotExist();
        assertThat(checkpoint).exists();

        CommandRun resumed = CommandRun.of(arguments("tones.safetensors", "--resume"));
        assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
        assertThat(resumed.out()).contains("resuming in epoch ").doesNotContain("epoch   1 ");
        assertThat(tensors(model)).isEqualTo(tensors(undisturbed()));
    }

    @Test
    void shouldSayWhatItDoesWithACheckpoint() throws Exception {
        Files.writeString(configuration, CONFIGURATION.replace("EPOCHS", "1"));
        CommandRun nothing = CommandRun.of(arguments("tones.safetensors", "--resume"));
        assertThat(nothing.out())
                .contains("no checkpoint at " + folder.resolve("tones.checkpoint") + ": training starts from scratch");
        Files.writeString(folder.resolve("tones.checkpoint"), "of another run");
        assertThat(CommandRun.of(arguments("tones.safetensors")).out())
                .contains(
                        "tones.checkpoint of an interrupted run will be overwritten; use --resume to continue from it");
    }

    @Test
    void shouldSayInOneSentenceThatItDiverged() throws Exception {
        Files.writeString(
                configuration,
                CONFIGURATION
                        .replace("EPOCHS", "3")
                        .replace("learning_rate: 1.0e-3", "kind: sgd, learning_rate: 1.0e+30")
                        .replace("logit_scale: 0.1", "kind: mean_squared_membrane"));
        CommandRun run = CommandRun.of(arguments("tones.safetensors"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .matches(
                        "keyspike: training diverged in epoch 1, batch \\d: \\S+( loss)? is -?(NaN|Infinity) at a learning"
                                + " rate of .* may help\\); nothing was written\\R");
        assertThat(folder).isDirectoryNotContaining("glob:**.{safetensors,checkpoint,partial}");
    }

    private static boolean canResetInterrupt() throws InterruptedException {
        try {
            var command = new ArrayList<>(WITH_INTERRUPT);
            command.add("true");
            Process probe = new ProcessBuilder(command).start();
            return probe.waitFor(1, TimeUnit.MINUTES) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
