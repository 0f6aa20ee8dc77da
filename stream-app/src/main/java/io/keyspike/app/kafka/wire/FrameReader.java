package io.keyspike.app.kafka.wire;

import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.audio.FrameFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the key and the value of a record, strictly: what is not exactly a frame of a device is refused with a reason. */
public final class FrameReader {

    /** Longest device id in bytes; ids are keys of the state store and part of every event. */
    public static final int MAXIMUM_DEVICE_BYTES = 256;

    /** A year of 1 ms frames; a number beyond it is a mistake that would make every frame after it seem late. */
    static final long MAXIMUM_SEQUENCE = 1L << 35;

    /** A record's content. */
    public sealed interface Content {
        record Frame(String device, AudioFrame frame) implements Content {}

        /**
         * @param reason a word, one of those of {@link DeadLetters} or of {@link FrameFormatException.Reason}
         * @param sentence expected and found
         */
        record Refused(String reason, String sentence) implements Content {}
    }

    private FrameReader() {}

    /** Everything but the sample rate, which depends on the model: {@link #otherRate}. */
    public static Content read(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null) {
            return new Content.Refused(DeadLetters.NO_KEY, "record: expected a device id as key, found none");
        }
        String device = device(key);
        if (device == null) {
            return new Content.Refused(
                    DeadLetters.BAD_KEY,
                    "record: expected a device id of 1 to " + MAXIMUM_DEVICE_BYTES + " bytes of UTF-8 as key, found "
                            + key.length + " bytes" + (key.length <= MAXIMUM_DEVICE_BYTES ? " of something else" : ""));
        }
        if (value == null) {
            return new Content.Refused(DeadLetters.NO_VALUE, "record: expected a frame as value, found none");
        }
        AudioFrame frame;
        try {
            frame = FrameCodec.decode(value);
        } catch (FrameFormatException e) {
            return new Content.Refused(DeadLetters.word(e.reason()), String.valueOf(e.getMessage()));
        }
        if (frame.sequence() > MAXIMUM_SEQUENCE) {
            return new Content.Refused(
                    DeadLetters.IMPLAUSIBLE_SEQUENCE,
                    "audio frame: expected a sequence number up to " + MAXIMUM_SEQUENCE + ", found "
                            + frame.sequence());
        }
        return new Content.Frame(device, frame);
    }

    /**
     * Why a model cannot process a frame, or null if it can.
     *
     * @param sampleRateHz the model's: audio at another rate is not resampled here
     */
    public static Content.@Nullable Refused otherRate(AudioFrame frame, int sampleRateHz) {
        return frame.sampleRateHz() == sampleRateHz
                ? null
                : new Content.Refused(
                        DeadLetters.OTHER_SAMPLE_RATE,
                        "audio frame: expected the model's " + sampleRateHz + " Hz, found " + frame.sampleRateHz());
    }

    private static @Nullable String device(byte[] key) {
        if (key.length == 0 || key.length > MAXIMUM_DEVICE_BYTES) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
