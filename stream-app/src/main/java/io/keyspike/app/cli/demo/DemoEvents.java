package io.keyspike.app.cli.demo;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.wire.EventConsumer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/** Reads keyword events in its own thread, as any consumer would, and records when each arrived. */
final class DemoEvents implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    /**
     * An event that has arrived.
     *
     * @param latencyMillis from the capture of the deciding sample to the arrival of the event
     */
    record Arrival(KeywordEvent event, double latencyMillis) {}

    private final EventConsumer consumer;
    private final Consumer<Arrival> listener;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Thread thread = new Thread(this::read, "demo-events");
    private volatile boolean open = true;
    private volatile @Nullable RuntimeException failure;

    /** @param listener receives each event, in the reader's thread */
    DemoEvents(String bootstrapServers, Consumer<Arrival> listener) {
        this.listener = listener;
        // Uncommitted reads show events at once, as a display would; duplicates after a crash do not matter here.
        consumer =
                new EventConsumer(bootstrapServers, EventConsumer.Start.NOW, IsolationLevel.READ_UNCOMMITTED, Map.of());
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (open) {
                for (KeywordEvent event : consumer.poll(POLL)) {
                    double latencyMillis = ChronoUnit.MICROS.between(event.audioTime(), Instant.now()) / 1e3;
                    var arrival = new Arrival(event, latencyMillis);
                    synchronized (arrivals) {
                        arrivals.add(arrival);
                    }
                    listener.accept(arrival);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Events so far, in order of arrival. @throws RuntimeException if reading failed */
    List<Arrival> arrivals() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    @Override
    public void close() {
        open = false;
        consumer.wakeUp();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
