package io.keyspike.models.file;

import java.io.IOException;

/** A file that is not a valid model. */
public final class ModelFileException extends IOException {
    public ModelFileException(String message) {
        super(message);
    }

    public ModelFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
