package io.keyspike.app.kafka;

import io.keyspike.models.KeywordSpotter;
import org.jspecify.annotations.Nullable;

/** Where the topology gets its model from. Thread-safe. */
public interface Spotters {

    /** The model in use; asked before every frame, so it must be quick. */
    KeywordSpotter current();

    /**
     * The model of a version that may not be in use any more, or null where it cannot be had. Asked when a saved state
     * was made by another model than the one in use.
     */
    @Nullable
    KeywordSpotter ofVersion(String version);

    /** Always the same model. */
    static Spotters fixed(KeywordSpotter spotter) {
        return new Spotters() {
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
