package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SwitchableSpotters;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.DeadLetters;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service on a real broker. */
class KeywordServiceTest {

    private static final Duration START = Duration.ofMinutes(1);

    private final KeywordSpotter first = TestModels.spotter("first", 1);
    private final KeywordSpotter second = TestModels.spotter("second", 2);
    private final SwitchableSpotters spotters = new SwitchableSpotters(first, second);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final KeyspikeMeters counters = new KeyspikeMeters(meters, Clock.SYSTEM);

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    @Test
    void shouldProcessEachGoodFrameOnceAndSetEachBadRecordAside() throws Exception {
        int frames = 60;
        var random = new Random(1);
        var records = new ArrayList<List<ProducerRecord<byte[], byte[]>>>();
        var bad = new HashMap<String, Integer>();
        var expected = new ArrayList<KeywordEvent.Identity>();
        int duplicates = 0;
        for (int d = 0; d < 200; d++) {
            var sound = DeviceSound.of(d, frames);
            expected.addAll(sound.expected(first));
            var sent = new ArrayList<ProducerRecord<byte[], byte[]>>();
            for (int i : shuffledWithin(4, frames, random)) {
                sent.add(sound.record(i));
                if (random.nextInt(10) == 0) {
                    sent.add(sound.record(i));
                    duplicates++;
                }
                if (random.nextInt(20) == 0) {
                    sent.add(badRecord(sound, i, random.nextInt(5), bad));
                }
            }
            records.add(sent);
        }

        try (var service = start()) {
            sendInterleaved(records);
            List<KeywordEvent> events = SharedBroker.awaitEvents(expected.size());

            assertThat(events.stream().map(KeywordEvent::identity)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(count("keyspike.frames")).isEqualTo(200.0 * frames);
            assertThat(dropped("duplicate")).isEqualTo(duplicates);
            assertThat(dropped("late")).isZero();
            assertThat(gaps("bridged") + gaps("reset")).isZero();
            assertThat(service.state()).isEqualTo(KafkaStreams.State.RUNNING);
        }
        var reasons = new HashMap<String, Integer>();
        for (ConsumerRecord<byte[], byte[]> record : SharedBroker.readAll(Topics.DEAD_LETTERS)) {
            reasons.merge(header(record, DeadLetters.REASON), 1, Integer::sum);
            assertThat(header(record, DeadLetters.TOPIC)).isEqualTo(Topics.AUDIO_FRAMES);
            assertThat(header(record, DeadLetters.OFFSET)).matches("\\d+");
        }
        assertThat(reasons).isEqualTo(bad).hasSize(5);
    }

    private static ProducerRecord<byte[], byte[]> badRecord(
            DeviceSound sound, int sequence, int kind, Map<String, Integer> reasons) {
        byte[] good = sound.frame(sequence);
        ProducerRecord<byte[], byte[]> record;
        String reason;
        switch (kind) {
            case 0 -> {
                reason = "length-mismatch";
                record = sound.record(Arrays.copyOf(good, good.length - 7));
            }
            case 1 -> {
                reason = "bad-magic";
                byte[] garbage = new byte[700];
                new Random(sequence).nextBytes(garbage);
                record = sound.record(garbage);
            }
            case 2 -> {
                reason = "too-short";
                record = sound.record(new byte[3]);
            }
            case 3 -> {
                reason = "no-value";
                record = new ProducerRecord<>(Topics.AUDIO_FRAMES, sound.key(), null);
            }
            default -> {
                reason = "no-key";
                record = new ProducerRecord<>(Topics.AUDIO_FRAMES, null, good);
            }
        }
        reasons.merge(reason, 1, Integer::sum);
        return record;
    }

    @Test
    void shouldLoseNoFrameAndNameTheModelWhenModelsAreSwappedUnderLoad() throws Exception {
        int frames = 200;
        var records = new ArrayList<List<ProducerRecord<byte[], byte[]>>>();
        for (int d = 0; d < 50; d++) {
            var sound = DeviceSound.of(d, frames);
            var sent = new ArrayList<ProducerRecord<byte[], byte[]>>();
            for (int i = 0; i < frames; i++) {
                sent.add(sound.record(i));
            }
            records.add(sent);
        }
        try (var service = start()) {
            Thread sender = Thread.ofVirtual().start(() -> sendInterleaved(records));
            for (int swap = 1; swap <= 20; swap++) {
                double due = 50.0 * frames * swap / 22;
                SharedBroker.await("frames before a swap", () -> count("keyspike.frames") >= due);
                spotters.use(swap % 2 == 1 ? second : first);
            }
            sender.join();
            SharedBroker.await("all frames", () -> count("keyspike.frames") >= 50.0 * frames);
            List<KeywordEvent> events = SharedBroker.awaitEvents(100);

            assertThat(count("keyspike.frames")).isEqualTo(50.0 * frames);
            assertThat(dropped("duplicate") + dropped("late") + gaps("bridged") + gaps("reset"))
                    .isZero();
            assertThat(events.stream().map(KeywordEvent::model).distinct())
                    .containsExactlyInAnyOrder(
                            first.model().version(), second.model().version());
            // Labels begin with the name of their model, as versions do.
            assertThat(events)
                    .allSatisfy(
                            e -> assertThat(e.keyword()).startsWith(e.model().substring(0, 5)));
            assertThat(events.stream().map(KeywordEvent::id)).doesNotHaveDuplicates();
            assertThat(service.state()).isEqualTo(KafkaStreams.State.RUNNING);
        }
    }

    @Test
    void shouldRefuseToStartWithoutItsTopicsOrWithASettingThatIsWrong() throws Exception {
        var config = ServiceConfig.at(SharedBroker.address()).withStateDir(folder);
        assertThatThrownBy(() -> KeywordService.start(
                        config.withProperties(Map.of("num.stream.threads", "many")), spotters, counters))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("num.stream.threads");

        SharedBroker.clear();
        assertThatThrownBy(() -> KeywordService.start(config, spotters, counters))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(Topics.AUDIO_FRAMES)
                .hasMessageContaining("--create-topics");
    }

    private KeywordService start() throws InterruptedException {
        var config = ServiceConfig.at(SharedBroker.address()).withStateDir(folder);
        var service = KeywordService.start(config, spotters, counters);
        service.awaitRunning(START);
        return service;
    }

    /** 0 to count − 1, shuffled within groups. */
    private static int[] shuffledWithin(int group, int count, Random random) {
        var order = new ArrayList<Integer>();
        for (int from = 0; from < count; from += group) {
            var part = new ArrayList<Integer>();
            for (int i = from; i < Math.min(count, from + group); i++) {
                part.add(i);
            }
            java.util.Collections.shuffle(part, random);
            order.addAll(part);
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void sendInterleaved(List<List<ProducerRecord<byte[], byte[]>>> devices) {
        var settings = Map.<String, Object>of(
                "bootstrap.servers", SharedBroker.address(), "enable.idempotence", true, "linger.ms", 5);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sends = new ArrayList<Future<RecordMetadata>>();
            int longest = devices.stream().mapToInt(List::size).max().orElse(0);
            for (int i = 0; i < longest; i++) {
                for (var device : devices) {
                    if (i < device.size()) {
                        sends.add(producer.send(device.get(i)));
                    }
                }
            }
            producer.flush();
            assertThat(sends).allSatisfy(send -> assertThat(send.state()).isEqualTo(Future.State.SUCCESS));
        }
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
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
