package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.Main;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SecuredBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.EventConsumer;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.WavWriter;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broker with TLS, passwords and ACLs. The ACLs are those of the first table in {@code docs/kafka-security.md}: with exactly
 * these everything runs, and each of them is needed.
 */
@Tag("slow")
class KafkaSecurityTest {

    /** The limit only ends a run that would never end. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** How long a run with a right missing may go without ending by itself. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final KeywordSpotter SPOTTER = TestModels.spotter("first", 1);
    private static final DeviceSound SOUND = DeviceSound.of(1, 100);

    @TempDir
    static Path folder;

    private static SecuredBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = SecuredBroker.start(folder, List.of("service", "device", "reader", "operator"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    static List<DocumentedRight> rights() throws IOException {
        return DocumentedRight.under("## Rights");
    }

    @Test
    void shouldRunWithExactlyTheseRights() throws Exception {
        assertThat(run(rights(), PATIENCE)).as("what went wrong").isEmpty();
    }

    @ParameterizedTest(name = "without {0}")
    @MethodSource("rights")
    void shouldNotRunWithAnyRightMissing(DocumentedRight missing) throws Exception {
        var others = new ArrayList<>(rights());
        others.remove(missing);

        assertThat(run(others, SILENCE)).as("what went wrong").isNotEmpty();
    }

    /**
     * Topics are made, a service starts, a device speaks, a reader reads; the service starts again on another machine.
     *
     * @return what went wrong, or nothing
     */
    private String run(List<DocumentedRight> rights, Duration patience) throws Exception {
        broker.begin(rights.stream().map(DocumentedRight::acl).toList());
        try {
            Topics.create(broker.client("operator"), 2);
            var config = ServiceConfig.at(broker.address())
                    .withStateDir(Files.createTempDirectory(folder, "state"))
                    .withThreads(1)
                    .withLeaveOnClose(true)
                    .withSessionTimeout(Duration.ofSeconds(6))
                    .withProperties(broker.settings("service"));
            var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
            try (var service = KeywordService.start(config, SpotterProvider.fixed(SPOTTER), meters);
                    var reader = new EventConsumer(
                            broker.address(),
                            EventConsumer.Start.BEGINNING,
                            IsolationLevel.READ_COMMITTED,
                            broker.settings("reader"))) {
                service.awaitRunning(patience);
                broker.send("device", SOUND.records());
                broker.send("device", List.of(SOUND.record(new byte[] {1, 2, 3}))); // no frame
                int expected = SOUND.expected(SPOTTER).size();
                int found = 0;
                long limit = System.nanoTime() + patience.toNanos();
                while (found < expected || broker.committed(Topics.DEAD_LETTERS).isEmpty()) {
                    found += reader.poll(Duration.ofMillis(100)).size();
                    if (service.hasEnded()) {
                        service.awaitEnd();
                        return "the service ended";
                    }
                    if (System.nanoTime() > limit) {
                        return "expected " + expected + " events and a dead letter, found " + found + " events";
                    }
                }
            }
            // Once more without its folder: now there is a state that must be restored.
            var elsewhere = config.withStateDir(Files.createTempDirectory(folder, "state"));
            try (var service = KeywordService.start(elsewhere, SpotterProvider.fixed(SPOTTER), meters)) {
                service.awaitRunning(patience);
                return "";
            }
        } catch (BrokerException e) {
            return String.valueOf(e.getMessage());
        }
    }

    // ---- the commands -----------------------------------------------------------------------------------------------

    @Test
    void shouldSendThroughTlsWithAPassword() throws Exception {
        broker.begin(rights().stream().map(DocumentedRight::acl).toList());
        Topics.create(broker.client("operator"), 2);
        Path wav = sound();

        var said = new StringWriter();
        int exit = execute(
                said,
                "send",
                "--fast",
                "--bootstrap-servers",
                broker.address(),
                "--properties",
                broker.properties("device", SecuredBroker.PASSWORD + "device").toString(),
                "--device-id",
                "kitchen",
                "--file",
                wav.toString());
        assertThat(exit).as(said.toString()).isZero();
        assertThat(broker.committed(Topics.AUDIO_FRAMES)).isNotEmpty();
    }

    @Test
    void shouldSayInOneSentenceThatAPasswordIsWrong() throws Exception {
        String wrong = broker.properties("service", "guessed").toString();
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, TestModels.model("first", 1));
        for (List<String> command : List.of(
                List.of(
                        "stream",
                        "--model",
                        model.toString(),
                        "--state-dir",
                        folder.resolve("s").toString()),
                List.of("send", "--device-id", "kitchen", "--file", sound().toString()))) {
            var arguments = new ArrayList<>(command);
            arguments.addAll(List.of("--bootstrap-servers", broker.address(), "--properties", wrong));
            var said = new StringWriter();

            assertThat(execute(said, arguments.toArray(String[]::new)))
                    .as(said.toString())
                    .isEqualTo(ExitCode.ENVIRONMENT);
            assertThat(said.toString().strip().lines())
                    .as(said.toString())
                    .singleElement()
                    .asString()
                    .startsWith("keyspike: ")
                    .contains("Authentication failed");
        }
    }

    @Test
    void shouldSayInOneSentenceThatACertificateIsNotTrusted() throws Exception {
        Map<String, String> settings = broker.settings("service");
        settings.remove("ssl.truststore.location");
        settings.remove("ssl.truststore.type");
        Path file = folder.resolve("no-truststore.properties");
        var lines = new ArrayList<String>();
        settings.forEach((name, value) -> lines.add(name + "=" + value));
        Files.write(file, lines);
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, TestModels.model("first", 1));
        var said = new StringWriter();

        assertThat(execute(
                        said,
                        "stream",
                        "--model",
                        model.toString(),
                        "--bootstrap-servers",
                        broker.address(),
                        "--properties",
                        file.toString()))
                .as(said.toString())
                .isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(said.toString()).contains("certif");
    }

    private static Path sound() throws IOException {
        Path wav = folder.resolve("sound.wav");
        if (!Files.exists(wav)) {
            WavWriter.write(wav, TestModels.RATE_HZ, SOUND.samples());
        }
        return wav;
    }

    private static int execute(StringWriter said, String... arguments) {
        var err = new PrintWriter(said, true);
        return Main.commandLine().setErr(err).setOut(err).execute(arguments);
    }
}
