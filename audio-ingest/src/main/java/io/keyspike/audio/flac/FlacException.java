package io.keyspike.audio.flac;

import java.io.IOException;
import java.io.Serial;

/** A stream is no FLAC stream, or damaged; the message is a clause that says what was expected and what was found. */
public final class FlacException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    FlacException(String message) {
        super(message);
    }
}
