package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.wire.GroupProgress;
import io.keyspike.app.kafka.wire.Topics;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitingDevicesTest {

    private static final String GROUP = "waiting-devices-test";
    private static final TopicPartition PARTITION = new TopicPartition(Topics.AUDIO_FRAMES, 0);

    private final ServiceConfig config =
            ServiceConfig.at(SharedBroker.address()).withApplicationId(GROUP);

    @BeforeEach
    void newTopics() throws Exception {
        SharedBroker.reset();
    }

    @Test
    void shouldFindNoneWhereNothingWasEverSentOrNothingIsSentNow() throws Exception {
        try (var waiting = WaitingDevices.of(config)) {
            assertThat(waiting.await()).isFalse();
        }
        try (var devices = producer()) {
            devices.send(frame()).get();
        }
        try (var waiting = WaitingDevices.of(config)) {
            assertThat(waiting.await()).isFalse();
            assertThat(waiting.getAsBoolean()).isFalse();
        }
    }

    @Test
    void shouldFindDevicesThatNobodyServesAndNotThoseThatAnotherInstanceServes() throws Exception {
        for (boolean served : new boolean[] {false, true}) {
            SharedBroker.reset();
            var sending = new AtomicBoolean(true);
            Thread devices = Thread.ofPlatform().start(() -> send(sending, served));
            try (var admin = Topics.admin(config.clientSettings())) {
                SharedBroker.await("the first frames", () -> arrived(admin) > 0);
                try (var waiting = WaitingDevices.of(config)) {
                    assertThat(waiting.await()).as("served: %s", served).isEqualTo(!served);
                    assertThat(waiting.getAsBoolean()).isEqualTo(!served);
                }
            } finally {
                sending.set(false);
                devices.join();
            }
        }
    }

    private static long arrived(Admin admin) {
        try {
            return GroupProgress.of(admin, GROUP).arrived();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A frame every few milliseconds, and, where they are served, each committed at once. */
    private void send(AtomicBoolean sending, boolean served) {
        try (var devices = producer();
                var admin = Topics.admin(config.clientSettings())) {
            while (sending.get()) {
                long offset = devices.send(frame()).get().offset();
                if (served) {
                    admin.alterConsumerGroupOffsets(GROUP, Map.of(PARTITION, new OffsetAndMetadata(offset + 1)))
                            .all()
                            .get();
                }
                Thread.sleep(20);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ProducerRecord<byte[], byte[]> frame() {
        return new ProducerRecord<>(Topics.AUDIO_FRAMES, 0, new byte[] {1}, new byte[8]);
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(SharedBroker.settings(), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
