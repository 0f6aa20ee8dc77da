package io.keyspike.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no suitable microphone; the message says what to do. */
public final class NoMicrophoneException extends IOException {

    NoMicrophoneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
