package io.keyspike.audio;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** There is no suitable microphone; the message says what to do. */
public final class NoMicrophoneException extends IOException {

    private final List<String> names;

    NoMicrophoneException(String message, @Nullable Throwable cause) {
        this(message, List.of(), cause);
    }

    NoMicrophoneException(String message, List<String> names, @Nullable Throwable cause) {
        super(message, cause);
        this.names = List.copyOf(names);
    }

    /**
     * Names that would have been right.
     *
     * @return the names of all devices if none has the name asked for; empty in every other case
     */
    public List<String> names() {
        return names;
    }
}
