package io.keyspike.audio;

/** Bytes that are not an {@link AudioFrame}: why, what was expected and what was found. */
public final class FrameFormatException extends Exception {

    /** What is wrong; the first of these that applies, in this order. */
    public enum Reason {
        /** Fewer bytes than a header. */
        TOO_SHORT,
        /** Another magic number. */
        BAD_MAGIC,
        /** A version other than {@link FrameCodec#VERSION}. */
        UNSUPPORTED_VERSION,
        /** Number of channels out of range. */
        BAD_CHANNELS,
        /** Reserved bytes that are not 0. */
        BAD_RESERVED,
        /** Sample rate out of range. */
        BAD_SAMPLE_RATE,
        /** Number of samples out of range. */
        BAD_SAMPLE_COUNT,
        /** A sequence number below 0. */
        NEGATIVE_SEQUENCE,
        /** More or fewer samples than the header says. */
        LENGTH_MISMATCH
    }

    private final Reason reason;

    FrameFormatException(Reason reason, String expected, Object found) {
        super("audio frame: expected " + expected + ", found " + found);
        this.reason = reason;
    }

    /** {@return the first check that the bytes failed} */
    public Reason reason() {
        return reason;
    }
}
