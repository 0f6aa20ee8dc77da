package io.keyspike.app.kafka.service;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Kafka Streams' own meters, {@code kafka.*}: those of threads and clients, so that their number grows with the threads of
 * an instance and not with partitions, tasks or brokers. They are rescanned periodically, since replaced threads
 * add new ones and leave old ones behind.
 */
public final class KafkaMeters implements AutoCloseable {

    /** How long the series of a replaced thread are kept. */
    static final Duration REFRESH = Duration.ofSeconds(15);

    /** Tags with one value per partition, task or broker. */
    private static final Set<String> FINE = Set.of("partition", "task.id", "node.id");

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kafka-meters").factory());
    private final KafkaStreamsMetrics metrics;

    private KafkaMeters(KafkaStreams streams, Duration refresh) {
        metrics = new KafkaStreamsMetrics(streams, List.of(), scheduler, refresh);
    }

    /** Filter to add to a registry before anything is registered there: drops meters that are too fine-grained. */
    public static MeterFilter filter() {
        return MeterFilter.deny(KafkaMeters::isFine);
    }

    private static boolean isFine(Meter.Id id) {
        return id.getName().startsWith("kafka.") && id.getTags().stream().anyMatch(tag -> FINE.contains(tag.getKey()));
    }

    /** Registers the meters of a service and follows their changes until this is closed. */
    public static KafkaMeters bind(KafkaStreams streams, MeterRegistry registry) {
        return bind(streams, registry, REFRESH);
    }

    static KafkaMeters bind(KafkaStreams streams, MeterRegistry registry, Duration refresh) {
        var meters = new KafkaMeters(streams, refresh);
        meters.metrics.bindTo(registry);
        return meters;
    }

    @Override
    public void close() {
        metrics.close();
        scheduler.shutdownNow();
    }
}
