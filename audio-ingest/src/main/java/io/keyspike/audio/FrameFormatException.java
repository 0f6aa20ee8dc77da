package io.keyspike.audio;

/** Bytes that are not an {@link AudioFrame}: why, what was expected and what was found. */
public final class FrameFormatException extends Exception {

    /** What is wrong; the first of these that applies, in this order. */
    public enum Reason {
        TOO_SHORT,
        BAD_MAGIC,
        UNSUPPORTED_VERSION,
        BAD_CHANNELS,
        BAD_RESERVED,
        BAD_SAMPLE_RATE,
        BAD_SAMPLE_COUNT,
        NEGATIVE_SEQUENCE,
        LENGTH_MISMATCH
    }

    private final Reason reason;

    FrameFormatException(Reason reason, String expected, Object found) {
        super("audio frame: expected " + expected + ", found " + found);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
