package io.keyspike.models.file;

import java.io.IOException;

/** A file that is not a valid model. */
public final class ModelFileException extends IOException {

    /**
     * A refusal that no other exception led to.
     *
     * @param message one sentence that names the file, what was expected and what was found
     */
    public ModelFileException(String message) {
        super(message);
    }

    /**
     * A refusal that another exception led to.
     *
     * @param message one sentence that names the file, what was expected and what was found
     * @param cause what the reading of the content failed with
     */
    public ModelFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
