package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.device.SavedDevice;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;

/** The topology without a broker, a device's sound for it, and a clock that is set. */
final class TopologyRig implements AutoCloseable {

    /** When the first sample of every sound was captured, in microseconds. */
    static final long CAPTURED = 1_700_000_000_000_000L;

    final KeywordSpotter spotter = TestModels.spotter("first", 1);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final short[] sound = TestModels.sound(7, 200 * TestModels.FRAME);

    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> frames;
    private final TestOutputTopic<byte[], byte[]> events;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    TopologyRig(Path folder, HearingSettings hearing) {
        var counters = new KeyspikeMeters(meters, Clock.SYSTEM);
        var settings = ServiceConfig.at("none:1").streamsSettings(folder, "test", 1);
        settings.put(DeadLetterHandlers.METERS, counters);
        driver = new TopologyTestDriver(
                KeywordTopology.build(
                        SpotterProvider.fixed(spotter), counters, new ActiveStreams(), hearing, null, () -> now),
                settings);
        frames = driver.createInputTopic(Topics.AUDIO_FRAMES, new ByteArraySerializer(), new ByteArraySerializer());
        events = driver.createOutputTopic(
                Topics.KEYWORD_EVENTS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Sends a frame of the sound, captured when its place in it says, moved by {@code laterMicros}. */
    void send(String device, long session, int sequence, int piece, long laterMicros) {
        var frame = new AudioFrame(
                TestModels.RATE_HZ,
                session,
                sequence,
                CAPTURED + laterMicros + sequence * 20_000L,
                Arrays.copyOfRange(sound, piece * TestModels.FRAME, (piece + 1) * TestModels.FRAME));
        frames.pipeInput(device.getBytes(StandardCharsets.UTF_8), FrameCodec.encode(frame));
    }

    /** Frames from (inclusive) to (exclusive) of the sound, numbered as they lie in it. */
    void send(String device, long session, int from, int to) {
        for (int i = from; i < to; i++) {
            send(device, session, i, i, 0);
        }
    }

    /** Lets time pass for the clock and for what is done now and then. */
    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /** Sets the clock without anything else noticing. */
    void setClockBack(Duration time) {
        now = now.minus(time);
    }

    List<String> ids() throws Exception {
        var ids = new ArrayList<String>();
        for (byte[] value : events.readValuesToList()) {
            ids.add(KeywordEventCodec.decode(value).id());
        }
        return ids;
    }

    /** The ids of detections, with what stands before the position. */
    static List<String> ids(String prefix, List<Detection> heard) {
        return heard.stream()
                .map(d -> prefix + "/" + d.samplePosition() + "/" + d.keyword())
                .toList();
    }

    double count(String meter, String... tags) {
        return meters.get(meter).tags(tags).counter().count();
    }

    KeyValueStore<String, byte[]> store() {
        return driver.getKeyValueStore(Topics.STATE_STORE);
    }

    boolean knows(String device) {
        return store().get(device) != null;
    }

    SavedDevice saved(String device) {
        return SavedDevice.read(store().get(device));
    }

    /** What was written to the changelog since this was asked last; null is a state's removal. */
    List<KeyValue<String, byte[]>> changelog() {
        return driver.createOutputTopic(
                        Topics.changelog(ServiceConfig.DEFAULT_APPLICATION_ID),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())
                .readKeyValuesToList();
    }

    @Override
    public void close() {
        driver.close();
    }
}
