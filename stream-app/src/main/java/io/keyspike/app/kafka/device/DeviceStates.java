package io.keyspike.app.kafka.device;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of one task: the state store, and in front of it a cache of live objects of recently active devices, so that
 * a frame does not start with deserialising thousands of bytes. Every change is written to the store before the record is
 * finished, so the store alone suffices to continue; the live objects end with the processor that created them.
 */
public final class DeviceStates {

    private static final Logger log = LoggerFactory.getLogger(DeviceStates.class);

    /** Maximum number of live objects of a task; some 20 KB each with a large model. */
    static final int MAXIMUM_LIVE = 20_000;

    private final KeyValueStore<String, byte[]> store;
    private final SpotterProvider spotters;
    private final Map<String, DeviceState> live = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DeviceState> eldest) {
            return size() > MAXIMUM_LIVE;
        }
    };

    public DeviceStates(KeyValueStore<String, byte[]> store, SpotterProvider spotters) {
        this.store = store;
        this.spotters = spotters;
    }

    /** The device's state, or null if there is none. */
    @Nullable
    public DeviceState find(String device) {
        DeviceState state = live.get(device);
        if (state != null) {
            return state;
        }
        byte[] saved = store.get(device);
        if (saved == null) {
            return null;
        }
        try {
            state = DeviceStateCodec.decode(saved, spotters);
        } catch (IllegalArgumentException e) {
            log.warn("cannot read the saved state of device {}; starting with a new state: {}", device, e.getMessage());
            return null;
        }
        live.put(device, state);
        return state;
    }

    /** Saves a changed state. */
    public void save(String device, DeviceState state) {
        live.put(device, state);
        store.put(device, DeviceStateCodec.encode(state));
    }

    /** Number of devices with frames processed since the task was taken over, at most {@link #MAXIMUM_LIVE}. */
    public int heard() {
        return heardSince(Long.MIN_VALUE);
    }

    /** Removes a device. */
    void remove(String device) {
        live.remove(device);
        store.delete(device);
    }

    /** Sets the time at which a device was last active; an unreadable state is removed. */
    void touch(String device, long millis) {
        DeviceState state = find(device);
        if (state == null) {
            remove(device);
        } else {
            state.heardAtMillis = millis;
            save(device, state);
        }
    }

    /** Number of devices with a frame processed after a time, in milliseconds since the epoch. */
    public int heardSince(long millis) {
        int count = 0;
        for (DeviceState state : live.values()) {
            if (state.heardAtMillis > millis) {
                count++;
            }
        }
        return count;
    }

    /** Discards the live object, which may be half updated; the store still has the last complete state. */
    public void discard(String device) {
        live.remove(device);
    }
}
