package io.keyspike.app.kafka.wire;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka clients with common settings. */
public final class Clients {

    /**
     * Settings of a producer whose retries never duplicate, lose or reorder a record. One batch at a time: a broker that
     * just created the topic may reject the first batch and then accept the second, and the first could never follow.
     */
    public static final Map<String, Object> IN_ORDER = Map.of(
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1);

    private Clients() {}

    /** @throws BrokerException if a setting is not valid */
    public static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        try {
            return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw Topics.unusable(settings, e);
        }
    }

    /**
     * A consumer without a group that reads committed records only and creates no topic.
     *
     * @param settings of the connection; {@code own} take precedence
     * @throws BrokerException if a setting is not valid
     */
    public static KafkaConsumer<byte[], byte[]> certainReader(Map<String, String> settings, Map<String, Object> own) {
        var all = new HashMap<String, Object>(settings);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.putAll(own);
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        all.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        try {
            return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw Topics.unusable(settings, e);
        }
    }
}
