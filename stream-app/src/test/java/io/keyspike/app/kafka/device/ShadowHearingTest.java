package io.keyspike.app.kafka.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.service.DeadLetterHandlers;
import io.keyspike.app.kafka.service.KeywordTopology;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second model beside the first. */
class ShadowHearingTest {

    private static final int FRAMES = 200;

    private final KeywordSpotter first = TestModels.spotter("first", 1);
    private final KeywordSpotter second = TestModels.spotter("second", 2);
    private final SwitchableSpotters spotters = new SwitchableSpotters(first, second);

    @TempDir
    Path folder;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> frames;
    private TestOutputTopic<byte[], byte[]> events;
    private TestOutputTopic<byte[], byte[]> shadowEvents;

    @BeforeEach
    void start() {
        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        var settings = ServiceConfig.at("none:1").streamsSettings(folder, "test", 1);
        settings.put(DeadLetterHandlers.METERS, meters);
        driver = new TopologyTestDriver(
                KeywordTopology.build(
                        spotters, meters, new ActiveStreams(), HearingSettings.DEFAULT, null, InstantSource.system()),
                settings);
        frames = driver.createInputTopic(Topics.AUDIO_FRAMES, new ByteArraySerializer(), new ByteArraySerializer());
        events = output(Topics.KEYWORD_EVENTS);
        shadowEvents = output(Topics.SHADOW_EVENTS);
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldHearTheSameAsTheFirstWhereItIsTheSameModelWhateverHappensToTheFrames(long seed) throws Exception {
        spotters.shadow(TestModels.spotter("first", 1));
        var random = new Random(seed);
        for (int session = 0; session < 3; session++) {
            var sound =
                    new DeviceSound("kitchen", session, TestModels.sound(seed + session, FRAMES * TestModels.FRAME));
            for (int i = 0; i < FRAMES; i++) {
                if (random.nextInt(60) == 0) {
                    i += random.nextInt(20); // a gap, now one that is bridged, now one that resets
                }
                if (i < FRAMES) {
                    int displaced = i % 4 == 0 && i + 1 < FRAMES ? i + 1 : i % 4 == 1 ? i - 1 : i;
                    send(sound, displaced);
                }
            }
        }

        List<KeywordEvent> heard = read(events);
        assertThat(heard).hasSizeGreaterThan(10);
        assertThat(identities(read(shadowEvents))).isEqualTo(identities(heard));
    }

    @Test
    void shouldHearWithItsOwnModelWithoutEffectOnTheFirst() throws Exception {
        spotters.shadow(second);
        DeviceSound sound = DeviceSound.of(1, FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            send(sound, i);
        }

        assertThat(identities(read(events))).isEqualTo(sound.expected(first)).isNotEmpty();
        assertThat(identities(read(shadowEvents)))
                .isEqualTo(sound.expected(second))
                .isNotEmpty();
    }

    @Test
    void shouldGoOnFromTheStoreAsIfNeverStopped() throws Exception {
        spotters.shadow(second);
        DeviceSound sound = DeviceSound.of(1, FRAMES);
        var heard = new ArrayList<KeywordEvent>();
        for (int i = 0; i < FRAMES; i++) {
            send(sound, i);
            if (i == 80) {
                heard.addAll(read(shadowEvents));
                byte[] device = store(Topics.STATE_STORE).get(sound.device());
                byte[] shadow = store(Topics.SHADOW_STORE).get(sound.device());
                driver.close();
                start();
                store(Topics.STATE_STORE).put(sound.device(), device);
                store(Topics.SHADOW_STORE).put(sound.device(), shadow);
            }
        }
        heard.addAll(read(shadowEvents));

        assertThat(identities(heard)).isEqualTo(sound.expected(second));
    }

    @Test
    void shouldBeginInTheMiddleOfASessionAtItsPlaceAndLeaveNothingBehindWhenItEnds() throws Exception {
        DeviceSound sound = DeviceSound.of(1, FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            if (i == 100) {
                spotters.shadow(second);
            }
            send(sound, i);
        }

        List<KeywordEvent> heard = read(shadowEvents);
        assertThat(heard)
                .isNotEmpty()
                .allSatisfy(e -> assertThat(e.samplePosition()).isGreaterThan(100L * TestModels.FRAME));
        // What both are warm for, both hear alike.
        assertThat(sound.expected(second)).contains(identities(heard).getLast());

        assertThat(store(Topics.SHADOW_STORE).get(sound.device())).isNotNull();
        driver.advanceWallClockTime(DeviceExpiry.INTERVAL);
        assertThat(store(Topics.SHADOW_STORE).get(sound.device())).isNotNull();
        spotters.shadow(null);
        driver.advanceWallClockTime(DeviceExpiry.INTERVAL.plus(Duration.ofSeconds(1)));
        assertThat(store(Topics.SHADOW_STORE).get(sound.device())).isNull();
    }

    @Test
    void shouldGoOnWithoutAShadowThatFails() throws Exception {
        DeviceSound sound = DeviceSound.of(1, FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            if (i == 50) {
                // Bytes of no state at all, as if another version of the service had written them.
                store(Topics.SHADOW_STORE).put(sound.device(), new byte[] {99, 1, 2});
                spotters.shadow(second);
            }
            send(sound, i);
        }

        assertThat(identities(read(events))).isEqualTo(sound.expected(first));
        assertThat(read(shadowEvents)).isNotEmpty();
    }

    private void send(DeviceSound sound, int frame) {
        frames.pipeInput(sound.key(), sound.frame(frame));
    }

    private KeyValueStore<String, byte[]> store(String name) {
        return driver.getKeyValueStore(name);
    }

    private static List<KeywordEvent> read(TestOutputTopic<byte[], byte[]> topic) throws IOException {
        var events = new ArrayList<KeywordEvent>();
        for (byte[] value : topic.readValuesToList()) {
            events.add(KeywordEventCodec.decode(value));
        }
        return events;
    }

    private static List<KeywordEvent.Identity> identities(List<KeywordEvent> events) {
        return events.stream().map(KeywordEvent::identity).toList();
    }
}
