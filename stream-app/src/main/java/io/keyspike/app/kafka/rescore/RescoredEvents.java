package io.keyspike.app.kafka.rescore;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Clients;
import io.keyspike.app.kafka.wire.EventRange;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes events to a topic of their own, in the form of the live ones. Thread-safe. */
final class RescoredEvents implements AutoCloseable {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(15);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final LongAdder written = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    /**
     * @param resume whether to skip events that the topic already has
     * @throws BrokerException if the broker does not answer
     */
    RescoredEvents(Map<String, String> settings, String topic, boolean resume) {
        this.topic = topic;
        if (resume) {
            EventRange.read(settings, topic, null, null, event -> known.add(event.id()));
        }
        var own = new HashMap<String, Object>(settings);
        own.put(ProducerConfig.CLIENT_ID_CONFIG, "keyspike-rescore");
        own.putAll(Clients.IN_ORDER);
        own.put(ProducerConfig.LINGER_MS_CONFIG, 50);
        own.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        producer = Clients.producer(own);
    }

    /**
     * Writes one event, unless the topic already has it.
     *
     * @param timestamp of the frame that decided
     * @throws BrokerException if the broker rejected an earlier one
     */
    void write(KeywordEvent event, long timestamp) {
        rethrow();
        if (known.contains(event.id())) {
            skipped.increment();
            return;
        }
        var record = new ProducerRecord<>(
                topic,
                null,
                timestamp,
                event.device().getBytes(StandardCharsets.UTF_8),
                KeywordEventCodec.encode(event),
                KeywordEventCodec.headers(event));
        var unused = producer.send(record, (metadata, error) -> {
            if (error != null) {
                failure.compareAndSet(null, error);
            }
        });
        written.increment();
    }

    /** Waits until the broker has everything. @throws BrokerException if it rejected an event */
    void flush() {
        producer.flush();
        rethrow();
    }

    long written() {
        return written.sum();
    }

    /** Number of events that the topic already had. */
    long known() {
        return skipped.sum();
    }

    private void rethrow() {
        Exception error = failure.get();
        if (error != null) {
            throw new BrokerException(
                    "the broker rejected an event for " + topic + ": " + BrokerException.rootMessage(error), error);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_LIMIT);
    }
}
