package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Record times that topics refuse, and topics that change under a running service. */
@Tag("slow") // a broker, and the service started over and over
class TopicChangeTest {

    private static final String ANY = String.valueOf(Long.MAX_VALUE);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final KeywordSpotter spotter = TestModels.spotter("first", 1);
    private final List<KeywordEvent.Identity> expected = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    /** Topics that take only what is at most 20 s old, and devices of whose times most are not like that. */
    @ParameterizedTest
    @EnumSource
    void shouldHearRecordsOfAnyTime(ServiceConfig.Guarantee guarantee) throws Exception {
        set(Topics.AUDIO_FRAMES, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, ANY);
        for (String topic : List.of(Topics.KEYWORD_EVENTS, Topics.DEAD_LETTERS)) {
            set(topic, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, "20000");
        }
        try (var service = start(config().withGuarantee(guarantee))) {
            long now = System.currentTimeMillis();
            long[] times = {1, now - 60_000, now, now + 3 * DAY_MILLIS, now * 1_000, Long.MAX_VALUE};
            for (int d = 0; d < times.length; d++) {
                send(d, times[d]);
            }

            assertAllHeard();
            assertThat(service.ready().up()).isTrue();
        }
        assertThat(SharedBroker.readAll(Topics.DEAD_LETTERS)).hasSize(6);
    }

    /** Threads die of the first refusal; their replacements know the new limit. */
    @Test
    void shouldLearnOfALimitThatIsSetWhileItRuns() throws Exception {
        try (var service = start(config())) {
            send(0, 1);
            assertAllHeard();
            set(Topics.KEYWORD_EVENTS, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, "20000");
            send(1, 1);

            assertAllHeard();
            assertThat(service.hasEnded()).isFalse();
        }
    }

    @Test
    void shouldRefuseTopicsWhoseTimesItCannotKeepTo() throws Exception {
        set(Topics.KEYWORD_EVENTS, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, "500");
        set(Topics.DEAD_LETTERS, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, "0");

        assertThatThrownBy(() -> start(config()))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(
                        "expected keyword-events with message.timestamp.before.max.ms of at least 10000, found 500")
                .hasMessageContaining("expected audio-frames-dead-letter with message.timestamp.after.max.ms");

        set(Topics.KEYWORD_EVENTS, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        set(Topics.DEAD_LETTERS, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        start(config()).close();
    }

    @Test
    void shouldStopWithOneSentenceWhenPartitionsAreAdded() throws Exception {
        try (var service = start(config())) {
            send(0, System.currentTimeMillis());
            assertAllHeard();
            assertThat(service.ready().up()).isTrue();
            try (Admin admin = Admin.create(SharedBroker.settings())) {
                admin.createPartitions(Map.of(Topics.AUDIO_FRAMES, NewPartitions.increaseTo(8)))
                        .all()
                        .get();
            }

            assertThatThrownBy(service::awaitEnd)
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("expected 8 partitions in keyspike-device-state-changelog")
                    .hasMessageContaining("found 4")
                    .hasMessageContaining("--application-id");
            assertThat(service.ready().up()).isFalse();
            assertThat(service.health().up()).isFalse();
            assertThat(service.ready().details()).containsKey("stopping");
        }
    }

    private void send(int device, long time) {
        DeviceSound sound = DeviceSound.of(device, 60);
        expected.addAll(sound.expected(spotter));
        var settings = Map.<String, Object>of("bootstrap.servers", SharedBroker.address());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sends = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < sound.frames(); i++) {
                sends.add(producer.send(
                        new ProducerRecord<>(Topics.AUDIO_FRAMES, null, time, sound.key(), sound.frame(i))));
            }
            sends.add(producer.send(
                    new ProducerRecord<>(Topics.AUDIO_FRAMES, null, time, sound.key(), new byte[] {1, 2})));
            producer.flush();
            assertThat(sends).allMatch(send -> send.state() == java.util.concurrent.Future.State.SUCCESS);
        }
    }

    private void assertAllHeard() {
        assertThat(SharedBroker.awaitEvents(expected.size()).stream().map(KeywordEvent::identity))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private static void set(String topic, String name, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var op = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(SharedBroker.settings())) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
        }
    }

    private ServiceConfig config() {
        return ServiceConfig.at(SharedBroker.address()).withStateDir(folder);
    }

    private KeywordService start(ServiceConfig config) throws InterruptedException {
        var service = KeywordService.start(
                config, SpotterProvider.fixed(spotter), new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM));
        service.awaitRunning(Duration.ofMinutes(1));
        return service;
    }
}
