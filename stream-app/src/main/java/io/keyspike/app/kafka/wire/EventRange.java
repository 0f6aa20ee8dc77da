package io.keyspike.app.kafka.wire;

import io.keyspike.app.hearing.KeywordEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the keyword events of a time range once, from any topic that holds some. */
public final class EventRange {

    private static final Logger log = LoggerFactory.getLogger(EventRange.class);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int TIMEOUT_MILLIS = 15_000;

    private EventRange() {}

    /**
     * Reads the events whose frames came in a time range, by partition in order, up to the last one committed at the time of
     * the call. Records that are not events are skipped.
     *
     * @param from null to begin with the first
     * @param to (exclusive) null for all
     * @throws BrokerException if the topic does not exist or the broker does not answer
     */
    public static void read(
            Map<String, String> settings,
            String topic,
            @Nullable Instant from,
            @Nullable Instant to,
            Consumer<KeywordEvent> sink) {
        try (var consumer = consumer(settings)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            seek(consumer, partitions, from, ends);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < ends.getOrDefault(new TopicPartition(topic, record.partition()), 0L)
                            && (from == null || record.timestamp() >= from.toEpochMilli())
                            && (to == null || record.timestamp() < to.toEpochMilli())) {
                        decode(record, sink);
                    }
                }
            }
        } catch (KafkaException e) {
            throw new BrokerException("cannot read " + topic + ": " + BrokerException.rootMessage(e), e);
        }
    }

    private static void seek(
            KafkaConsumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            @Nullable Instant from,
            Map<TopicPartition, Long> ends) {
        if (from == null) {
            consumer.seekToBeginning(partitions);
            return;
        }
        var wanted = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> wanted.put(partition, Math.max(0, from.toEpochMilli())));
        Map<TopicPartition, @Nullable OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp at = found.get(partition);
            consumer.seek(partition, at == null ? ends.getOrDefault(partition, 0L) : at.offset());
        }
    }

    private static void decode(ConsumerRecord<byte[], byte[]> record, Consumer<KeywordEvent> sink) {
        KeywordEvent event;
        try {
            event = KeywordEventCodec.decode(record.value());
        } catch (IOException | RuntimeException e) {
            log.warn(
                    "{}-{} offset {} is not a keyword event: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return;
        }
        sink.accept(event);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, String> settings) {
        var own = new HashMap<String, Object>();
        own.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        own.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
        return Clients.certainReader(settings, own);
    }
}
