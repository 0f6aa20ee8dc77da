package io.keyspike.app.kafka.service;

import io.keyspike.monitoring.ServiceEvent;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * Logs what happens to the partitions of an instance: rebalances, and how far the restoration of their state
 * has progressed, at most once every five seconds. Thread-safe.
 */
final class PartitionLog implements StateRestoreListener {

    private static final long SPACING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Long> due = new HashMap<>();
    private long total;
    private long done;
    private long startedNanos;
    private long saidNanos;
    private boolean rebalancing;

    /** @param nanoTime as {@link System#nanoTime} */
    PartitionLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void changed(KafkaStreams.State now) {
        switch (now) {
            case REBALANCING -> {
                rebalancing = true;
                ServiceEvent.REBALANCE.log("rebalance started", "state", "begun");
            }
            case RUNNING -> {
                if (rebalancing) {
                    rebalancing = false;
                    ServiceEvent.REBALANCE.log("rebalance completed, and state is restored", "state", "done");
                }
            }
            case ERROR -> ServiceEvent.FAILED.log("the service has failed");
            default -> {}
        }
    }

    @Override
    public synchronized void onRestoreStart(TopicPartition partition, String store, long startOffset, long endOffset) {
        if (due.isEmpty()) {
            total = 0;
            done = 0;
            startedNanos = nanoTime.getAsLong();
            saidNanos = startedNanos;
        }
        long records = Math.max(0, endOffset - startOffset);
        due.put(partition, records);
        total += records;
    }

    @Override
    public synchronized void onBatchRestored(
            TopicPartition partition, String store, long batchEndOffset, long numRestored) {
        done += numRestored;
        long now = nanoTime.getAsLong();
        if (now - saidNanos >= SPACING_NANOS && total > 0) {
            saidNanos = now;
            ServiceEvent.RESTORE.log(
                    String.format(
                            Locale.ROOT,
                            "restoring device state: %d of about %d records",
                            Math.min(done, total),
                            total),
                    "state",
                    "running",
                    "records",
                    done,
                    "total",
                    total);
        }
    }

    @Override
    public synchronized void onRestoreEnd(TopicPartition partition, String store, long totalRestored) {
        due.remove(partition);
        if (due.isEmpty() && done > 0) {
            double seconds = (nanoTime.getAsLong() - startedNanos) / 1e9;
            ServiceEvent.RESTORE.log(
                    String.format(Locale.ROOT, "device state restored: %d records in %.1f s", done, seconds),
                    "state",
                    "done",
                    "records",
                    done,
                    "seconds",
                    seconds);
        }
    }

    @Override
    public synchronized void onRestoreSuspended(TopicPartition partition, String store, long totalRestored) {
        due.remove(partition);
    }
}
