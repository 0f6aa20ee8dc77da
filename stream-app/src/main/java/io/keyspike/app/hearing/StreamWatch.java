package io.keyspike.app.hearing;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.StepObserver;
import org.jspecify.annotations.Nullable;

/** Who looks on while devices are heard. Asked and told by the threads that hear, so it must be quick. Thread-safe. */
public interface StreamWatch {

    /** Looks at nothing. */
    StreamWatch NOBODY = new StreamWatch() {
        @Override
        public @Nullable StepObserver frame(String device, KeywordSpotter spotter, short[] samples) {
            return null;
        }

        @Override
        public void heard(KeywordEvent event) {}
    };

    /**
     * A frame of a device is about to be heard.
     *
     * @param spotter what hears it
     * @return who wants to see its steps; null while nobody watches the device
     */
    @Nullable
    StepObserver frame(String device, KeywordSpotter spotter, short[] samples);

    /** A keyword was heard. It may be told again, after a failure. */
    void heard(KeywordEvent event);
}
