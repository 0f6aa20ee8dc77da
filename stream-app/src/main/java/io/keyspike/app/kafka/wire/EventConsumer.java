package io.keyspike.app.kafka.wire;

import io.keyspike.app.hearing.KeywordEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@link Topics#KEYWORD_EVENTS}, all partitions, without a consumer group: every reader sees every event. For one
 * thread, except {@link #wakeUp}.
 */
public final class EventConsumer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventConsumer.class);

    /** Where to start reading. */
    public enum Start {
        /** At the oldest event. */
        BEGINNING,
        /** At the end: only new events. */
        NOW
    }

    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * @param isolation READ_COMMITTED sees an event once it is committed, one commit interval late; READ_UNCOMMITTED
     *     sees it at once, and may see it twice after a crash
     * @param properties any consumer settings; they take precedence over those set here
     * @throws BrokerException if the broker does not answer or the topic does not exist
     */
    public EventConsumer(
            String bootstrapServers, Start start, IsolationLevel isolation, Map<String, String> properties) {
        var settings = new HashMap<String, Object>();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "keyspike-events");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString().toLowerCase(Locale.ROOT));
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        settings.putAll(properties);
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        try {
            consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw new BrokerException(
                    "cannot talk to Kafka at " + settings.get("bootstrap.servers") + ": "
                            + BrokerException.rootMessage(e),
                    e);
        }
        try {
            assign(start, bootstrapServers);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private void assign(Start start, String bootstrapServers) {
        List<TopicPartition> partitions;
        try {
            partitions = consumer.partitionsFor(Topics.KEYWORD_EVENTS).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
        } catch (KafkaException e) {
            throw new BrokerException(
                    "cannot read " + Topics.KEYWORD_EVENTS + " at " + bootstrapServers + ": " + e.getMessage(), e);
        }
        consumer.assign(partitions);
        if (start == Start.BEGINNING) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            // Seeking is lazy; "now" is the creation of this consumer.
            partitions.forEach(consumer::position);
        }
    }

    /** New events, waiting up to {@code timeout} for the first. Records that are not events are skipped. */
    public List<KeywordEvent> poll(Duration timeout) {
        var events = new ArrayList<KeywordEvent>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
                try {
                    events.add(KeywordEventCodec.decode(record.value()));
                } catch (IOException | RuntimeException e) {
                    log.warn(
                            "{}-{} offset {} is not a keyword event: {}",
                            record.topic(),
                            record.partition(),
                            record.offset(),
                            e.getMessage());
                }
            }
        } catch (WakeupException e) {
            log.debug("woken up", e);
        }
        return events;
    }

    /** Ends a {@link #poll} in progress in another thread. */
    public void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
