package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.Main;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.testing.JvmFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code stream} in a process of its own, with its own broker. */
class StreamCommandTest {

    private static final Pattern ADDRESSES = Pattern.compile(
            "Kafka (127\\.0\\.0\\.1:\\d+) {3}page http://\\S+ {3}metrics (http://\\S+) {3}model (\\S+)");

    @TempDir
    Path folder;

    @Test
    void shouldPrintEventsAsTheyAreHeardUntilItIsTold() throws Exception {
        var spotter = TestModels.spotter("first", 1);
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, spotter.model());
        Path errors = folder.resolve("errors");
        Process process = process(errors, "stream", "--json", "--model", model.toString());
        try {
            Matcher addresses = awaitAddresses(process, errors);
            assertThat(addresses.group(3)).isEqualTo(spotter.model().version());

            short[] sound = TestModels.sound(3, 100 * TestModels.FRAME);
            List<KeywordEvent.Identity> expected =
                    TestModels.identities("kitchen", 7, spotter, TestModels.hear(spotter, sound));
            try (var publisher = new FramePublisher(addresses.group(1), Map.of())) {
                var session = publisher.open("kitchen", TestModels.RATE_HZ, 7);
                for (int from = 0; from < sound.length; from += TestModels.FRAME) {
                    session.send(sound, from, from + TestModels.FRAME, from);
                }
                publisher.flush();
            }
            var heard = new ArrayList<KeywordEvent.Identity>();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            while (heard.size() < expected.size()) {
                String line = out.readLine();
                assertThat(line).as(Files.readString(errors)).isNotNull();
                heard.add(KeywordEventCodec.decode(line.getBytes(StandardCharsets.UTF_8))
                        .identity());
            }

            assertThat(heard).isEqualTo(expected);
            assertThat(get(addresses.group(2))).contains("keyspike_frames_total 100.0");
            assertThat(get(addresses.group(2).replace("/metrics", "/health"))).contains("running");
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(Files.readString(errors))
                .endsWith("stopped\n")
                .as("nobody can be waiting for a broker that nobody knew of")
                .doesNotContain("Exception", "ERROR", "warming up");
    }

    @Test
    @Tag("slow")
    void shouldWarmUpBeforeItStartsAndCountNothingOfIt() throws Exception {
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, TestModels.model("first", 1));
        Path errors = folder.resolve("errors");
        Process process = process(errors, "stream", "--model", model.toString(), "--warm-up", "4");
        try {
            Matcher addresses = awaitAddresses(process, errors);

            assertThat(read(errors)).containsSubsequence("warming up", "warmed up in", "metrics", "listening");
            assertThat(get(addresses.group(2)))
                    .contains("keyspike_frames_total 0.0", "keyspike_active_streams 0.0")
                    .doesNotContain("warm-up-");
            assertThat(get(addresses.group(2).replace("/metrics", "/devices"))).doesNotContain("warm-up-");
            try (var admin = Topics.admin(Map.of("bootstrap.servers", addresses.group(1)))) {
                assertThat(admin.listTopics().names().get()).noneMatch(topic -> topic.contains("warm-up"));
            }
        } finally {
            process.toHandle().destroy(); // its last words can still be read
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.inputReader().lines()).isEmpty();
    }

    @Test
    @Tag("slow")
    void shouldStopDuringTheWarmUpAndBeAliveButNotReadyMeanwhile() throws Exception {
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, TestModels.model("first", 1));
        Path errors = folder.resolve("errors");
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process = process(
                errors,
                "stream",
                "--model",
                model.toString(),
                "--warm-up",
                "3600",
                "--http-port",
                String.valueOf(port));
        try {
            SharedBroker.await("the warm-up", () -> read(errors).contains("warming up"));

            assertThat(get("http://127.0.0.1:" + port + "/health")).contains("\"up\"", "starting");
            assertThat(get("http://127.0.0.1:" + port + "/ready")).contains("\"down\"", "starting");
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(read(errors)).endsWith("stopped\n").doesNotContain("listening", "Exception", "ERROR");
    }

    @Test
    void shouldSayWhatIsWrongAndEndWithItsExitCode() {
        assertThat(run("stream", "--bootstrap-servers", "localhost:1", "--broker-port", "9092"))
                .startsWith(ExitCode.USAGE + " ")
                .contains("--bootstrap-servers");
        assertThat(run("stream", "--threads", "0"))
                .startsWith(ExitCode.USAGE + " ")
                .contains("--threads");
        assertThat(run("stream", "--warm-up", "-1"))
                .startsWith(ExitCode.USAGE + " ")
                .contains("--warm-up");
        assertThat(run("stream", "--bootstrap-servers", "nowhere"))
                .startsWith(ExitCode.USAGE + " ")
                .contains("expected HOST:PORT", "nowhere");
    }

    @Test
    void shouldLogAnObjectInEachLineWhenAsked() throws Exception {
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, TestModels.spotter("first", 1).model());
        Path errors = folder.resolve("errors");
        Process process = process(errors, "stream", "--log-format", "json", "--model", model.toString());
        try {
            SharedBroker.await("the service to listen", () -> read(errors).contains("\"listening\""));
            Matcher address = Pattern.compile("\"kafka\":\"([^\"]+)\"").matcher(read(errors));
            assertThat(address.find()).isTrue();
            try (var publisher = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", address.group(1)),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (int i = 0; i < 20; i++) {
                    publisher
                            .send(new ProducerRecord<>(Topics.AUDIO_FRAMES, new byte[] {'k'}, new byte[] {1}))
                            .get();
                }
            }
            SharedBroker.await("dead letters", () -> read(errors).contains("dead-letter"));
        } finally {
            process.toHandle().destroy(); // its last words can still be read
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

        var events = new ArrayList<String>();
        for (String line : Files.readAllLines(errors)) {
            if (!line.startsWith("WARNING:") && !line.startsWith("starting a Kafka broker")) { // the JVM's own
                JsonNode object = new ObjectMapper().readTree(line);
                assertThat(object.path("formattedMessage").asText()).as(line).isNotEmpty();
                JsonNode first = object.path("kvpList").path(0);
                events.add(first.path("event").asText());
            }
        }
        assertThat(events).containsSubsequence("started", "listening", "dead-letter", "stopping", "stopped");
        assertThat(events.stream().filter("dead-letter"::equals))
                .as("the rest is counted")
                .hasSize(5);
        assertThat(Files.readString(errors)).contains("and 15 more like it");
        assertThat(process.inputReader().lines())
                .as("standard output is for events alone")
                .isEmpty();
    }

    private static String run(String... arguments) {
        var err = new StringWriter();
        int exitCode = Main.commandLine().setErr(new PrintWriter(err)).execute(arguments);
        return exitCode + " " + err;
    }

    private static Process process(Path errors, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                JvmFlags.argument(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=logback.xml", // the one of the tests would come first
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    private static Matcher awaitAddresses(Process process, Path errors) {
        SharedBroker.await("the service's addresses", () -> {
            assertThat(process.isAlive()).as(read(errors)).isTrue();
            return read(errors).contains("listening");
        });
        Matcher matcher = ADDRESSES.matcher(read(errors));
        assertThat(matcher.find()).as(read(errors)).isTrue();
        return matcher;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String get(String uri) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
