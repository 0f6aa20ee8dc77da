package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.WavWriter;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.testing.JvmFlags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Types the commands of README and docs into a shell, in a folder that holds what they name: recordings, a small data set,
 * models, a broker. What needs something foreign, or a quarter of an hour, is skipped by name.
 */
@Tag("slow")
class TypedCommandsTest {

    private static final Path ROOT =
            Path.of(System.getProperty("keyspike.root", "..")).toAbsolutePath().normalize();

    /** By a part of the line: why a command cannot be run here. */
    private static final Map<Pattern, String> FOREIGN = new LinkedHashMap<>();

    static {
        foreign("sox |opusdec", "needs another program");
        foreign("kafka:9093", "needs a broker with TLS; KafkaSecurityTest has one");
        foreign("collector:4318", "needs an OpenTelemetry collector");
        foreign("voices install|voices say|voices make|keyword new|hey-penguin", "needs voices that are not here");
        foreign("--backend tornado", "needs a GPU and TornadoVM");
        foreign(
                "MNIST|SPEECH_COMMANDS|--data events|wake-words --streams|wavesense-(?:mel|filterbank)|bench detection|--from-feedback",
                "needs a data set that is not here");
        foreign(
                "--from commands-body|keyword-body|(?:keywords|evaluate) (?:marvin|computer)",
                "goes on from a model or recordings that are not here");
        foreign("gpu1:9470", "needs workers on other machines");
        foreign("--in-speech-alone", "needs hours of speech with and without keywords");
        foreign("bench (?!equivalence)", "measures for minutes");
        foreign("--words DATA --split", "needs speakers, speech and noise that are not here");
        foreign(" \\.\\.\\. ", "is only a pattern");
        foreign("listen(?!.*--(file|stdin))", "needs a microphone");
    }

    /** These go on until they are stopped, once they have said so. */
    private static final Pattern SERVICE = Pattern.compile("keyspike (stream|wyoming|train-worker)");

    private static final Pattern SERVES = Pattern.compile("listening|tcp://");

    /** Exit code of a service that was asked to stop. */
    private static final int STOPPED = 143;

    private static final List<String> WORDS =
            List.of("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "bed", "bird");

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    private static void foreign(String part, String reason) {
        FOREIGN.put(Pattern.compile(part), reason);
    }

    static Stream<DocumentedCommand> commands() throws IOException {
        return DocumentedCommand.all().stream().distinct();
    }

    @BeforeAll
    static void prepare() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: there is no shell");
        broker = EmbeddedBroker.start();
        Topics.create(Map.of("bootstrap.servers", broker.bootstrapServers()), 4);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path home = Files.createDirectories(folder.resolve("home"));
        Path launcher = Files.writeString(
                folder.resolve("keyspike"),
                // Warmed up for a second: what is typed here is to run, not to be fast.
                "#!/bin/sh\ncase \" $* \" in *' --warm-up '*) ;; ' stream '*) set -- \"$@\" --warm-up 1 ;; esac\nexec '"
                        + java + "' '" + JvmFlags.argument() + "' -XX:TieredStopAtLevel=1 '-Duser.home="
                        + home + "' '-Dkeyspike.home=" + ROOT + "' -cp '" + System.getProperty("java.class.path")
                        + "' " + Main.class.getName() + " \"$@\"\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        sounds();
        streams(folder.resolve("DIR"));
        data(folder.resolve("DATA"));
        data(folder.resolve("speech_commands_v0.02"));
        configurations(Files.createDirectories(folder.resolve("configs")));
        Files.writeString(folder.resolve("TOKEN"), "a-token-of-many-letters\n");
        models();
        // So that there is a model to go back to, here and in the cluster.
        String cluster = " --bootstrap-servers " + broker.bootstrapServers();
        for (String line : List.of(
                "models use commands-12",
                "models publish yes-no --use" + cluster,
                "models publish other-model" + cluster,
                "models publish my-words --use" + cluster)) {
            assertThat(type("./keyspike " + line)).as(printed()).isZero();
        }
    }

    @AfterAll
    static void close() {
        broker.close();
    }

    private static void sounds() throws IOException {
        short[] sound = AudioFiles.readAll(ROOT.resolve("demo/kitchen-yes-no.wav"), 16_000);
        for (String name : List.of("recording.wav", "word.wav", "other.wav")) {
            WavWriter.write(folder.resolve(name), 16_000, sound);
        }
    }

    private static void streams(Path streams) throws IOException {
        Files.createDirectories(streams);
        short[] sound = AudioFiles.readAll(ROOT.resolve("demo/kitchen-yes-no.wav"), 16_000);
        WavWriter.write(streams.resolve("kitchen.wav"), 16_000, sound);
        Files.writeString(streams.resolve("kitchen.tsv"), "1.0\t1.5\tyes\n2.5\t3.0\tno\n");
    }

    /** Ten clips of each word, each by a speaker of its own. */
    private static void data(Path data) throws IOException {
        var random = new Random(1);
        var validation = new ArrayList<String>();
        var testing = new ArrayList<String>();
        for (int w = 0; w < WORDS.size(); w++) {
            Path words = Files.createDirectories(data.resolve(WORDS.get(w)));
            for (int clip = 0; clip < 10; clip++) {
                String name = "%08x_nohash_0.wav".formatted(clip * 31 + 7);
                short[] samples = new short[16_000];
                for (int i = 0; i < samples.length; i++) {
                    samples[i] = (short) (4_000 * Math.sin(2 * Math.PI * (200 + 150 * w) * i / 16_000.0)
                            + 300 * random.nextGaussian());
                }
                WavWriter.write(words.resolve(name), 16_000, samples);
                if (clip >= 6) {
                    (clip >= 8 ? testing : validation).add(WORDS.get(w) + "/" + name);
                }
            }
        }
        Files.write(data.resolve("validation_list.txt"), validation);
        Files.write(data.resolve("testing_list.txt"), testing);
        Path background = Files.createDirectories(data.resolve("_background_noise_"));
        short[] noise = new short[320_000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (short) (500 * random.nextGaussian());
        }
        WavWriter.write(background.resolve("noise.wav"), 16_000, noise);
    }

    /** Those of the repository with two epochs: what they learn is not the question here. */
    private static void configurations(Path configs) throws IOException {
        try (var files = Files.list(ROOT.resolve("configs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(
                        configs.resolve(file.getFileName()),
                        Files.readString(file)
                                .replaceAll("epochs: \\d+", "epochs: 2")
                                .replaceAll("copies: \\d+", "copies: 1"));
            }
        }
    }

    /** The models that the pages speak of as the reader's own, before each command as if it were the first. */
    private static void models() throws IOException {
        Path registry = Files.createDirectories(folder.resolve("home/.keyspike/models"));
        KeywordModel body = ModelFiles.read(ROOT.resolve("model-zoo/yes-no-clips.safetensors"));
        for (String name : List.of("my-model", "other-model", "some-model", "my-words", "my-wake-word")) {
            ModelFiles.write(registry.resolve(name + ".safetensors"), named(body, name));
            ModelFiles.write(folder.resolve(name + ".safetensors"), named(body, name));
        }
        KeywordModel chip = ModelFiles.read(ROOT.resolve("model-zoo/yes-no-h1.safetensors"));
        ModelFiles.write(folder.resolve("my.safetensors"), named(chip, "my"));
    }

    private static KeywordModel named(KeywordModel model, String name) {
        return new KeywordModel(
                name,
                model.version().replace(model.name(), name),
                model.features(),
                model.network(),
                model.labels(),
                model.decision(),
                model.chip(),
                model.provenance());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldRunAsDocumented(DocumentedCommand command) throws Exception {
        for (var foreign : FOREIGN.entrySet()) {
            assumeTrue(
                    !foreign.getKey().matcher(command.line()).find(),
                    "skipped: a documented command that " + foreign.getValue());
        }
        models();
        String line = command.line()
                .replaceFirst("^keyspike ", "./keyspike ")
                .replace("kafka:9092", broker.bootstrapServers())
                .replace("--metrics-port 9464", "--metrics-port " + freePort())
                .replace("other.flac", "other.wav")
                .replace("MODEL", "yes-no-clips");

        assumeTrue(
                !line.contains("wyoming") || isFree(10_400),
                "skipped: a documented command that needs port 10400, which is in use");

        int exit = SERVICE.matcher(line).find() ? serve(line) : type(line);

        assertThat(exit).as("%s%n%s", line, printed()).isZero();
    }

    private static int type(String line) throws IOException, InterruptedException {
        Process process = shell(line);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue();
    }

    /** Waits until it serves and ends it. Not by an interrupt, which a shell in the background may have told it to ignore. */
    private static int serve(String line) throws Exception {
        Process process = shell("exec " + line);
        long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (!SERVES.matcher(printed()).find()) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                process.destroyForcibly();
                return process.isAlive() ? -1 : process.exitValue();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid()))
                .start()
                .waitFor();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as(printed()).isTrue();
        return process.exitValue() == STOPPED ? 0 : process.exitValue();
    }

    private static Process shell(String line) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("printed").toFile())
                .start();
    }

    private static String printed() {
        try {
            return Files.readString(folder.resolve("printed"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
