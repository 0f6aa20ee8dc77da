package io.keyspike.models.nir;

import java.io.IOException;

/** A file that is not a valid NIR file; the message is one sentence that begins with the file. */
public final class NirException extends IOException {

    NirException(String message) {
        super(message);
    }

    NirException(String message, Throwable cause) {
        super(message, cause);
    }
}
