package io.keyspike.app.hearing;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.StepObserver;
import org.jspecify.annotations.Nullable;

/** An observer of the streams. Called by the threads that process frames, so it must be fast. Thread-safe. */
public interface StreamWatch {

    /** Observes nothing. */
    StreamWatch NOBODY = new StreamWatch() {
        @Override
        public @Nullable StepObserver frame(String device, KeywordSpotter spotter, short[] samples) {
            return null;
        }

        @Override
        public void heard(KeywordEvent event) {}
    };

    /**
     * A frame of a device is about to be processed.
     *
     * @param spotter what hears it
     * @return the observer of its steps; null if the device has none
     */
    @Nullable
    StepObserver frame(String device, KeywordSpotter spotter, short[] samples);

    /** A keyword was detected. After a failure the same event may be reported again. */
    void heard(KeywordEvent event);
}
