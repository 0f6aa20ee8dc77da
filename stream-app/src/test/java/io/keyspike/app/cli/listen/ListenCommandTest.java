package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ListenCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path model;

    @BeforeEach
    void makeModel() throws IOException {
        model = ToneModel.write(folder, "tones", "bass", "treble");
    }

    private Path sound(String name, double... tonesHz) throws IOException {
        Path file = folder.resolve(name);
        WavWriter.write(file, ToneModel.RATE_HZ, ToneModel.tones(tonesHz));
        return file;
    }

    private static List<JsonNode> lines(CommandRun run) throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (String line : run.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static List<String> words(CommandRun run) throws IOException {
        return lines(run).stream().map(l -> l.get("keyword").asText()).toList();
    }

    @Test
    void shouldPrintTheWordsOfAFileAsJsonLines() throws IOException {
        Path file = sound("a.wav", ToneModel.LOW_HZ, ToneModel.HIGH_HZ, ToneModel.LOW_HZ);

        CommandRun run = CommandRun.of("listen", "--json", "--model", model.toString(), "--file", file.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(words(run)).containsExactly("bass", "treble", "bass");
        JsonNode second = lines(run).get(1);
        assertThat(second.get("time").asDouble()).isCloseTo(1.75, within(0.25));
        assertThat(second.get("score").asDouble()).isBetween(0.9, 1.0);
        assertThat(second.get("model").asText()).startsWith("tones@");
        assertThat(second.get("source").asText()).isEqualTo(file.toString());
        assertThat(run.err()).contains("3 keywords in", "bass 2, treble 1");
    }

    @Test
    void shouldPrintTimeWordAndScoreForPeople() throws IOException {
        Path file = sound("a.wav", ToneModel.HIGH_HZ);

        CommandRun run = CommandRun.of("listen", "--model", model.toString(), "--file", file.toString());

        assertThat(run.out()).matches("\\s+0\\.[5-9]\\d s\\s+treble\\s+(0\\.9\\d|1\\.00)\\R");
    }

    @Test
    void shouldReportAtTheThresholdsThatAreGiven() throws IOException {
        Path file = sound("a.wav", ToneModel.LOW_HZ, ToneModel.HIGH_HZ);
        String[] listen = {"listen", "--json", "--model", model.toString(), "--file", file.toString()};

        assertThat(words(CommandRun.of(with(listen, "--threshold", "bass=never"))))
                .containsExactly("treble");
        CommandRun unknown = CommandRun.of(with(listen, "--threshold", "alto=0.5"));
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err())
                .contains("tones: expected thresholds for words among [quiet, bass, treble], found one for alto");
        CommandRun unmeasured = CommandRun.of(with(listen, "--sensitivity", "0.1"));
        assertThat(unmeasured.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unmeasured.err()).contains("found one without; keyspike calibrate measures them");
        assertThat(CommandRun.of(with(listen, "--threshold", "bass=much")).err())
                .contains("--threshold: expected a number or 'never' for bass, found much");
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void shouldHearEachFileAsAStreamOfItsOwn() throws IOException {
        Path one = sound("one.wav", ToneModel.LOW_HZ);
        Path two = sound("two.wav", ToneModel.HIGH_HZ);

        CommandRun run = CommandRun.of(
                "listen", "--json", "--model", model.toString(), "--file", one.toString(), two.toString());

        assertThat(lines(run))
                .extracting(l -> l.get("source").asText())
                .containsExactly(one.toString(), two.toString());
        assertThat(lines(run))
                .allSatisfy(l -> assertThat(l.get("time").asDouble()).isLessThan(1));
    }

    @Test
    void shouldHearAWordThatTheFileEndsWith() throws IOException {
        short[] cut = java.util.Arrays.copyOf(ToneModel.tones(ToneModel.LOW_HZ), ToneModel.RATE_HZ * 58 / 100);
        Path file = folder.resolve("cut.wav");
        WavWriter.write(file, ToneModel.RATE_HZ, cut);

        CommandRun run = CommandRun.of("listen", "--json", "--model", model.toString(), "--file", file.toString());

        assertThat(words(run)).containsExactly("bass");
    }

    @Test
    void shouldHearRawSamplesOnStandardInputAtAnotherRate() throws IOException {
        short[] tones = ToneModel.tones(ToneModel.LOW_HZ, ToneModel.HIGH_HZ);
        ByteBuffer bytes = ByteBuffer.allocate(4 * tones.length).order(ByteOrder.LITTLE_ENDIAN);
        for (short s : tones) {
            bytes.putShort(s).putShort(s); // each twice: the same sound at 32 kHz, near enough
        }
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(bytes.array()));
        try {
            CommandRun run =
                    CommandRun.of("listen", "--json", "--model", model.toString(), "--stdin", "--rate", "32000");

            assertThat(words(run)).as(run.err()).containsExactly("bass", "treble");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void shouldEndAfterTheDurationAskedFor() throws IOException {
        Path file = sound("a.wav", ToneModel.LOW_HZ, ToneModel.HIGH_HZ);

        CommandRun run = CommandRun.of(
                "listen", "--json", "--model", model.toString(), "--file", file.toString(), "--duration", "1.2");

        assertThat(words(run)).containsExactly("bass");
        assertThat(run.err()).contains("in 1.2 s of audio");
    }

    @Test
    void shouldUseTheModelInUseInTheFolder() throws IOException {
        Files.writeString(folder.resolve("current"), "tones.safetensors\n");
        Path file = sound("a.wav", ToneModel.LOW_HZ);

        CommandRun run = CommandRun.of("listen", "--json", "--models", folder.toString(), "--file", file.toString());

        assertThat(words(run)).as(run.err()).containsExactly("bass");
    }

    @Test
    void shouldSayWhichModelsThereAreWhenTheNameIsWrong() throws IOException {
        Path file = sound("a.wav", ToneModel.LOW_HZ);

        CommandRun run =
                CommandRun.of("listen", "--models", folder.toString(), "--model", "tunes", "--file", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).singleElement().asString().contains("tunes", "tones");
    }

    @Test
    void shouldRefuseADamagedModelInOneSentence() throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 3] ^= 1;
        Files.write(model, bytes);

        CommandRun run = CommandRun.of(
                "listen",
                "--model",
                model.toString(),
                "--file",
                sound("a.wav", 300).toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err().lines()).singleElement().asString().contains(model.toString());
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        CommandRun run = CommandRun.of("listen", "--model", model.toString(), "--file", "nothing.wav");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no such audio file: nothing.wav");
    }

    @Test
    void shouldNameAFileThatIsNotSound() throws IOException {
        Path text = Files.writeString(folder.resolve("text.wav"), "hello, this is no sound");

        CommandRun run = CommandRun.of("listen", "--model", model.toString(), "--file", text.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(text.toString()).doesNotContain("\tat ");
    }

    /** Cuts a file in the middle of a sample, so that its header announces more. */
    private static void cutOff(Path file, int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - bytes));
    }

    @Test
    void shouldHearACutOffRecordingToItsEndAndAllOthers() throws IOException {
        Path cut = sound("cut.wav", ToneModel.HIGH_HZ);
        cutOff(cut, 301);
        Path damaged = Files.writeString(folder.resolve("page.wav"), "<!DOCTYPE html><html>");
        Path good = sound("good.wav", ToneModel.LOW_HZ);

        CommandRun run = CommandRun.of(
                "listen",
                "--json",
                "--model",
                model.toString(),
                "--file",
                cut.toString(),
                damaged.toString(),
                good.toString());

        assertThat(words(run)).as(run.err()).containsExactly("treble", "bass");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err())
                .contains(
                        "keyspike: " + cut + ": expected ",
                        "(cut off); taken to its last sample",
                        "keyspike: " + damaged + ": expected a WAV, AIFF, AU or FLAC file, found an HTML page",
                        "bass 1, treble 1");
    }

    private CommandRun hearStdin(byte[] bytes, String... options) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(bytes));
        try {
            return CommandRun.of(with(new String[] {"listen", "--json", "--model", model.toString()}, options));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void shouldDecodeWhatStandardInputHolds() throws IOException {
        byte[] wav = Files.readAllBytes(sound("a.wav", ToneModel.LOW_HZ, ToneModel.HIGH_HZ));

        assertThat(words(hearStdin(wav, "--stdin", "--rate", "48000"))).containsExactly("bass", "treble");
        CommandRun dash = hearStdin(wav, "--file", "-");
        assertThat(words(dash)).as(dash.err()).containsExactly("bass", "treble");
        CommandRun refused =
                hearStdin("OggS and more, but no sound that is read".getBytes(StandardCharsets.US_ASCII), "--stdin");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("standard input: expected a WAV, AIFF, AU or FLAC file, found an Ogg file");
    }

    @Test
    void shouldHearRawSamplesToTheLastThoughHalfOfOneFollows() throws IOException {
        short[] tones = ToneModel.tones(ToneModel.LOW_HZ);
        ByteBuffer bytes = ByteBuffer.allocate(2 * tones.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(tones);

        CommandRun run = hearStdin(bytes.array(), "--stdin", "--rate", String.valueOf(ToneModel.RATE_HZ));

        assertThat(words(run)).as(run.err()).containsExactly("bass");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void shouldHearWhatAFifoHolds() throws Exception {
        Path fifo = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        byte[] wav = Files.readAllBytes(sound("a.wav", ToneModel.HIGH_HZ));
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                Files.write(fifo, wav);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        CommandRun run = CommandRun.of("listen", "--json", "--model", model.toString(), "--file", fifo.toString());

        writer.join();
        assertThat(words(run)).as(run.err()).containsExactly("treble");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void shouldNameAFolder() {
        CommandRun run = CommandRun.of("listen", "--model", model.toString(), "--file", folder.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(folder + ": expected an audio file, found a folder");
    }
}
