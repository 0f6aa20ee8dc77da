package io.keyspike.app.kafka.device;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import org.jspecify.annotations.Nullable;

/** Provides the topology with models: which one serves which device. Thread-safe. */
public interface SpotterProvider {

    /** The active model. */
    KeywordSpotter current();

    /**
     * The spotter of a device: that of the active model, unless the device is pinned to a model or has its own thresholds.
     * Called before every frame, so it must be fast; returns the same object as long as nothing has changed, since a
     * different one causes the device's state to be migrated.
     */
    default KeywordSpotter forDevice(String device) {
        return current();
    }

    /** The group under which the meters count a device; called before every frame. */
    default String group(String device) {
        return KeyspikeMeters.DEFAULT_GROUP;
    }

    /**
     * The shadow model, which runs on every device alongside the active one without affecting its events; null for none.
     * Called before every frame.
     */
    default @Nullable KeywordSpotter shadow() {
        return null;
    }

    /**
     * The model of a version that may no longer be active, or null if it is not available. Called when a saved state was
     * created by a model other than the active one.
     */
    @Nullable
    KeywordSpotter ofVersion(String version);

    /** Always the same model. */
    static SpotterProvider fixed(KeywordSpotter spotter) {
        return new SpotterProvider() {
            @Override
            public KeywordSpotter current() {
                return spotter;
            }

            @Override
            public @Nullable KeywordSpotter ofVersion(String version) {
                return spotter.model().version().equals(version) ? spotter : null;
            }
        };
    }
}
