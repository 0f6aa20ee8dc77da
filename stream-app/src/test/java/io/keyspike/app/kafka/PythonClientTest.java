package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.WavWriter;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device and the reader in Python of docs/library.md, run as they stand there. */
class PythonClientTest {

    private static final Path PAGE = Path.of(System.getProperty("keyspike.root", ".."), "docs", "library.md");
    private static final int FRAME = 1_280;

    private final KeywordSpotter spotter = TestModels.spotter("first", 1);

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        assumeTrue(
                run("-c", "import kafka, lz4") == 0,
                "skipped: the Python packages kafka-python and lz4 are not installed");
        SharedBroker.reset();
    }

    @Test
    void shouldHearADeviceInPythonAndBeReadByPython() throws Exception {
        short[] sound = TestModels.sound(7, 40 * FRAME);
        Path recording = folder.resolve("recording.wav");
        try (var wav = new WavWriter(recording, TestModels.RATE_HZ)) {
            wav.write(sound, 0, sound.length);
        }
        List<String> expected = TestModels.hear(spotter, sound).stream()
                .map(d -> d.samplePosition() + "/" + d.keyword())
                .toList();
        List<String> programs = programs();
        Path send = Files.writeString(folder.resolve("send.py"), programs.get(0));
        Path hear = Files.writeString(folder.resolve("hear.py"), programs.get(1));

        var config = ServiceConfig.at(SharedBroker.address()).withStateDir(folder.resolve("state"));
        try (var service = KeywordService.start(
                config, SpotterProvider.fixed(spotter), new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM))) {
            service.awaitRunning(Duration.ofMinutes(1));
            assertThat(run(send.toString(), SharedBroker.address(), "küche", recording.toString()))
                    .as(output())
                    .isZero();
            assertThat(SharedBroker.awaitEvents(expected.size())).hasSameSizeAs(expected);

            assertThat(run(hear.toString(), SharedBroker.address(), "5000"))
                    .as(output())
                    .isZero();
        }
        assertThat(output().lines().map(line -> line.replaceFirst("^.*/(\\d+/[^/]+)$", "$1")))
                .containsExactlyElementsOf(expected)
                .isNotEmpty();
        assertThat(output().lines()).allMatch(line -> line.contains(" küche "));
        assertThat(SharedBroker.readAll(Topics.DEAD_LETTERS)).isEmpty();
    }

    private static List<String> programs() throws IOException {
        Matcher block = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        var programs = new ArrayList<String>();
        while (block.find()) {
            programs.add(block.group(1));
        }
        assertThat(programs).hasSize(2);
        return programs;
    }

    private int run(String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        try {
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile());
            builder.environment().put("PYTHONIOENCODING", "utf-8");
            Process process = builder.start();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1; // no Python at all
        }
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
    }
}
