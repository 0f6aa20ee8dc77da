package io.keyspike.app.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.TaskId;

/** Devices heard lately, over all tasks of this instance. Thread-safe. */
final class ActiveStreams {

    /** A device that sent nothing for so long is not active. */
    static final Duration WINDOW = Duration.ofSeconds(10);

    /** How often a task counts. */
    static final Duration REFRESH = Duration.ofSeconds(2);

    private final Map<TaskId, Integer> devices = new ConcurrentHashMap<>();

    void report(TaskId task, int count) {
        devices.put(task, count);
    }

    void forget(TaskId task) {
        devices.remove(task);
    }

    long total() {
        return devices.values().stream().mapToLong(Integer::longValue).sum();
    }
}
