package io.keyspike.audio;

import io.keyspike.audio.FrameFormatException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The wire format of an {@link AudioFrame}: a header of {@value #HEADER_BYTES} bytes and the samples, everything
 * little-endian.
 *
 * <pre>
 *  0       1       2       3       4       5       6       7
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * |  'K'     'S'     'P'     'F'  |version|channel|  reserved = 0 |   0
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * |      sample rate in Hz, u32   |  samples per channel N, u32   |   8
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * |          session, i64: random, new whenever a device starts   |  16
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * |          sequence number within the session, i64, from 0      |  24
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * |          capture time of the first sample, i64, µs since 1970 |  32
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * |  N · channels samples, i16, channels interleaved              |  40
 * +-------+-------+-------+-------+-------+-------+-------+-------+
 * </pre>
 *
 * Version is {@value #VERSION}; channels 1 to {@value #MAXIMUM_CHANNELS}; the rate {@value #LOWEST_RATE_HZ} to
 * {@value #HIGHEST_RATE_HZ}; N 1 to {@value #MAXIMUM_SAMPLES}. The frame ends with its last sample: anything shorter or
 * longer is refused.
 */
public final class FrameCodec {
    /** Length of the header. */
    public static final int HEADER_BYTES = 40;
    /** The version that is written and read. */
    public static final int VERSION = 1;
    /** Most channels of a frame. */
    public static final int MAXIMUM_CHANNELS = 8;
    /** Lowest sample rate in Hz. */
    public static final int LOWEST_RATE_HZ = 8_000;
    /** Highest sample rate in Hz. */
    public static final int HIGHEST_RATE_HZ = 192_000;

    /** Most samples per channel. */
    public static final int MAXIMUM_SAMPLES = 65_536;

    /** "KSPF" read as a little-endian int. */
    private static final int MAGIC = 'K' | ('S' << 8) | ('P' << 16) | ('F' << 24);

    private FrameCodec() {}

    /**
     * Writes a frame, one channel.
     *
     * @param frame one channel of 1 to {@value #MAXIMUM_SAMPLES} samples
     * @return a new array with the header and the samples
     * @throws IllegalArgumentException if a value of the frame is out of the format's range
     */
    public static byte[] encode(AudioFrame frame) {
        int samples = frame.samples().length;
        require("sample rate in Hz", frame.sampleRateHz(), LOWEST_RATE_HZ, HIGHEST_RATE_HZ);
        require("number of samples", samples, 1, MAXIMUM_SAMPLES);
        require("sequence number", frame.sequence(), 0, Long.MAX_VALUE);
        byte[] bytes = new byte[HEADER_BYTES + Short.BYTES * samples];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).put((byte) VERSION).put((byte) 1).putShort((short) 0);
        out.putInt(frame.sampleRateHz()).putInt(samples);
        out.putLong(frame.sessionId()).putLong(frame.sequence()).putLong(frame.captureTimeMicros());
        out.asShortBuffer().put(frame.samples());
        return bytes;
    }

    private static void require(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "audio frame: expected " + what + " from " + least + " to " + most + ", found " + value);
        }
    }

    /**
     * Reads a frame; several channels are mixed down to their mean.
     *
     * @param bytes exactly one frame, header included
     * @return the frame, one channel
     * @throws FrameFormatException if the bytes are not exactly one frame
     */
    public static AudioFrame decode(byte[] bytes) throws FrameFormatException {
        if (bytes.length < HEADER_BYTES) {
            throw new FrameFormatException(Reason.TOO_SHORT, "at least " + HEADER_BYTES + " bytes", bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new FrameFormatException(Reason.BAD_MAGIC, "magic " + hex(MAGIC), hex(magic));
        }
        int version = Byte.toUnsignedInt(in.get());
        if (version != VERSION) {
            throw new FrameFormatException(Reason.UNSUPPORTED_VERSION, "version " + VERSION, version);
        }
        int channels = Byte.toUnsignedInt(in.get());
        if (channels < 1 || channels > MAXIMUM_CHANNELS) {
            throw new FrameFormatException(Reason.BAD_CHANNELS, "1 to " + MAXIMUM_CHANNELS + " channels", channels);
        }
        int reserved = Short.toUnsignedInt(in.getShort());
        if (reserved != 0) {
            throw new FrameFormatException(Reason.BAD_RESERVED, "0 in the reserved bytes", reserved);
        }
        long rate = Integer.toUnsignedLong(in.getInt());
        if (rate < LOWEST_RATE_HZ || rate > HIGHEST_RATE_HZ) {
            throw new FrameFormatException(
                    Reason.BAD_SAMPLE_RATE,
                    "a sample rate from " + LOWEST_RATE_HZ + " to " + HIGHEST_RATE_HZ + " Hz",
                    rate);
        }
        long samples = Integer.toUnsignedLong(in.getInt());
        if (samples < 1 || samples > MAXIMUM_SAMPLES) {
            throw new FrameFormatException(Reason.BAD_SAMPLE_COUNT, "1 to " + MAXIMUM_SAMPLES + " samples", samples);
        }
        long session = in.getLong();
        long sequence = in.getLong();
        if (sequence < 0) {
            throw new FrameFormatException(Reason.NEGATIVE_SEQUENCE, "a sequence number of at least 0", sequence);
        }
        long captureTimeMicros = in.getLong();
        long length = HEADER_BYTES + samples * channels * Short.BYTES;
        if (bytes.length != length) {
            throw new FrameFormatException(Reason.LENGTH_MISMATCH, length + " bytes", bytes.length);
        }
        return new AudioFrame((int) rate, session, sequence, captureTimeMicros, mixed(in, channels, (int) samples));
    }

    private static short[] mixed(ByteBuffer in, int channels, int samples) {
        short[] mono = new short[samples];
        if (channels == 1) {
            // One bulk copy: sample by sample would take longer than a small network takes to process them.
            in.asShortBuffer().get(mono);
            return mono;
        }
        for (int i = 0; i < samples; i++) {
            int sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += in.getShort();
            }
            mono[i] = Pcm.mean(sum, channels);
        }
        return mono;
    }

    private static String hex(int value) {
        return "0x%08x".formatted(value);
    }
}
