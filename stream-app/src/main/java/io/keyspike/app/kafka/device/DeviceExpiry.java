package io.keyspike.app.kafka.device;

import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.ServiceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Removes the states of devices that are gone. Walks through a task's store, {@value #BATCH} devices at a time, so that
 * frames never wait for it; a device that comes back starts with a new state.
 *
 * <p>A state last used in the future (the clock was set back, or another instance's was ahead) or at an unknown time counts
 * as used now: nothing is removed early, and nothing is kept for ever.
 */
public final class DeviceExpiry {

    /** Interval between batches. */
    public static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Devices in a batch: some milliseconds of work, and a task with 100,000 devices is through in 17 minutes. */
    public static final int BATCH = 1_000;

    private final KeyValueStore<String, byte[]> store;
    private final DeviceStates devices;
    private final long expireAfterMillis;
    private final KeyspikeMeters meters;

    /** First device of the next batch; null to start from the beginning. */
    private @Nullable String next;

    public DeviceExpiry(
            KeyValueStore<String, byte[]> store, DeviceStates devices, Duration expireAfter, KeyspikeMeters meters) {
        this.store = store;
        this.devices = devices;
        this.expireAfterMillis = expireAfter.toMillis();
        this.meters = meters;
    }

    /** Processes the next batch. */
    public void sweep(long nowMillis) {
        List<String> gone = new ArrayList<>();
        List<String> timeless = new ArrayList<>();
        int looked = 0;
        try (KeyValueIterator<String, byte[]> saved = next == null ? store.all() : store.range(next, null)) {
            next = null;
            while (saved.hasNext()) {
                KeyValue<String, byte[]> device = saved.next();
                if (looked++ == BATCH) {
                    next = device.key;
                    break;
                }
                long heardAt = SavedDevice.heardAtMillis(device.value);
                if (heardAt <= 0 || heardAt > nowMillis) {
                    timeless.add(device.key);
                } else if (nowMillis - heardAt >= expireAfterMillis) {
                    gone.add(device.key);
                }
            }
        }
        for (String device : gone) {
            devices.remove(device);
            meters.expired();
        }
        if (!gone.isEmpty()) {
            ServiceEvent.DEVICES_EXPIRED.log(
                    gone.size() + " device(s) expired because they sent nothing, " + gone.getFirst() + " first",
                    "count",
                    gone.size());
        }
        for (String device : timeless) {
            devices.touch(device, nowMillis);
        }
    }
}
