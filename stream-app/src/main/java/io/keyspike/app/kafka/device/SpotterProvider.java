package io.keyspike.app.kafka.device;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import org.jspecify.annotations.Nullable;

/** Where the topology gets its models from: which one hears which device. Thread-safe. */
public interface SpotterProvider {

    /** The model in use. */
    KeywordSpotter current();

    /**
     * What hears a device: the model in use, unless the device has one or thresholds of its own. Asked before every frame,
     * so it must be quick; the same object as long as nothing has changed, since another one makes the state be taken over.
     */
    default KeywordSpotter forDevice(String device) {
        return current();
    }

    /** The group that meters count a device under; asked before every frame. */
    default String group(String device) {
        return KeyspikeMeters.DEFAULT_GROUP;
    }

    /**
     * A second model that hears every device beside the first, without effect on the first's events; null for none. Asked
     * before every frame.
     */
    default @Nullable KeywordSpotter shadow() {
        return null;
    }

    /**
     * The model of a version that may not be in use any more, or null where it cannot be had. Asked when a saved state
     * was made by another model than the one in use.
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
