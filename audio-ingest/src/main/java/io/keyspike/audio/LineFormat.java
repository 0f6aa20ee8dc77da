package io.keyspike.audio;

import java.util.Locale;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Converts the bytes of a Java Sound line to 16-bit mono: signed or unsigned PCM of 8 to 32 bits in up to four bytes, float of
 * 32 or 64 bits, mu-law and A-law (ITU-T G.711), of either byte order and any number of channels. PCM with fewer bits than
 * its bytes hold lies at their low end, as ALSA has it (S24_LE: 24 bits in 4 bytes).
 *
 * @param kind of the samples
 * @param bits of a sample that count
 * @param bytes of a sample as stored
 * @param channels interleaved
 * @param channel the one to take, from 1, or 0 for the mean of all
 * @param bigEndian order of a sample's bytes
 * @param sampleRateHz rate of the line
 */
record LineFormat(Kind kind, int bits, int bytes, int channels, int channel, boolean bigEndian, int sampleRateHz) {

    private static final int LOWEST_RATE_HZ = 1_000;
    private static final int HIGHEST_RATE_HZ = 768_000;
    private static final int MOST_CHANNELS = 256;

    enum Kind {
        SIGNED,
        UNSIGNED,
        FLOAT,
        MU_LAW,
        A_LAW
    }

    /**
     * Describes a line's format.
     *
     * @param channel the channel to take, from 1, or 0 for the mean of all
     * @throws IllegalArgumentException if samples of this format cannot be converted, or there is no such channel
     */
    static LineFormat of(AudioFormat format, int channel) {
        Kind kind = kind(format.getEncoding());
        int channels = format.getChannels();
        float rate = format.getSampleRate();
        if (kind == null || channels < 1 || channels > MOST_CHANNELS || format.getFrameSize() % channels != 0) {
            throw new IllegalArgumentException("cannot convert " + format);
        }
        int bytes = format.getFrameSize() / channels;
        int bits = format.getSampleSizeInBits();
        boolean fits = switch (kind) {
            case SIGNED, UNSIGNED -> bytes >= 1 && bytes <= 4 && bits >= 2 && bits <= 8 * bytes;
            case FLOAT -> bits == 8 * bytes && (bytes == 4 || bytes == 8);
            case MU_LAW, A_LAW -> bytes == 1;
        };
        if (!fits || !(rate >= LOWEST_RATE_HZ && rate <= HIGHEST_RATE_HZ)) {
            throw new IllegalArgumentException("cannot convert " + format);
        }
        if (channel < 0 || channel > channels) {
            throw new IllegalArgumentException("no channel " + channel + " in " + text(format));
        }
        return new LineFormat(kind, bits, bytes, channels, channel, format.isBigEndian(), Math.round(rate));
    }

    private static @Nullable Kind kind(Encoding encoding) {
        if (encoding.equals(Encoding.PCM_SIGNED)) {
            return Kind.SIGNED;
        } else if (encoding.equals(Encoding.PCM_UNSIGNED)) {
            return Kind.UNSIGNED;
        } else if (encoding.equals(Encoding.PCM_FLOAT)) {
            return Kind.FLOAT;
        } else if (encoding.equals(Encoding.ULAW)) {
            return Kind.MU_LAW;
        }
        return encoding.equals(Encoding.ALAW) ? Kind.A_LAW : null;
    }

    /** Bytes of one sample of all channels. */
    int frameBytes() {
        return channels * bytes;
    }

    /** The 16-bit sample of the frame that begins at a byte: the chosen channel, or the mean of all, halves rounded up. */
    short sample(byte[] from, int at) {
        int counted = channel == 0 ? channels : 1;
        int first = channel == 0 ? 0 : channel - 1;
        long sum = 0;
        for (int c = first; c < first + counted; c++) {
            sum += full(from, at + c * bytes);
        }
        long unit = (long) counted << 16;
        return (short) Math.clamp(Math.floorDiv(2 * sum + unit, 2 * unit), Short.MIN_VALUE, Short.MAX_VALUE);
    }

    /** One sample with 32 bits. */
    private int full(byte[] from, int at) {
        return switch (kind) {
            case SIGNED -> (int) raw(from, at) << (Integer.SIZE - bits);
            case UNSIGNED -> ((int) raw(from, at) << (Integer.SIZE - bits)) ^ Integer.MIN_VALUE;
            case FLOAT -> {
                long raw = raw(from, at);
                double value = bytes == 4 ? Float.intBitsToFloat((int) raw) : Double.longBitsToDouble(raw);
                yield (int) Math.clamp(value * 0x1p31, Integer.MIN_VALUE, Integer.MAX_VALUE); // NaN becomes 0
            }
            case MU_LAW -> muLaw(from[at]) << 16;
            case A_LAW -> aLaw(from[at]) << 16;
        };
    }

    private long raw(byte[] from, int at) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = (value << 8) | (from[bigEndian ? at + i : at + bytes - 1 - i] & 0xff);
        }
        return value;
    }

    private static int muLaw(byte code) {
        int bits = ~code & 0xff;
        int magnitude = ((((bits & 0x0f) << 3) + 0x84) << (bits >> 4 & 7)) - 0x84;
        return bits < 0x80 ? magnitude : -magnitude;
    }

    private static int aLaw(byte code) {
        int bits = (code ^ 0x55) & 0xff;
        int exponent = bits >> 4 & 7;
        int step = ((bits & 0x0f) << 4) + 8;
        int magnitude = exponent == 0 ? step : (step + 0x100) << (exponent - 1);
        return bits >= 0x80 ? magnitude : -magnitude;
    }

    /** For people: {@code 48000 Hz, 2 channels, 24 bits big-endian}. */
    String text() {
        return words(sampleRateHz + " Hz", channels, numbers(kind, bits), bytes > 1 ? order(bigEndian) : "");
    }

    /** A format as a device offers it, in which anything may be open. */
    static String text(AudioFormat format) {
        int rate = Math.round(format.getSampleRate());
        Kind kind = kind(format.getEncoding());
        int bits = format.getSampleSizeInBits();
        return words(
                rate > 0 ? rate + " Hz" : "any rate",
                format.getChannels(),
                kind == null ? format.getEncoding().toString() : numbers(kind, bits),
                kind != null && bits > 8 ? order(format.isBigEndian()) : "");
    }

    private static String words(String rate, int channels, String numbers, String order) {
        String count = channels < 1 ? "any channels" : channels == 1 ? "1 channel" : channels + " channels";
        return rate + ", " + count + ", " + numbers + order;
    }

    private static String numbers(Kind kind, int bits) {
        String size = bits < 1 ? "any number of bits" : bits + " bits";
        return switch (kind) {
            case SIGNED -> size;
            case UNSIGNED, FLOAT -> size + " " + kind.name().toLowerCase(Locale.ROOT);
            case MU_LAW -> "mu-law";
            case A_LAW -> "A-law";
        };
    }

    private static String order(boolean bigEndian) {
        return bigEndian ? " big-endian" : " little-endian";
    }
}
