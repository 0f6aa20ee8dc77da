package io.keyspike.kernels;

/** A device was asked for that is not there; the message is one sentence that says what is missing and how to get it. */
public final class DeviceMissingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Without a device there is no backend.
     *
     * @param sentence what is missing, in one sentence
     */
    public DeviceMissingException(String sentence) {
        super(sentence);
    }

    /**
     * Without a device there is no backend.
     *
     * @param sentence what is missing, in one sentence
     * @param cause what went wrong below
     */
    public DeviceMissingException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
