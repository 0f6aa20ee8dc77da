package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.ServiceProcess;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.wire.EventConsumer;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
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

    private final Set<String> ids = new HashSet<>();
    private EventConsumer uncommitted;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
        uncommitted = new EventConsumer(
                SharedBroker.address(), EventConsumer.Start.BEGINNING, IsolationLevel.READ_UNCOMMITTED, Map.of());
    }

    @AfterEach
    void closeConsumer() {
        uncommitted.close();
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
        Path state = folder.resolve("state");
        int third = FRAMES / 3;

        killWhileHearing(state, sounds, 0, third);
        if (stateLost) {
            state = folder.resolve("other-state");
        }
        killWhileHearing(state, sounds, third, 2 * third);
        try (var service = ServiceProcess.start(state, folder.resolve("log"))) {
            send(sounds, 2 * third, FRAMES);
            List<KeywordEvent> events = SharedBroker.awaitEvents(expected.size());

            assertThat(service.isAlive()).isTrue();
            assertThat(events.stream().map(KeywordEvent::identity)).containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(SharedBroker.readAll(Topics.DEAD_LETTERS)).isEmpty();
    }

    /** Kills the service while frames are being sent, once some of them have led to events. */
    private void killWhileHearing(Path state, List<DeviceSound> sounds, int from, int to) throws Exception {
        try (var service = ServiceProcess.start(state, folder.resolve("log"))) {
            long before = idsSoFar().size();
            Thread sender = Thread.ofVirtual().start(() -> send(sounds, from, to));
            SharedBroker.await("events of a service that will be killed", () -> {
                assertThat(service.isAlive()).isTrue();
                return idsSoFar().size() >= before + 2L * DEVICES;
            });
            service.kill();
            sender.join();
        }
    }

    /** Events as soon as they are written, committed or not, so that the kill falls into open transactions. */
    private Set<String> idsSoFar() {
        uncommitted.poll(Duration.ofMillis(5)).forEach(event -> ids.add(event.id()));
        return ids;
    }

    /** Takes long enough for the service to hear some and be killed before all are there. */
    private static void send(List<DeviceSound> sounds, int from, int to) {
        var settings = Map.<String, Object>of("bootstrap.servers", SharedBroker.address(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sends = new ArrayList<Future<?>>();
            for (int i = from; i < to; i++) {
                Thread.sleep(25);
                for (DeviceSound sound : sounds) {
                    sends.add(producer.send(sound.record(i)));
                }
            }
            producer.flush();
            assertThat(sends).allSatisfy(send -> assertThat(send.state()).isEqualTo(Future.State.SUCCESS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
