package io.keyspike.app.kafka.device;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.audio.AudioFrame;
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
 * A second model that hears the devices of one task beside the first: the same samples in the same order, after the frames
 * have been put in their places, with a state and a store of its own. Nothing of it reaches the first: neither its events
 * nor a failure, after which it stays silent until another model takes its turn.
 *
 * <p>Where its state and the device's do not fit together (it has just begun, or there was a gap that resets) it begins
 * afresh at the device's place, as the first model does; so the same model as a shadow hears the same.
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

    /** Whether the store may hold states though no shadow listens. */
    private boolean leftovers = true;

    /**
     * @param store of the shadow's states
     * @param devices store of the devices' own; a shadow's state goes when the device's has gone
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
    public void hear(String device, DeviceState state, short[] samples, int count, AudioFrame frame, long frameStart) {
        KeywordSpotter shadow = spotters.shadow();
        if (shadow == null || shadow == failed) {
            return;
        }
        leftovers = true;
        try {
            if (shadow.model().features().sampleRateHz() != frame.sampleRateHz()) {
                throw new IllegalArgumentException("expected sound at "
                        + shadow.model().features().sampleRateHz() + " Hz, found " + frame.sampleRateHz());
            }
            ShadowState own = inPlace(device, state, shadow);
            shadow.process(own.sound(), samples, 0, count, detection -> {
                meters.shadowKeyword(detection.keyword());
                heard.add(DeviceHearing.event(
                        device,
                        state,
                        frame,
                        frameStart,
                        detection,
                        shadow.model().version(),
                        clock));
            });
            changed = true;
        } catch (RuntimeException e) {
            failed = shadow;
            heard.clear();
            live.clear();
            log.warn("the shadow {} hears nothing more: {}", shadow.model().version(), e.toString());
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
            log.warn("the shadow's state of device {} cannot be read and is begun afresh: {}", device, e.getMessage());
            return null;
        }
    }

    /** Keeps what has changed of a device, and gives what was heard since the last call. */
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

    /** Forgets what has not been kept. */
    public void discard(String device) {
        live.remove(device);
        heard.clear();
        changed = false;
    }

    /** Removes states that nobody needs any more: all of them once no shadow listens, and those of devices that are gone. */
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
