package io.keyspike.app.bench;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.wire.EventConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;

/** Reads events as they come, and records the time from the sending of its frame to the arrival of each. */
final class EventTimes implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    /** @param atNanos when it was read, by {@link System#nanoTime} */
    record Seen(long atNanos, double afterMillis) {}

    private final EventConsumer consumer;
    private final DeviceLoad load;
    private final List<Seen> seen = new ArrayList<>();
    private final Map<HeardWord, Integer> words = new HashMap<>();
    private final Thread thread;
    private volatile boolean running = true;

    EventTimes(String bootstrapServers, Map<String, String> properties, IsolationLevel isolation, DeviceLoad load) {
        this.load = load;
        consumer = new EventConsumer(bootstrapServers, EventConsumer.Start.NOW, isolation, properties);
        thread = new Thread(this::read, "events-" + isolation);
        thread.start();
    }

    private void read() {
        while (running) {
            List<KeywordEvent> events = consumer.poll(POLL);
            long now = System.nanoTime();
            synchronized (seen) {
                for (KeywordEvent event : events) {
                    HeardWord word = HeardWord.of(event);
                    words.merge(word, 1, Integer::sum);
                    seen.add(new Seen(now, (now - load.sentNanos(word.device(), word.samplePosition())) / 1e6));
                }
            }
        }
        consumer.close();
    }

    /** Latencies in milliseconds of the events read within a time window, ascending. */
    double[] millis(long fromNanos, long toNanos) {
        synchronized (seen) {
            return seen.stream()
                    .filter(s -> s.atNanos() >= fromNanos && s.atNanos() < toNanos)
                    .mapToDouble(Seen::afterMillis)
                    .sorted()
                    .toArray();
        }
    }

    /** How often each word was read, once no more have come for a second. */
    Map<HeardWord, Integer> words() throws InterruptedException {
        while (true) {
            synchronized (seen) {
                if (seen.isEmpty() || System.nanoTime() - seen.getLast().atNanos() > 1e9) {
                    return Map.copyOf(words);
                }
            }
            Thread.sleep(POLL);
        }
    }

    /** A quantile of sorted values; NaN if there are none. */
    static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    @Override
    public void close() {
        running = false;
        consumer.wakeUp();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
