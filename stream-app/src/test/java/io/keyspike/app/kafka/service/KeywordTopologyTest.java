package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.CaptureTime;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.device.SwitchableSpotters;
import io.keyspike.app.kafka.wire.DeadLetters;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeywordTopologyTest {

    private static final int FRAMES = 100;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");
    private static final long CAPTURED_MICROS =
            Instant.parse("2026-01-01T00:00:00Z").toEpochMilli() * 1_000;

    private final KeywordSpotter first = TestModels.spotter("first", 1);
    private final KeywordSpotter second = TestModels.spotter("second", 2);
    private final SwitchableSpotters spotters = new SwitchableSpotters(first, second);
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final short[] sound = TestModels.sound(7, FRAMES * TestModels.FRAME);

    @TempDir
    Path folder;

    private boolean clockFails;
    private HearingSettings hearing = HearingSettings.DEFAULT;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> frames;
    private TestOutputTopic<byte[], byte[]> events;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start() {
        meters = new SimpleMeterRegistry();
        var counters = new KeyspikeMeters(meters, Clock.SYSTEM);
        var settings = ServiceConfig.at("none:1").streamsSettings(folder, "test", 1);
        settings.put(DeadLetterHandlers.METERS, counters);
        driver = new TopologyTestDriver(
                KeywordTopology.build(spotters, counters, new ActiveStreams(), hearing, null, this::now), settings);
        frames = driver.createInputTopic(Topics.AUDIO_FRAMES, new ByteArraySerializer(), new ByteArraySerializer());
        events = driver.createOutputTopic(
                Topics.KEYWORD_EVENTS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        deadLetters =
                driver.createOutputTopic(Topics.DEAD_LETTERS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void shouldHearWhatTheSpotterHearsWithoutKafka() throws Exception {
        for (int i = 0; i < FRAMES; i++) {
            send("kitchen", frame(1, i));
        }

        List<Detection> expected = TestModels.hear(first, sound);
        List<KeywordEvent> heard = events();
        assertThat(expected).hasSizeGreaterThan(5);
        assertThat(heard).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Detection d = expected.get(i);
            KeywordEvent e = heard.get(i);
            assertThat(e.keyword()).isEqualTo(d.keyword());
            assertThat(e.score()).isEqualTo(d.score());
            assertThat(e.samplePosition()).isEqualTo(d.samplePosition());
            assertThat(e.id()).isEqualTo("kitchen/0000000000000001/" + d.samplePosition() + "/" + d.keyword());
            assertThat(e.model()).isEqualTo(first.model().version());
            assertThat(e.audioTime())
                    .isEqualTo(Instant.ofEpochSecond(0, (CAPTURED_MICROS + d.samplePosition() * 125 / 2) * 1_000));
            assertThat(e.emittedAt()).isEqualTo(NOW);
            assertThat(e.latencyMillis()).isEqualTo(10_000 - d.samplePosition() / 16.0);
        }
        assertThat(count("keyspike.frames")).isEqualTo(FRAMES);
    }

    /** Zero, milliseconds, nanoseconds, and what a device's counter may hold at worst. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                -1,
                1_767_225_600L,
                1_767_225_600_000L,
                1_767_225_600_000_000_000L,
                1_767_398_500_000_000L,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void shouldHearDevicesThatDoNotKnowTheTime(long captureMicros) throws Exception {
        for (int i = 0; i < FRAMES; i++) {
            var frame = new AudioFrame(
                    TestModels.RATE_HZ,
                    1,
                    i,
                    captureMicros,
                    Arrays.copyOfRange(sound, i * TestModels.FRAME, (i + 1) * TestModels.FRAME));
            send("kitchen", frame);
        }

        assertThat(deadLetters.isEmpty()).isTrue();
        List<TestRecord<byte[], byte[]>> records = events.readRecordsToList();
        assertThat(records).hasSameSizeAs(TestModels.hear(first, sound));
        for (TestRecord<byte[], byte[]> record : records) {
            KeywordEvent event = KeywordEventCodec.decode(record.value());
            assertThat(event.audioTime()).isEqualTo(event.emittedAt()).isEqualTo(NOW);
            assertThat(event.latencyMillis()).isZero();
            assertThat(header(record, "ce_time")).isEqualTo("2026-01-01T00:00:10.000000Z");
        }
        for (String meter : List.of("keyspike.frame.latency", "keyspike.event.latency")) {
            assertThat(meters.get(meter).timer().count()).as(meter).isZero();
        }
        assertThat(CaptureTime.isDate(captureMicros))
                .isEqualTo(captureMicros >= 0 && captureMicros <= 1_767_398_500_000_000L);
    }

    @Test
    void shouldCarryCloudEventsHeaders() {
        for (int i = 0; i < FRAMES; i++) {
            send("küche 1", frame(1, i));
        }

        TestRecord<byte[], byte[]> record = events.readRecord();
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("küche 1");
        assertThat(header(record, "ce_id")).startsWith("küche 1/0000000000000001/");
        assertThat(header(record, "ce_source")).isEqualTo("/devices/k%C3%BCche+1");
        assertThat(header(record, "ce_type")).isEqualTo("io.keyspike.keyword.heard.v1");
        assertThat(header(record, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(record, "ce_time")).matches("2026-01-01T00:00:0\\d\\.\\d{6}Z");
        assertThat(header(record, "content-type")).isEqualTo("application/json");
    }

    @Test
    void shouldDropDuplicatesAndPutReorderedFramesInOrder() throws Exception {
        for (int i = 0; i + 4 <= FRAMES; i += 4) {
            for (int sequence : new int[] {i + 2, i, i, i + 3, i + 1, i + 2}) {
                send("kitchen", frame(1, sequence));
            }
        }

        assertThat(identities(events())).isEqualTo(identities("kitchen", 1, first, sound));
        assertThat(count("keyspike.frames")).isEqualTo(FRAMES);
        assertThat(dropped("duplicate")).isEqualTo(FRAMES / 2.0);
        assertThat(dropped("late")).isZero();
        assertThat(gaps("bridged") + gaps("reset")).isZero();
    }

    @Test
    void shouldBeginAfreshAfterALongGapAndDropWhatComesTooLate() throws Exception {
        for (int i = 0; i < FRAMES; i++) {
            if (i < 30 || i >= 40) {
                send("kitchen", frame(1, i));
            }
        }
        send("kitchen", frame(1, 35));

        SpotterState state = first.newState();
        var expected = new ArrayList<Detection>();
        int gap = 30 * TestModels.FRAME;
        first.process(state, sound, 0, gap, expected::add);
        state.bridgeGap(10 * TestModels.FRAME);
        first.process(state, sound, gap + 10 * TestModels.FRAME, sound.length, expected::add);
        assertThat(identities(events())).isEqualTo(identities("kitchen", 1, first, expected));
        assertThat(gaps("reset")).isEqualTo(1);
        assertThat(dropped("late")).isEqualTo(1);
        assertThat(count("keyspike.frames")).isEqualTo(FRAMES - 10.0);
    }

    @Test
    void shouldBeginAfreshWithANewSessionAndIgnoreStragglersOfTheOld() throws Exception {
        for (int i = 0; i < 50; i++) {
            send("kitchen", frame(1, i));
        }
        for (int i = 0; i < 50; i++) {
            send("kitchen", frame(2, i));
            if (i == 10) {
                send("kitchen", frame(1, 50));
            }
        }

        short[] half = Arrays.copyOf(sound, 50 * TestModels.FRAME);
        var expected = new ArrayList<>(identities("kitchen", 1, first, half));
        expected.addAll(identities("kitchen", 2, first, half));
        assertThat(identities(events())).isEqualTo(expected);
        assertThat(dropped("late")).isEqualTo(1);
        assertThat(gaps("bridged") + gaps("reset")).isZero();
    }

    @Test
    void shouldKeepDevicesApart() throws Exception {
        short[] other = TestModels.sound(8, FRAMES * TestModels.FRAME);
        for (int i = 0; i < FRAMES; i++) {
            send("kitchen", frame(1, i));
            send("hallway", new AudioFrame(16_000, 1, i, CAPTURED_MICROS, piece(other, i)));
        }

        assertThat(identities(events()))
                .containsExactlyInAnyOrderElementsOf(
                        concat(identities("kitchen", 1, first, sound), identities("hallway", 1, first, other)));
    }

    @Test
    void shouldSwapTheModelBetweenTwoFramesAndNameTheOneThatHeard() throws Exception {
        for (int i = 0; i < FRAMES; i++) {
            if (i == 50) {
                spotters.use(second);
            }
            send("kitchen", frame(1, i));
        }

        SpotterState state = first.newState();
        var before = new ArrayList<Detection>();
        first.process(state, sound, 0, 50 * TestModels.FRAME, before::add);
        var after = new ArrayList<Detection>();
        second.process(second.takeOver(first, state), sound, 50 * TestModels.FRAME, sound.length, after::add);
        assertThat(before).isNotEmpty();
        assertThat(after).isNotEmpty();
        assertThat(identities(events()))
                .isEqualTo(concat(identities("kitchen", 1, first, before), identities("kitchen", 1, second, after)));
    }

    @Test
    void shouldSetBadRecordsAsideWithTheirReasonAndGoOn() {
        byte[] good = FrameCodec.encode(frame(1, 0));
        byte[] key = "kitchen".getBytes(StandardCharsets.UTF_8);
        assertDeadLetter(null, good, "no-key");
        assertDeadLetter(new byte[0], good, "bad-key");
        assertDeadLetter(new byte[] {(byte) 0xff, 1}, good, "bad-key");
        assertDeadLetter(new byte[257], good, "bad-key");
        assertDeadLetter(key, null, "no-value");
        assertDeadLetter(key, new byte[0], "too-short");
        assertDeadLetter(key, new byte[100], "bad-magic");
        assertDeadLetter(key, Arrays.copyOf(good, good.length - 1), "length-mismatch");
        assertDeadLetter(key, FrameCodec.encode(new AudioFrame(8_000, 1, 0, 0, new short[160])), "other-sample-rate");
        assertDeadLetter(
                key,
                FrameCodec.encode(new AudioFrame(16_000, 1, Long.MAX_VALUE, 0, new short[160])),
                "implausible-sequence");

        send("kitchen", frame(1, 0));
        assertThat(count("keyspike.frames")).isEqualTo(1);
        assertThat(meters.get("keyspike.dead.letters").counters().stream()
                        .mapToDouble(c -> c.count())
                        .sum())
                .isEqualTo(10);
    }

    private void assertDeadLetter(byte @Nullable [] key, byte @Nullable [] value, String reason) {
        frames.pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(42)));

        TestRecord<byte[], byte[]> record = deadLetters.readRecord();
        assertThat(record.key()).isEqualTo(key);
        assertThat(record.value()).isEqualTo(value);
        assertThat(header(record, DeadLetters.REASON)).isEqualTo(reason);
        assertThat(header(record, DeadLetters.ERROR)).contains("expected", "found");
        assertThat(header(record, DeadLetters.TOPIC)).isEqualTo(Topics.AUDIO_FRAMES);
        assertThat(header(record, DeadLetters.PARTITION)).isEqualTo("0");
        assertThat(header(record, DeadLetters.OFFSET)).matches("\\d+");
        assertThat(header(record, DeadLetters.TIMESTAMP)).isEqualTo("42");
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldCutAHugeBadRecordSoThatTheBrokerTakesIt() {
        frames.pipeInput(new TestRecord<>(new byte[100_000], new byte[1_000_000], Instant.EPOCH));

        TestRecord<byte[], byte[]> record = deadLetters.readRecord();
        assertThat(record.key()).hasSize(DeadLetters.MAXIMUM_KEY_BYTES);
        assertThat(record.value()).hasSize(DeadLetters.MAXIMUM_VALUE_BYTES);
        assertThat(header(record, DeadLetters.VALUE_LENGTH)).isEqualTo("1000000");
    }

    @Test
    void shouldTurnAFrameIntoADeadLetterWhenProcessingItThrows() throws Exception {
        for (int i = 0; i < FRAMES; i++) {
            clockFails = i == 40;
            send("kitchen", frame(1, i));
        }

        // The frame is gone as if it had never come: what it did to the state before it failed is gone too.
        SpotterState state = first.newState();
        var expected = new ArrayList<Detection>();
        first.process(state, sound, 0, 40 * TestModels.FRAME, expected::add);
        first.process(state, new short[TestModels.FRAME], 0, TestModels.FRAME, expected::add);
        first.process(state, sound, 41 * TestModels.FRAME, sound.length, expected::add);
        assertThat(identities(events())).isEqualTo(identities("kitchen", 1, first, expected));
        TestRecord<byte[], byte[]> record = deadLetters.readRecord();
        assertThat(record.value()).isEqualTo(FrameCodec.encode(frame(1, 40)));
        assertThat(header(record, DeadLetters.REASON)).isEqualTo(DeadLetters.PROCESSING_FAILED);
        assertThat(header(record, DeadLetters.ERROR)).contains("planned");
        assertThat(gaps("bridged")).isEqualTo(1);
        assertThat(count("keyspike.frames")).isEqualTo(FRAMES - 1.0);
    }

    @Test
    void shouldGoOnFromTheStoreAsIfNeverStopped() throws Exception {
        List<KeywordEvent> heard = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            // Out of order over the restart: frame 51 waits in the saved state for frame 50.
            send("kitchen", frame(1, i == 50 ? 51 : i == 51 ? 50 : i));
            if (i == 50) {
                heard.addAll(events());
                byte[] saved = store().get("kitchen");
                driver.close();
                start();
                store().put("kitchen", saved);
            }
        }
        heard.addAll(events());

        assertThat(identities(heard)).isEqualTo(identities("kitchen", 1, first, sound));
    }

    private KeyValueStore<String, byte[]> store() {
        return driver.getKeyValueStore(Topics.STATE_STORE);
    }

    /** Asked in the middle of a frame, when its sound has changed the state already. */
    private Instant now() {
        if (clockFails) {
            throw new IllegalStateException("planned");
        }
        return NOW;
    }

    private void send(String device, AudioFrame frame) {
        frames.pipeInput(device.getBytes(StandardCharsets.UTF_8), FrameCodec.encode(frame));
    }

    private AudioFrame frame(long session, int sequence) {
        return new AudioFrame(
                TestModels.RATE_HZ, session, sequence, CAPTURED_MICROS + sequence * 20_000L, piece(sound, sequence));
    }

    private static short[] piece(short[] sound, int index) {
        return Arrays.copyOfRange(sound, index * TestModels.FRAME, (index + 1) * TestModels.FRAME);
    }

    private List<KeywordEvent> events() throws Exception {
        var heard = new ArrayList<KeywordEvent>();
        for (byte[] value : events.readValuesToList()) {
            heard.add(KeywordEventCodec.decode(value));
        }
        return heard;
    }

    private static List<KeywordEvent.Identity> identities(List<KeywordEvent> events) {
        return events.stream().map(KeywordEvent::identity).toList();
    }

    private static List<KeywordEvent.Identity> identities(
            String device, long session, KeywordSpotter spotter, short[] sound) {
        return identities(device, session, spotter, TestModels.hear(spotter, sound));
    }

    private static List<KeywordEvent.Identity> identities(
            String device, long session, KeywordSpotter spotter, List<Detection> heard) {
        return TestModels.identities(device, session, spotter, heard);
    }

    private static <T> List<T> concat(List<T> a, List<T> b) {
        var all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    private static @Nullable String header(TestRecord<byte[], byte[]> record, String name) {
        Headers headers = record.headers();
        return headers.lastHeader(name) == null
                ? null
                : new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private double count(String meter) {
        return meters.get(meter).meters().stream()
                .mapToDouble(m -> m.measure().iterator().next().getValue())
                .sum();
    }

    private double gaps(String outcome) {
        return meters.get("keyspike.gaps").tag("outcome", outcome).counter().count();
    }

    private double dropped(String reason) {
        return meters.get("keyspike.dropped.frames")
                .tag("reason", reason)
                .counter()
                .count();
    }
}
