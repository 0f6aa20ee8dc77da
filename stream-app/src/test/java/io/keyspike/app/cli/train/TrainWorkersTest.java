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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train --workers} with processes of its own, some of which do not live to see the end. */
class TrainWorkersTest {
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
            training: {epochs: EPOCHS, batch: 8, parts: 4}
            augmentation: {copies: 2, roll_frames: 2}
            decision: {calibration: {enabled: false}}
            """;

    private static final Pattern PROCESS = Pattern.compile("process (\\d+) with 1 thread");

    @TempDir
    private Path folder;

    private Path data = Path.of("");

    @BeforeEach
    void write() throws IOException {
        data = folder.resolve("tones");
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

    private String[] arguments(int epochs, String model, String... more) throws IOException {
        Path configuration = folder.resolve("tones" + epochs + ".yaml");
        Files.writeString(configuration, CONFIGURATION.replace("EPOCHS", String.valueOf(epochs)));
        var arguments = new ArrayList<>(List.of(
                "train",
                "--data=" + data,
                "--config=" + configuration,
                "--out=" + folder.resolve(model),
                "--threads=2",
                "--cache=" + folder.resolve("cache")));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private byte[] alone(int epochs) throws IOException {
        CommandRun run = CommandRun.of(arguments(epochs, "alone.safetensors"));
        assertThat(run.exitCode()).as("%s", run.err()).isZero();
        return tensors(folder.resolve("alone.safetensors"));
    }

    /** What follows the header: all weights, byte for byte. */
    private static byte[] tensors(Path model) throws IOException {
        byte[] file = Files.readAllBytes(model);
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(file, Math.toIntExact(8 + header), file.length);
    }

    private static ProcessHandle worker(ForkedCommand train) throws InterruptedException {
        train.awaitLine(train.out(), "processes share each batch");
        String line = train.out().stream()
                .filter(l -> l.contains("processes share each batch"))
                .findFirst()
                .orElseThrow();
        Matcher m = PROCESS.matcher(line);
        assertThat(m.find()).as(line).isTrue();
        return ProcessHandle.of(Long.parseLong(m.group(1))).orElseThrow();
    }

    private static void assertGone(ProcessHandle process) throws Exception {
        process.onExit().get(30, TimeUnit.SECONDS);
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    @Tag("slow")
    void shouldGoOnBitForBitWhereAWorkerIsKilled() throws Exception {
        int epochs = 400;
        try (var train = new ForkedCommand(process -> process, arguments(epochs, "tones.safetensors", "--workers=2"))) {
            ProcessHandle worker = worker(train);
            train.awaitLine(train.out(), "epoch   3 ");
            worker.destroyForcibly();
            assertThat(train.awaitEnd()).as("%s", train.err()).isZero();
            assertThat(train.out())
                    .filteredOn(line -> line.startsWith("warning"))
                    .singleElement()
                    .asString()
                    .isEqualTo(
                            "warning    process " + worker.pid()
                                    + " is lost: it has ended with exit code 137; its part is done by the leading process alone");
        }
        assertThat(tensors(folder.resolve("tones.safetensors"))).isEqualTo(alone(epochs));
    }

    @Test
    @Tag("slow")
    void shouldEndItsWorkersWithCtrlCAndGoOnBitForBit() throws Exception {
        int epochs = 1_000;
        try (var train = new ForkedCommand(
                process -> {
                    process.command().addAll(0, List.of("env", "--default-signal=INT"));
                    return process;
                },
                arguments(epochs, "tones.safetensors", "--workers=2"))) {
            ProcessHandle worker = worker(train);
            train.awaitLine(train.out(), "epoch   3 ");
            // As a terminal does it: to both.
            new ProcessBuilder("kill", "-INT", String.valueOf(worker.pid()))
                    .start()
                    .waitFor();
            train.interrupt();
            assertThat(train.awaitEnd()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(train.out()).noneMatch(line -> line.startsWith("warning"));
            assertGone(worker);
        }
        CommandRun resumed = CommandRun.of(arguments(epochs, "tones.safetensors", "--workers=2", "--resume"));
        assertThat(resumed.exitCode()).as("%s", resumed.err()).isZero();
        assertThat(resumed.out()).contains("resuming in epoch ").doesNotContain("epoch   1 ");
        assertThat(tensors(folder.resolve("tones.safetensors"))).isEqualTo(alone(epochs));
    }

    @Test
    @Tag("slow")
    void shouldLeaveNoProcessBehindWhereItIsKilled() throws Exception {
        try (var train = new ForkedCommand(process -> process, arguments(5_000, "tones.safetensors", "--workers=3"))) {
            ProcessHandle worker = worker(train);
            train.awaitLine(train.out(), "epoch   2 ");
            train.kill();
            train.awaitEnd();
            assertGone(worker);
        }
    }

    @Test
    @Tag("slow")
    void shouldShareWithAWorkerGivenByAddress() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "a-token-of-many-letters\n");
        try (var worker = new ForkedCommand(
                process -> process, "train-worker", "--listen=127.0.0.1:0", "--token-file=" + token, "--threads=1")) {
            worker.awaitLine(worker.out(), "listening at 127.0.0.1:");
            String line = worker.out().getFirst();
            String address = line.substring("listening at ".length(), line.indexOf(" with "));
            CommandRun refused = CommandRun.of(arguments(20, "tones.safetensors", "--workers=" + address));
            assertThat(refused.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(refused.err())
                    .contains("worker " + address + ": it refused the token: expected a token, found none");
            CommandRun run = CommandRun.of(
                    arguments(20, "tones.safetensors", "--workers=" + address, "--worker-token-file=" + token));
            assertThat(run.exitCode()).as("%s", run.err()).isZero();
            assertThat(run.out())
                    .contains("workers    2 processes share each batch: this process with 2 threads, worker " + address
                            + " with 1 thread");
            worker.awaitLine(worker.out(), "done; waiting for the next training");
        }
        assertThat(tensors(folder.resolve("tones.safetensors"))).isEqualTo(alone(20));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0             | expected one number of processes, from 1 to 64, found '0'
            2,3           | expected one number of processes, from 1 to 64, found '2,3'
            two           | expected a number of processes, HOST:PORT, or several with commas, found 'two'
            2,host        | expected a number of processes, HOST:PORT, or several with commas, found '2,host'
            host:99999    | expected a number of processes, HOST:PORT, or several with commas, found 'host:99999'
            """)
    void shouldRefuseWhatAreNoWorkers(String workers, String sentence) throws IOException {
        CommandRun run = CommandRun.of(arguments(1, "tones.safetensors", "--workers=" + workers));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void shouldSayWhatBatchNormNeedsToBeShared() throws IOException {
        String[] arguments = arguments(1, "tones.safetensors", "--workers=2");
        Files.writeString(
                folder.resolve("tones1.yaml"),
                CONFIGURATION.replace("EPOCHS", "1").replace(", parts: 4", ""));
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err())
                .contains(
                        "--workers: expected training.parts, the parts that a batch is normalised in, since 'hidden' has"
                                + " batch_norm, found none; set them to 8, for instance");
    }
}
