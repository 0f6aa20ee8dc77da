package io.keyspike.app.kafka.device;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the shadow model on the devices of one task, alongside the active model: the same samples in the same order, after
 * the frames have been put in order, with its own state and store. It cannot affect the active model, neither by its events
 * nor by a failure; after a failure it stays disabled until another shadow model is set.
 *
 * <p>If its state does not match the device's (it has just started, or a gap reset the device) it restarts at the device's
 * position, as the active model does, so the active model run as its own shadow detects the same.
 */
public final class ShadowHearing implements DeviceHearing.FrameListener {

    private static final Logger log = LoggerFactory.getLogger(ShadowHearing.class);

    private final KeyValueStore<String, byte[]> store;
    private final KeyValueStore<String, byte[]> devices;
    private final SpotterProvider spotters;
    private final KeyspikeMeters meters;
    private final InstantSource clock;
    private final List<KeywordEvent> heard = new ArrayList<>();
    private final Map<String, ShadowState> live = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ShadowState> eldest) {
            return size() > DeviceStates.MAXIMUM_LIVE;
        }
    };

    private @Nullable KeywordSpotter failed;
    private boolean changed;

    /** Whether the store may hold states although no shadow model is set. */
    private boolean leftovers = true;

    /**
     * @param store holds the shadow's states
     * @param devices holds the devices' own states; a shadow's state is removed once the device's is gone
     */
    public ShadowHearing(
            KeyValueStore<String, byte[]> store,
            KeyValueStore<String, byte[]> devices,
            SpotterProvider spotters,
            KeyspikeMeters meters,
            InstantSource clock) {
        this.store = store;
        this.devices = devices;
        this.spotters = spotters;
        this.meters = meters;
        this.clock = clock;
    }

    @Override
    public void samples(FramePlace place, short[] samples, int count) {
        KeywordSpotter shadow = spotters.shadow();
        if (shadow == null || shadow == failed) {
            return;
        }
        leftovers = true;
        try {
            int rate = place.frame().sampleRateHz();
            if (shadow.model().features().sampleRateHz() != rate) {
                throw new IllegalArgumentException(
                        "expected audio at " + shadow.model().features().sampleRateHz() + " Hz, found " + rate);
            }
            ShadowState own = inPlace(place.device(), place.state(), shadow);
            shadow.process(own.sound(), samples, 0, count, detection -> {
                meters.shadowKeyword(detection.keyword());
                heard.add(place.event(detection, shadow.model().version(), clock));
            });
            changed = true;
        } catch (RuntimeException e) {
            failed = shadow;
            heard.clear();
            live.clear();
            log.warn(
                    "the shadow model {} failed and is disabled: {}",
                    shadow.model().version(),
                    e.toString());
        }
    }

    /** The shadow's state of a device, at the place where the device's own is. */
    private ShadowState inPlace(String device, DeviceState state, KeywordSpotter shadow) {
        ShadowState own = find(device, shadow);
        long position = state.sound.samplePosition();
        if (own == null
                || own.session() != state.session
                || own.restarts() != state.restarts
                || own.sound().samplePosition() > position) {
            own = new ShadowState(state.session, state.restarts, shadow, shadow.newState());
        } else if (own.spotter() != shadow) {
            own = new ShadowState(own.session(), own.restarts(), shadow, shadow.takeOver(own.spotter(), own.sound()));
        }
        if (own.sound().samplePosition() < position) {
            own.sound().bridgeGap(position - own.sound().samplePosition());
        }
        live.put(device, own);
        return own;
    }

    private @Nullable ShadowState find(String device, KeywordSpotter shadow) {
        ShadowState own = live.get(device);
        if (own != null) {
            return own;
        }
        byte[] saved = store.get(device);
        try {
            return saved == null ? null : ShadowState.decode(saved, shadow);
        } catch (IllegalArgumentException e) {
            log.warn(
                    "cannot read the shadow's saved state of device {}; starting with a new state: {}",
                    device,
                    e.getMessage());
            return null;
        }
    }

    /** Saves a device's state if it has changed, and returns the detections since the last call. */
    public List<KeywordEvent> finish(String device) {
        ShadowState own = changed ? live.get(device) : null;
        if (own != null) {
            store.put(device, own.encode());
        }
        changed = false;
        List<KeywordEvent> events = heard.isEmpty() ? List.of() : List.copyOf(heard);
        heard.clear();
        return events;
    }

    /** Discards what has not been saved. */
    public void discard(String device) {
        live.remove(device);
        heard.clear();
        changed = false;
    }

    /** Removes states no longer needed: all of them once no shadow model is set, and those of devices that are gone. */
    public void sweep() {
        boolean ended = spotters.shadow() == null;
        if (ended && !leftovers) {
            return;
        }
        var gone = new ArrayList<String>();
        try (KeyValueIterator<String, byte[]> saved = store.all()) {
            while (saved.hasNext()) {
                String device = saved.next().key;
                if (ended || devices.get(device) == null) {
                    gone.add(device);
                }
            }
        }
        for (String device : gone) {
            store.delete(device);
            live.remove(device);
        }
        leftovers = !ended;
    }
}
