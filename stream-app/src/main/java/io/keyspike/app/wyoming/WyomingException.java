package io.keyspike.app.wyoming;

import java.io.IOException;

/** A peer violates the protocol; the message is one sentence that names what was expected and found. */
final class WyomingException extends IOException {

    private static final long serialVersionUID = 1;

    WyomingException(String message) {
        super(message);
    }

    WyomingException(String message, Throwable cause) {
        super(message, cause);
    }
}
