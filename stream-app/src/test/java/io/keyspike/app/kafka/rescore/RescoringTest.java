package io.keyspike.app.kafka.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.GapPolicy;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.EventRange;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archived sound heard again, on a real broker. */
class RescoringTest {

    private static final Map<String, String> SETTINGS = Map.of("bootstrap.servers", SharedBroker.address());
    private static final String OUT = "again";
    private static final int FRAMES = 150;
    /** Lately: a broker deletes records of long ago. */
    private final Instant start = Instant.now().minus(Duration.ofHours(1));

    private final KeywordSpotter live = TestModels.spotter("first", 1);
    private final KeywordSpotter other = TestModels.spotter("second", 2);

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    @Test
    void shouldGiveTheEventsOfALiveServiceWithThatModelAndLeaveTheServiceAlone() throws Exception {
        archive(20, true);
        Set<String> before = groups(); // of other tests at this broker
        Rescoring.Result result = rescore(other, request(null, null, Set.of(), false));
        assertThat(result.complete()).isTrue();
        assertThat(result.devices()).isEqualTo(20);
        assertThat(before).as("no group is needed").containsAll(groups());
        assertThat(events(Topics.KEYWORD_EVENTS)).isEmpty();

        var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
        var config = ServiceConfig.at(SharedBroker.address()).withStateDir(folder);
        try (var service = KeywordService.start(config, SpotterProvider.fixed(other), meters)) {
            service.awaitRunning(Duration.ofMinutes(1));
            List<KeywordEvent> heard = SharedBroker.awaitEvents((int) result.events());

            assertThat(identities(events(OUT)))
                    .containsExactlyInAnyOrderElementsOf(identities(heard))
                    .hasSizeGreaterThan(40);
        }
    }

    @Test
    void shouldHearWhatTheModelHearsWithoutKafkaAndCountWhatIsNoFrame() throws Exception {
        archive(5, false);
        try (var producer = producer()) {
            var unused = producer.send(new ProducerRecord<>(Topics.AUDIO_FRAMES, new byte[] {'x'}, new byte[7]));
        }

        Rescoring.Result result = rescore(live, request(null, null, Set.of("device-001", "device-003", "x"), false));

        assertThat(result.audioSeconds()).isEqualTo(2 * FRAMES * 0.02, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(result.refused()).isOne();
        var expected = new ArrayList<>(DeviceSound.of(1, FRAMES).expected(live));
        expected.addAll(DeviceSound.of(3, FRAMES).expected(live));
        assertThat(identities(events(OUT))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldHearAStretchOfTimeWithALeadInThatIsNotReported() throws Exception {
        archive(3, false);
        Instant from = start.plusMillis(1_500);
        Instant to = start.plusMillis(2_500);

        rescore(live, request(from, to, Set.of(), false));

        // With all the sound before it as lead-in, it is what was heard in that time.
        var expected = new ArrayList<KeywordEvent.Identity>();
        for (int d = 0; d < 3; d++) {
            DeviceSound.of(d, FRAMES).expected(live).stream()
                    .filter(e -> frameOf(e) >= 75 && frameOf(e) < 125)
                    .forEach(expected::add);
        }
        assertThat(identities(events(OUT)))
                .containsExactlyInAnyOrderElementsOf(expected)
                .isNotEmpty();
    }

    /** Number of the frame in which an event was decided. */
    private static long frameOf(KeywordEvent.Identity event) {
        String[] parts = event.id().split("/", -1);
        return (Long.parseLong(parts[2]) - 1) / TestModels.FRAME;
    }

    @Test
    void shouldLeaveAWholePartWhenStoppedAndOnlyAddTheRestWhenResumed() throws Exception {
        archive(40, false);
        var asked = new AtomicInteger();
        var request = new Rescoring.Request(null, null, Duration.ZERO, OUT, Set.of(), GapPolicy.DEFAULT, 1, false);
        Rescoring.Result stopped = new Rescoring(SETTINGS, live, request)
                .run(() -> asked.incrementAndGet() < 5, (done, total, seconds) -> {});
        assertThat(stopped.complete()).isFalse();
        List<KeywordEvent> part = events(OUT);
        assertThat(part).hasSize((int) stopped.events()).isNotEmpty();

        Rescoring.Result rest = rescore(live, request(null, null, Set.of(), true));

        assertThat(rest.complete()).isTrue();
        assertThat(rest.known()).isEqualTo(part.size());
        var expected = new ArrayList<KeywordEvent.Identity>();
        for (int d = 0; d < 40; d++) {
            expected.addAll(DeviceSound.of(d, FRAMES).expected(live));
        }
        assertThat(identities(events(OUT))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldNotCountTheTimeBeforeTheFirstRecord() throws Exception {
        archive(3, false);
        long began = System.nanoTime();

        Rescoring.Result all = rescore(live, request(null, null, Set.of(), false));
        double elapsed = (System.nanoTime() - began) / 1e9;
        Rescoring.Result none = rescore(live, request(Instant.now().plusSeconds(3_600), null, Set.of(), false));

        assertThat(all.seconds()).isPositive().isLessThan(elapsed);
        assertThat(none.records()).isZero();
        assertThat(none.seconds()).isZero();
    }

    @Test
    void shouldNotWriteToATopicOfTheService() {
        for (String topic : List.of(Topics.AUDIO_FRAMES, Topics.KEYWORD_EVENTS, Topics.SHADOW_EVENTS)) {
            assertThatThrownBy(() -> new Rescoring.Request(
                            null, null, Duration.ZERO, topic, Set.of(), GapPolicy.DEFAULT, 1, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(topic);
        }
    }

    private static Rescoring.Request request(
            @Nullable Instant from, @Nullable Instant to, Set<String> devices, boolean resume) {
        return new Rescoring.Request(from, to, Duration.ofSeconds(10), OUT, devices, GapPolicy.DEFAULT, 2, resume);
    }

    private static Rescoring.Result rescore(KeywordSpotter spotter, Rescoring.Request request) throws Exception {
        return new Rescoring(SETTINGS, spotter, request).run(() -> true, (done, total, seconds) -> {});
    }

    /** Devices that sent for three seconds, frame by frame in turn; {@code disturbed}: out of order, twice, with holes. */
    private void archive(int devices, boolean disturbed) {
        var random = new Random(7);
        var sends = new ArrayList<Future<RecordMetadata>>();
        try (var producer = producer()) {
            for (int i = 0; i < FRAMES; i++) {
                for (int d = 0; d < devices; d++) {
                    var sound = DeviceSound.of(d, FRAMES);
                    int frame = disturbed && i % 4 < 2 && i + 1 < FRAMES ? i ^ 1 : i;
                    if (disturbed && random.nextInt(40) == 0) {
                        continue;
                    }
                    for (int copy = disturbed && random.nextInt(10) == 0 ? 2 : 1; copy > 0; copy--) {
                        sends.add(producer.send(new ProducerRecord<>(
                                Topics.AUDIO_FRAMES,
                                null,
                                start.plusMillis(20L * i).toEpochMilli(),
                                sound.key(),
                                sound.frame(frame))));
                    }
                }
            }
        }
        assertThat(sends).allSatisfy(send -> assertThat(send.state()).isEqualTo(Future.State.SUCCESS));
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                // One at a time: a new topic may turn away the first batch and take the second.
                Map.<String, Object>of(
                        "bootstrap.servers", SharedBroker.address(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static List<KeywordEvent> events(String topic) {
        var events = new ArrayList<KeywordEvent>();
        EventRange.read(SETTINGS, topic, null, null, events::add);
        return events;
    }

    private static List<KeywordEvent.Identity> identities(List<KeywordEvent> events) {
        return events.stream().map(KeywordEvent::identity).toList();
    }

    private static Set<String> groups() throws Exception {
        try (var admin = Admin.create(SharedBroker.settings())) {
            return Set.copyOf(admin.listGroups().all().get().stream()
                    .map(g -> g.groupId())
                    .toList());
        }
    }
}
