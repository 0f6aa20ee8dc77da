package io.keyspike.app.kafka.rescore;

import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.device.DeviceHearing;
import io.keyspike.app.kafka.device.DeviceState;
import io.keyspike.app.kafka.wire.FrameReader;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** One partition of archived audio, from one offset to another; the states of its devices are kept in memory only. */
final class RescoredPartition {

    private static final Duration POLL = Duration.ofMillis(500);

    private final KeywordSpotter spotter;
    private final Rescoring.Request request;
    private final RescoredEvents events;
    private final Rescoring.Counts counts;
    private final DeviceHearing hearing;
    private final int sampleRateHz;
    private final Set<ByteBuffer> wanted;
    private final Map<String, DeviceState> devices = new HashMap<>();

    RescoredPartition(
            KeywordSpotter spotter,
            Rescoring.Request request,
            KeyspikeMeters meters,
            RescoredEvents events,
            Rescoring.Counts counts) {
        this.spotter = spotter;
        this.request = request;
        this.events = events;
        this.counts = counts;
        this.hearing = new DeviceHearing(request.gaps(), meters, InstantSource.system());
        this.sampleRateHz = spotter.model().features().sampleRateHz();
        this.wanted = request.devices().stream()
                .map(device -> ByteBuffer.wrap(device.getBytes(StandardCharsets.UTF_8)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Processes a whole piece, as long as {@code running} is true. */
    void hear(KafkaConsumer<byte[], byte[]> consumer, Rescoring.Piece piece, BooleanSupplier running) {
        TopicPartition partition = piece.partition();
        consumer.assign(Set.of(partition));
        consumer.seek(partition, piece.start());
        FrameMetrics counted = hearing.counted();
        try (counted) {
            long position = piece.start();
            while (position < piece.end() && running.getAsBoolean()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    counts.begin();
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.offset() < piece.end()) {
                        hear(record);
                    }
                }
                long now = Math.min(consumer.position(partition), piece.end());
                counts.passed.add(now - position);
                position = now;
            }
        }
        counts.devices.add(devices.size());
    }

    private void hear(ConsumerRecord<byte[], byte[]> record) {
        if (!wanted.isEmpty() && (record.key() == null || !wanted.contains(ByteBuffer.wrap(record.key())))) {
            return;
        }
        counts.records.increment();
        if (!(FrameReader.read(record.key(), record.value()) instanceof FrameReader.Content.Frame good)
                || good.frame().sampleRateHz() != sampleRateHz) {
            counts.refused.increment();
            return;
        }
        String device = good.device();
        DeviceState before = devices.get(device);
        DeviceState after = hearing.accept(device, before, good.frame(), spotter, event -> write(event, record));
        if (after != null) {
            counts.audioSeconds.add(good.frame().durationSeconds());
            if (before == null) {
                devices.put(device, after);
            }
        }
    }

    private void write(KeywordEvent event, ConsumerRecord<byte[], byte[]> record) {
        Instant from = request.from();
        if (from == null || record.timestamp() >= from.toEpochMilli()) {
            events.write(event, record.timestamp());
        }
    }
}
