package io.keyspike.app.kafka.rescore;

import io.keyspike.app.kafka.device.GapPolicy;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Clients;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Runs any model over the archived audio of {@link Topics#AUDIO_FRAMES}, as fast as it can be read. Each partition is one
 * piece of work, so every device's frames come in order and pass through the same code as live ones: for audio that the
 * service processed from the beginning, the events are those that it would have sent with this model and its own
 * thresholds. The running service is not affected: its consumer group, stores and topics are not used.
 *
 * <p>An event's id depends on the audio alone, so duplicates can be recognised; a device's events are written in order, so
 * stopping early leaves a consistent prefix of the result.
 */
public final class Rescoring {

    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(200);
    private static final int TIMEOUT_MILLIS = 30_000;

    /** Large fetches: at full speed, the requests for many small ones would cost more than the processing. */
    private static final int FETCH_BYTES = 16 << 20;

    private static final int RECORDS_AT_ONCE = 4_096;

    /**
     * What to process.
     *
     * @param from records before this time are skipped; null to begin with the first
     * @param to records from this time on are skipped; null for all that exist at the start
     * @param leadIn audio before {@code from} that is processed but not reported, to warm up filters and membranes
     * @param out topic of the events
     * @param devices to process; empty for all
     * @param gaps how missing frames are handled; the live service's policy gives the same events
     * @param workers partitions processed concurrently
     * @param resume whether to skip events that {@code out} already has
     */
    public record Request(
            @Nullable Instant from,
            @Nullable Instant to,
            Duration leadIn,
            String out,
            Set<String> devices,
            GapPolicy gaps,
            int workers,
            boolean resume) {

        /** @throws IllegalArgumentException if the times or numbers make no sense, or the topic is one of the service's */
        public Request {
            devices = Set.copyOf(devices);
            if (from != null && to != null && !from.isBefore(to)) {
                throw new IllegalArgumentException(
                        "rescore: expected a time from before the time to, found " + from + " and " + to);
            }
            if (workers < 1 || leadIn.isNegative()) {
                throw new IllegalArgumentException(
                        "rescore: expected at least one worker and a lead-in of at least 0 s," + " found " + workers
                                + " and " + leadIn.toSeconds() + " s");
            }
            if (Topics.ALL.contains(out) || out.equals(Topics.SHADOW_EVENTS)) {
                throw new IllegalArgumentException(
                        "rescore: expected an output topic of its own, found the service's " + out);
            }
        }
    }

    /**
     * The result.
     *
     * @param records read
     * @param devices processed
     * @param audioSeconds audio processed, summed over devices
     * @param events written
     * @param known events not written because the topic already had them
     * @param refused records that were not frames the model can process
     * @param seconds from the first record to the last event; without the connecting, and without what is read for
     *     {@code resume}
     * @param complete false if it was stopped before the end
     */
    public record Result(
            long records,
            long devices,
            double audioSeconds,
            long events,
            long known,
            long refused,
            double seconds,
            boolean complete) {

        /** Seconds of audio processed per second. */
        public double timesRealTime() {
            return seconds > 0 ? audioSeconds / seconds : 0;
        }
    }

    /** Receives the progress; called by the thread that runs the rescoring. */
    @FunctionalInterface
    public interface Progress {
        void at(long records, long total, double audioSeconds);
    }

    /** Records {@code start} to {@code end} (exclusive) of a partition. */
    record Piece(TopicPartition partition, long start, long end) {}

    /** Counters shared by all workers. */
    static final class Counts {
        final LongAdder records = new LongAdder();
        final LongAdder devices = new LongAdder();
        final LongAdder refused = new LongAdder();
        final DoubleAdder audioSeconds = new DoubleAdder();

        /** Offsets that have been passed, for the progress: not each of them is a record. */
        final LongAdder passed = new LongAdder();

        private final AtomicReference<@Nullable Long> beganNanos = new AtomicReference<>();

        /** Records have arrived: whatever took time before was no rescoring. */
        void begin() {
            if (beganNanos.get() == null) {
                beganNanos.compareAndSet(null, System.nanoTime());
            }
        }

        /** Seconds since the first records arrived; 0 if none did. */
        double seconds() {
            Long began = beganNanos.get();
            return began == null ? 0 : (System.nanoTime() - began) / 1e9;
        }
    }

    private final Map<String, String> settings;
    private final KeywordSpotter spotter;
    private final Request request;

    /** @param settings of a Kafka client, {@code bootstrap.servers} at least */
    public Rescoring(Map<String, String> settings, KeywordSpotter spotter, Request request) {
        this.settings = Map.copyOf(settings);
        this.spotter = spotter;
        this.request = request;
    }

    /**
     * Processes everything that was requested.
     *
     * @param running polled continually; false stops it, keeping what has been written so far
     * @throws BrokerException if the broker does not answer, or rejects the events
     */
    public Result run(BooleanSupplier running, Progress progress) throws InterruptedException {
        Topics.createLike(settings, request.out(), Topics.AUDIO_FRAMES);
        List<Piece> pieces = pieces();
        long total = pieces.stream().mapToLong(p -> p.end() - p.start()).sum();
        var counts = new Counts();
        int threads = Math.clamp(pieces.size(), 1, request.workers());
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try (var events = new RescoredEvents(settings, request.out(), request.resume())) {
            var queue = new ConcurrentLinkedQueue<>(pieces);
            var meters = new KeyspikeMeters(new SimpleMeterRegistry(), Clock.SYSTEM);
            var work = new ArrayList<Future<Void>>();
            for (int i = 0; i < threads; i++) {
                work.add(workers.submit(() -> {
                    Piece piece;
                    while (running.getAsBoolean() && (piece = queue.poll()) != null) {
                        hear(piece, meters, events, counts, running);
                    }
                    return null;
                }));
            }
            workers.shutdown();
            while (!workers.awaitTermination(PROGRESS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                progress.at(counts.passed.sum(), total, counts.audioSeconds.sum());
            }
            for (Future<Void> done : work) {
                finish(done);
            }
            progress.at(counts.passed.sum(), total, counts.audioSeconds.sum());
            events.flush();
            return new Result(
                    counts.records.sum(),
                    counts.devices.sum(),
                    counts.audioSeconds.sum(),
                    events.written(),
                    events.known(),
                    counts.refused.sum(),
                    counts.seconds(),
                    counts.passed.sum() >= total);
        } finally {
            workers.shutdownNow();
        }
    }

    private void hear(
            Piece piece, KeyspikeMeters meters, RescoredEvents events, Counts counts, BooleanSupplier running) {
        try (var consumer = consumer()) {
            new RescoredPartition(spotter, request, meters, events, counts).hear(consumer, piece, running);
        } catch (KafkaException e) {
            throw new BrokerException("cannot read " + piece.partition() + ": " + BrokerException.rootMessage(e), e);
        }
    }

    private static void finish(Future<Void> done) throws InterruptedException {
        try {
            var unused = done.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BrokerException broker
                    ? broker
                    : new BrokerException("rescoring failed: " + BrokerException.rootMessage(e), e);
        }
    }

    /** The offsets of the requested time range. */
    private List<Piece> pieces() {
        try (var consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.AUDIO_FRAMES).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Instant from = request.from();
            Map<TopicPartition, Long> starts = from == null
                    ? consumer.beginningOffsets(partitions)
                    : offsetsAt(consumer, from.minus(request.leadIn()), partitions, ends);
            Instant to = request.to();
            Map<TopicPartition, Long> stops = to == null ? ends : offsetsAt(consumer, to, partitions, ends);
            var pieces = new ArrayList<Piece>();
            for (TopicPartition partition : partitions) {
                var piece = new Piece(partition, starts.getOrDefault(partition, 0L), stops.getOrDefault(partition, 0L));
                if (piece.start() < piece.end()) {
                    pieces.add(piece);
                }
            }
            return pieces;
        } catch (KafkaException e) {
            throw new BrokerException("cannot read " + Topics.AUDIO_FRAMES + ": " + BrokerException.rootMessage(e), e);
        }
    }

    /** First offset of each partition at or after a time; the partition's end if there is none. */
    private static Map<TopicPartition, Long> offsetsAt(
            KafkaConsumer<byte[], byte[]> consumer,
            Instant time,
            List<TopicPartition> partitions,
            Map<TopicPartition, Long> ends) {
        var wanted = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> wanted.put(partition, Math.max(0, time.toEpochMilli())));
        Map<TopicPartition, @Nullable OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        var offsets = new HashMap<TopicPartition, Long>();
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp at = found.get(partition);
            offsets.put(partition, at == null ? ends.getOrDefault(partition, 0L) : at.offset());
        }
        return offsets;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        var own = new HashMap<String, Object>();
        own.put(ConsumerConfig.CLIENT_ID_CONFIG, "keyspike-rescore");
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"); // deleted records must not be skipped silently
        own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        own.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        own.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_AT_ONCE);
        own.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        return Clients.certainReader(settings, own);
    }
}
