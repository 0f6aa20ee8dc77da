package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code send} and {@code listen --publish}, on a real broker. */
class SendCommandTest {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static EmbeddedBroker broker;

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private static Path folder;

    private static final short[] SOUND = ToneModel.tones(ToneModel.LOW_HZ);

    @BeforeAll
    static void startBroker() throws IOException {
        broker = EmbeddedBroker.start();
        Topics.create(Map.of("bootstrap.servers", broker.bootstrapServers()), 2);
        WavWriter.write(folder.resolve("a.wav"), ToneModel.RATE_HZ, SOUND);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static List<AudioFrame> framesOf(String device) throws Exception {
        var frames = new ArrayList<AudioFrame>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.AUDIO_FRAMES).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (new String(record.key(), StandardCharsets.UTF_8).equals(device)) {
                        frames.add(FrameCodec.decode(record.value()));
                    }
                }
            }
        }
        return frames;
    }

    private static short[] joined(List<AudioFrame> frames) {
        int length = frames.stream().mapToInt(f -> f.samples().length).sum();
        short[] samples = new short[length];
        int at = 0;
        for (AudioFrame frame : frames) {
            System.arraycopy(frame.samples(), 0, samples, at, frame.samples().length);
            at += frame.samples().length;
        }
        return samples;
    }

    @Test
    void shouldSendAFileAsFramesOfADevice() throws Exception {
        CommandRun run = CommandRun.of(
                "send",
                "--fast",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--device-id",
                "mill",
                "--frame-millis",
                "50",
                "--file",
                folder.resolve("a.wav").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("30 frames (1.5 s of audio) sent as mill");
        List<AudioFrame> frames = framesOf("mill");
        assertThat(frames).hasSize(30);
        assertThat(joined(frames)).isEqualTo(SOUND);
        assertThat(frames).extracting(AudioFrame::sequence).isSorted();
        assertThat(frames)
                .extracting(AudioFrame::sessionId)
                .containsOnly(frames.getFirst().sessionId());
    }

    @Test
    void shouldBeginASessionForEachFile() throws Exception {
        String file = folder.resolve("a.wav").toString();

        CommandRun run = CommandRun.of(
                "send",
                "--fast",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--device-id",
                "twice",
                "--file",
                file,
                file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(framesOf("twice").stream().map(AudioFrame::sessionId).distinct())
                .hasSize(2);
    }

    @Test
    void shouldSendWhatIsThereOfACutOffFileAndAllOthers() throws Exception {
        Path cut = folder.resolve("cut.wav");
        byte[] whole = Files.readAllBytes(folder.resolve("a.wav"));
        Files.write(cut, Arrays.copyOf(whole, whole.length - 2 * 8_000 - 1));
        Path none = Files.writeString(folder.resolve("none.wav"), "no sound");

        CommandRun run = CommandRun.of(
                "send",
                "--fast",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--device-id",
                "damaged",
                "--file",
                none.toString(),
                cut.toString(),
                folder.resolve("a.wav").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("keyspike: " + none + ": expected ", "keyspike: " + cut + ": expected ");
        assertThat(joined(framesOf("damaged"))).hasSize(2 * SOUND.length - 8_001);
    }

    @Test
    void shouldPublishWhatItListensTo() throws Exception {
        Path model = ToneModel.write(folder, "tones", "bass", "treble");

        CommandRun run = CommandRun.of(
                "listen",
                "--json",
                "--model",
                model.toString(),
                "--file",
                folder.resolve("a.wav").toString(),
                "--publish",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--device-id",
                "desk");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("\"bass\"");
        assertThat(joined(framesOf("desk"))).isEqualTo(SOUND);
    }

    @Test
    void shouldSayThatNoBrokerAnswers() throws Exception {
        Path settings = Files.writeString(folder.resolve("client.properties"), "max.block.ms=500\n");

        CommandRun run = CommandRun.of(
                "send",
                "--bootstrap-servers",
                "127.0.0.1:1",
                "--properties",
                settings.toString(),
                "--device-id",
                "mill",
                "--file",
                folder.resolve("a.wav").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err().lines()).singleElement().asString().contains("127.0.0.1:1");
    }

    @Test
    void shouldAskForTheBroker() {
        CommandRun run = CommandRun.of("send", "--device-id", "mill", "--file", "a.wav");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("send requires --bootstrap-servers");
    }

    @Test
    void shouldAskForTheDevice() {
        CommandRun run = CommandRun.of("send", "--bootstrap-servers", "x:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--device-id");
    }

    @Test
    void shouldAskForTheDeviceThatIsPublished() throws IOException {
        Path model = ToneModel.write(folder, "tones", "bass", "treble");

        CommandRun run =
                CommandRun.of("listen", "--model", model.toString(), "--publish", "--bootstrap-servers", "x:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--publish requires --device-id");
    }
}
