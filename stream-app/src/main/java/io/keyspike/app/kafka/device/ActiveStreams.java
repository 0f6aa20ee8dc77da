package io.keyspike.app.kafka.device;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.TaskId;

/** Numbers of recently active devices, over all tasks of this instance. Thread-safe. */
public final class ActiveStreams {

    /** A device that has sent nothing for this long is not active. */
    public static final Duration WINDOW = Duration.ofSeconds(10);

    /** How often a task counts. */
    public static final Duration REFRESH = Duration.ofSeconds(2);

    private record Counts(int active, int silent) {}

    private final Map<TaskId, Counts> devices = new ConcurrentHashMap<>();

    /**
     * @param active devices that sent frames within the window
     * @param silent devices that sent frames before it and have not expired
     */
    public void report(TaskId task, int active, int silent) {
        devices.put(task, new Counts(active, silent));
    }

    public void forget(TaskId task) {
        devices.remove(task);
    }

    public long total() {
        return devices.values().stream().mapToLong(Counts::active).sum();
    }

    public long silent() {
        return devices.values().stream().mapToLong(Counts::silent).sum();
    }
}
