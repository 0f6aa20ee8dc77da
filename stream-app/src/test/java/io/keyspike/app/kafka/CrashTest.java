package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.models.KeywordSpotter;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service is killed in the middle of its work, and what it has sent in the end is what it would have sent anyway. */
class CrashTest {

    private static final int DEVICES = 30;
    private static final int FRAMES = 200;

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    @ParameterizedTest(name = "state folder lost: {0}")
    @ValueSource(booleans = {false, true})
    void shouldSendTheEventsOfAnUndisturbedRunAfterBeingKilled(boolean stateLost) throws Exception {
        KeywordSpotter spotter = TestModels.spotter("first", 1);
        var sounds = new ArrayList<DeviceSound>();
        var expected = new ArrayList<KeywordEvent.Identity>();
        for (int d = 0; d < DEVICES; d++) {
            sounds.add(DeviceSound.of(d, FRAMES));
            expected.addAll(sounds.get(d).expected(spotter));
        }
        File log = folder.resolve("service.log").toFile();
        int third = FRAMES / 3;

        try (var service = ServiceProcess.start(folder.resolve("state"), log)) {
            send(sounds, 0, third);
            awaitHeard(service, expected.size() / 6);
            service.kill();
        }
        send(sounds, third, 2 * third);
        Path state = folder.resolve(stateLost ? "other-state" : "state");
        try (var service = ServiceProcess.start(state, log)) {
            awaitHeard(service, expected.size() / 2);
            service.kill();
        }
        send(sounds, 2 * third, FRAMES);
        try (var service = ServiceProcess.start(state, log)) {
            List<KeywordEvent> events = SharedBroker.awaitEvents(expected.size());

            assertThat(service.isAlive()).isTrue();
            assertThat(events.stream().map(KeywordEvent::identity)).containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(SharedBroker.readAll(Topics.DEAD_LETTERS)).isEmpty();
    }

    /** Waits for events as soon as they are written, committed or not, so that the kill falls into open transactions. */
    private static void awaitHeard(ServiceProcess service, int count) {
        Set<String> heard = new HashSet<>();
        try (var consumer = new EventConsumer(
                SharedBroker.address(), EventConsumer.Start.BEGINNING, IsolationLevel.READ_UNCOMMITTED, Map.of())) {
            SharedBroker.await(count + " events of a service that will be killed", () -> {
                assertThat(service.isAlive()).isTrue();
                consumer.poll(Duration.ofMillis(10)).forEach(event -> heard.add(event.id()));
                return heard.size() >= count;
            });
        }
    }

    private static void send(List<DeviceSound> sounds, int from, int to) {
        var settings = Map.<String, Object>of("bootstrap.servers", SharedBroker.address(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sends = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = from; i < to; i++) {
                for (DeviceSound sound : sounds) {
                    sends.add(producer.send(sound.record(i)));
                }
            }
            producer.flush();
            assertThat(sends).allSatisfy(send -> assertThat(send.isDone()).isTrue());
        }
    }
}
