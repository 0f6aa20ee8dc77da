package io.keyspike.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How one sample is stored.
 *
 * @param bytes of a sample of one channel
 * @param bits of a sample as the header says; those of an integer are the highest of its bytes, unless {@code low}
 * @param low whether the bits are the lowest of the bytes, as ALSA's S24_LE has them in four bytes
 */
record PcmEncoding(Kind kind, int bytes, int bits, boolean low) {

    /** Ways to write a number. */
    enum Kind {
        INTEGER("PCM"),
        UNSIGNED_8("PCM"),
        FLOAT("float"),
        MU_LAW("mu-law"),
        A_LAW("A-law");

        final String codec;

        Kind(String codec) {
            this.codec = codec;
        }
    }

    static final PcmEncoding MU_LAW = new PcmEncoding(Kind.MU_LAW, 1, 8, false);
    static final PcmEncoding A_LAW = new PcmEncoding(Kind.A_LAW, 1, 8, false);
    static final PcmEncoding UNSIGNED_8 = new PcmEncoding(Kind.UNSIGNED_8, 1, 8, false);

    /** Added before a value is coded in mu-law (G.711), in 16-bit units. */
    private static final int MU_LAW_BIAS = 132;

    /** Signed integers of so many bits in as many whole bytes as they need; null if there is no such encoding. */
    static @Nullable PcmEncoding integer(int bits) {
        int bytes = Math.ceilDiv(bits, 8);
        return bits >= 1 && (bytes <= 4 || bits == 64) ? new PcmEncoding(Kind.INTEGER, bytes, bits, false) : null;
    }

    /** Null if there is no such encoding. */
    static @Nullable PcmEncoding floating(int bits) {
        return bits == 32 || bits == 64 ? new PcmEncoding(Kind.FLOAT, bits / 8, bits, false) : null;
    }

    /** The sample at the buffer's position, in 16-bit units; the buffer's order is that of the bytes. */
    double next(ByteBuffer in) {
        return switch (kind) {
            case UNSIGNED_8 -> (Byte.toUnsignedInt(in.get()) - 128) * 256.0;
            case MU_LAW -> muLaw(in.get());
            case A_LAW -> aLaw(in.get());
            case FLOAT -> (bytes == Float.BYTES ? in.getFloat() : in.getDouble()) * 32_768.0;
            case INTEGER -> integer(in);
        };
    }

    private double integer(ByteBuffer in) {
        return switch (bytes) {
            case 1 -> in.get() * 256.0;
            case 2 -> in.getShort();
            case 3 -> {
                boolean little = in.order() == ByteOrder.LITTLE_ENDIAN;
                int first = in.get();
                int middle = in.get() & 0xff;
                int last = in.get();
                int low = (little ? first : last) & 0xff;
                yield (low | (middle << 8) | ((little ? last : first) << 16)) / 256.0;
            }
            case 4 -> (low ? in.getInt() << (Integer.SIZE - bits) : in.getInt()) / 65_536.0;
            default -> in.getLong() * 0x1p-48;
        };
    }

    static int muLaw(byte coded) {
        int bits = ~coded & 0xff;
        int magnitude = ((((bits & 0xf) << 3) + MU_LAW_BIAS) << ((bits >>> 4) & 7)) - MU_LAW_BIAS;
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }

    static int aLaw(byte coded) {
        int bits = (coded ^ 0x55) & 0xff;
        int segment = (bits >>> 4) & 7;
        int magnitude = ((bits & 0xf) << 4) + 8;
        if (segment > 0) {
            magnitude = (magnitude + 0x100) << (segment - 1);
        }
        return (bits & 0x80) != 0 ? magnitude : -magnitude;
    }
}
