package io.keyspike.voices;

import java.io.IOException;

/** A speech engine is not on this machine; the message is one sentence that says what to install. */
public final class EngineMissingException extends IOException {

    /**
     * Reports what is missing.
     *
     * @param sentence what is missing, and how to get it
     */
    public EngineMissingException(String sentence) {
        super(sentence);
    }

    /**
     * Reports what is missing, and how that was noticed.
     *
     * @param sentence what is missing, and how to get it
     * @param cause how that was noticed
     */
    public EngineMissingException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
