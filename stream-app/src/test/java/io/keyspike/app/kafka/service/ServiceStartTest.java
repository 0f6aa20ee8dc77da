package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.DeviceSound;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.query.ClusterFacts;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service looks at before it starts, and that it starts in every way it offers. */
class ServiceStartTest {

    private final KeywordSpotter spotter = TestModels.spotter("first", 1);

    @TempDir
    Path folder;

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    @ParameterizedTest
    @CsvSource({"STREAMS, EXACTLY_ONCE", "STREAMS, AT_LEAST_ONCE", "CLASSIC, AT_LEAST_ONCE"})
    void shouldHearUnderEitherProtocolAndGuarantee(ServiceConfig.Rebalance rebalance, ServiceConfig.Guarantee guarantee)
            throws Exception {
        ServiceConfig config = config().withApplicationId("keyspike-" + rebalance.setting() + "-" + guarantee)
                .withRebalance(rebalance)
                .withGuarantee(guarantee)
                .withStandbyReplicas(1);
        var sounds = new ArrayList<DeviceSound>();
        var expected = new ArrayList<KeywordEvent.Identity>();
        for (int d = 0; d < 8; d++) {
            sounds.add(DeviceSound.of(d, 60));
            expected.addAll(sounds.get(d).expected(spotter));
        }

        try (var service = start(config)) {
            service.awaitRunning(Duration.ofMinutes(1));
            send(sounds);
            List<KeywordEvent> events = SharedBroker.awaitEvents(expected.size());

            assertThat(events.stream().map(KeywordEvent::identity)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(service.ready().up()).isTrue();
        }
        if (rebalance == ServiceConfig.Rebalance.STREAMS) {
            assertThat(groupSetting(config.applicationId(), GroupSettings.STANDBY_REPLICAS))
                    .isEqualTo("1");
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is missing is missed by the test
    private static void send(List<DeviceSound> sounds) {
        var settings = Map.<String, Object>of("bootstrap.servers", SharedBroker.address());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (DeviceSound sound : sounds) {
                for (int i = 0; i < sound.frames(); i++) {
                    producer.send(sound.record(i));
                }
            }
            producer.flush();
        }
    }

    private static String groupSetting(String group, String name) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        try (Admin admin = Admin.create(SharedBroker.settings())) {
            var configs = admin.describeConfigs(List.of(resource)).all().get();
            return Objects.requireNonNull(configs.get(resource)).get(name).value();
        }
    }

    @Test
    void shouldSayInASentenceThatItsStateIsInUse() throws Exception {
        ServiceConfig config = config().withApplicationId("keyspike-twice");
        try (var first = start(config)) {
            first.awaitRunning(Duration.ofMinutes(1));

            assertThatThrownBy(() -> start(config))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("is in use by another service on this machine")
                    .hasMessageContaining("--state-dir DIR");
        }
    }

    @Test
    void shouldRefuseWhatTheProtocolOfTheBrokerDoesNotKnow() {
        ServiceConfig streams = config().withRebalance(ServiceConfig.Rebalance.STREAMS);

        assertThatThrownBy(() -> start(streams.withSessionTimeout(Duration.ofSeconds(6))))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("session timeout")
                .hasMessageContaining("streams.session.timeout.ms");
        assertThatThrownBy(() -> start(streams.withProperties(Map.of("group.instance.id", "me"))))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("group.instance.id requires the rebalance protocol classic");
    }

    @Test
    void shouldSetWhatItsDocumentationSays() {
        Properties settings = config().streamsSettings(folder, "me", 3);

        assertThat(settings)
                .containsEntry(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1)
                .containsEntry(StreamsConfig.REPLICATION_FACTOR_CONFIG, 3)
                .containsEntry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2)
                .containsEntry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000L)
                .containsEntry(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, 10_000L)
                .containsEntry(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, 60_000L)
                .containsEntry("main.consumer.group.instance.id", "me")
                .containsEntry("main.consumer.session.timeout.ms", 15_000);
        assertThat(new ClusterFacts("id", 1).replicationFactor()).isEqualTo(1);
        assertThat(new ClusterFacts("id", 2).replicationFactor()).isEqualTo(2);
        assertThat(new ClusterFacts("id", 5).replicationFactor()).isEqualTo(3);
    }

    /** The timeout of transactions that Kafka Streams has, and the one for a broker that nobody stands in for. */
    @Test
    void shouldLetTransactionsOutlastTheOnlyBrokersRestart() {
        String timeout = "producer.transaction.timeout.ms";
        ServiceConfig config = config();

        assertThat(config.streamsSettings(folder, "me", 1)).containsEntry(timeout, 60_000);
        assertThat(config.streamsSettings(folder, "me", 3)).doesNotContainKey(timeout);
        assertThat(config.withGuarantee(ServiceConfig.Guarantee.AT_LEAST_ONCE).streamsSettings(folder, "me", 1))
                .doesNotContainKey(timeout);
        assertThat(config.withProperties(Map.of(timeout, "5000")).streamsSettings(folder, "me", 1))
                .containsEntry(timeout, "5000");
    }

    @Test
    void shouldRefuseTopicsThatWouldLoseSomethingLater() throws Exception {
        set(Topics.AUDIO_FRAMES, TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        set(Topics.DEAD_LETTERS, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "100000");
        try (Admin admin = Admin.create(SharedBroker.settings())) {
            String changelog = Topics.changelog(ServiceConfig.DEFAULT_APPLICATION_ID);
            admin.createTopics(List.of(new NewTopic(changelog, Optional.of(7), Optional.empty())))
                    .all()
                    .get();
            SharedBroker.await("the changelog", () -> {
                try {
                    return admin.listTopics().names().get().contains(changelog);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }

        assertThatThrownBy(() -> start(config()))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("expected audio-frames with cleanup.policy=delete, found compact")
                .hasMessageContaining("expected 4 partitions in keyspike-device-state-changelog")
                .hasMessageContaining("found 7")
                .hasMessageContaining("expected audio-frames-dead-letter with max.message.bytes of at least")
                .hasMessageContaining("found 100000");
    }

    private static void set(String topic, String name, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var op = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(SharedBroker.settings())) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
        }
    }

    @Test
    void shouldWaitForABrokerThatIsNotThereYet() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        ServiceConfig later = ServiceConfig.at("127.0.0.1:" + port)
                .withProperties(Map.of("default.api.timeout.ms", "2000", "request.timeout.ms", "1000"));

        assertThatThrownBy(() -> ClusterFacts.ask(later.clientSettings(), later.brokerWait()))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("no Kafka broker answered at 127.0.0.1:" + port)
                .hasMessageContaining("--properties");
        var asked = new java.util.concurrent.FutureTask<>(
                () -> ClusterFacts.ask(later.clientSettings(), Duration.ofMinutes(2)));
        Thread.ofVirtual().start(asked);
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"), port, Map.of())) {
            assertThat(asked.get().brokers()).isEqualTo(1);
            assertThat(broker.bootstrapServers()).endsWith(":" + port);
        }
    }

    private ServiceConfig config() {
        return ServiceConfig.at(SharedBroker.address()).withStateDir(folder);
    }

    private KeywordService start(ServiceConfig config) {
        return KeywordService.start(
                config, SpotterProvider.fixed(spotter), new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM));
    }
}
