package io.keyspike.audio;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What the header of a WAV file says ("Multimedia Programming Interface and Data Specifications 1.0", 1991, with
 * WAVE_FORMAT_EXTENSIBLE).
 *
 * @param blockBytes bytes of one sample of all channels
 * @param dataBytes bytes of samples, or {@link #TO_THE_END}
 */
record WavFormat(Encoding encoding, int channels, int sampleRateHz, int blockBytes, long dataBytes) {

    /** The writer did not know the length when it wrote the header, as in a pipe. */
    static final long TO_THE_END = -1;

    private static final int MAXIMUM_CHANNELS = 256;
    private static final int LOWEST_RATE_HZ = 1_000;
    private static final int HIGHEST_RATE_HZ = 768_000;
    private static final int FORMAT_PCM = 1;
    private static final int FORMAT_FLOAT = 3;
    private static final int FORMAT_EXTENSIBLE = 0xfffe;

    /** Common end of the sub-format GUIDs of WAVE_FORMAT_EXTENSIBLE whose first two bytes are a format tag. */
    private static final String GUID_TAIL = "000000001000800000aa00389b71";

    /** Sizes from here on are the placeholders of programs that write to a pipe (0x7ffff000, 0x7fffffff, 0xffffffff). */
    private static final long PLACEHOLDER = 0x7fff_f000L;

    /** Sample encodings, with the bytes each sample takes. */
    enum Encoding {
        UNSIGNED_8(1),
        SIGNED_16(2),
        SIGNED_24(3),
        SIGNED_32(4),
        FLOAT_32(4),
        FLOAT_64(8);

        final int bytes;

        Encoding(int bytes) {
            this.bytes = bytes;
        }

        /** The sample at the buffer's position, in 16-bit units. */
        double next(ByteBuffer in) {
            return switch (this) {
                case UNSIGNED_8 -> (Byte.toUnsignedInt(in.get()) - 128) * 256.0;
                case SIGNED_16 -> in.getShort();
                case SIGNED_24 -> (Byte.toUnsignedInt(in.get()) | (in.getShort() << 8)) / 256.0;
                case SIGNED_32 -> in.getInt() / 65_536.0;
                case FLOAT_32 -> in.getFloat() * 32_768.0;
                case FLOAT_64 -> in.getDouble() * 32_768.0;
            };
        }
    }

    /**
     * Reads up to the first byte of samples.
     *
     * @param name of the file, for errors
     */
    static WavFormat read(InputStream in, String name) throws IOException {
        ByteBuffer riff = chunk(in, 12, name);
        String form = ascii(riff, 0) + ascii(riff, 8);
        if (!form.equals("RIFFWAVE")) {
            throw new IOException(
                    name + ": expected a WAV file that begins with RIFF....WAVE, found " + printable(form));
        }
        long riffBytes = Integer.toUnsignedLong(riff.getInt(4));
        long position = 12;
        ByteBuffer format = null;
        while (true) {
            ByteBuffer head = chunk(in, 8, name);
            String id = ascii(head, 0);
            long size = Integer.toUnsignedLong(head.getInt(4));
            position += 8;
            if (id.equals("data")) {
                if (format == null) {
                    throw new IOException(name + ": expected a format chunk before the samples, found none");
                }
                boolean chunksFollow = riffBytes + 8 > position && riffBytes < PLACEHOLDER;
                boolean unknown = size >= PLACEHOLDER || (size == 0 && !chunksFollow);
                return of(format, unknown ? TO_THE_END : size, name);
            }
            long padded = size + (size & 1);
            position += padded;
            if (id.equals("fmt ")) {
                if (size < 16 || size > 1_024) {
                    throw new IOException(name + ": expected a format chunk of 16 to 1024 bytes, found " + size);
                }
                format = chunk(in, (int) padded, name);
            } else {
                skip(in, padded, id, name);
            }
        }
    }

    private static WavFormat of(ByteBuffer format, long dataBytes, String name) throws IOException {
        int tag = Short.toUnsignedInt(format.getShort(0));
        int channels = Short.toUnsignedInt(format.getShort(2));
        long rate = Integer.toUnsignedLong(format.getInt(4));
        int blockBytes = Short.toUnsignedInt(format.getShort(12));
        int bits = Short.toUnsignedInt(format.getShort(14));
        if (tag == FORMAT_EXTENSIBLE) {
            tag = subFormat(format, name);
        }
        if (channels < 1 || channels > MAXIMUM_CHANNELS) {
            throw new IOException(name + ": expected 1 to " + MAXIMUM_CHANNELS + " channels, found " + channels);
        }
        if (rate < LOWEST_RATE_HZ || rate > HIGHEST_RATE_HZ) {
            throw new IOException(name + ": expected a sample rate from " + LOWEST_RATE_HZ + " to " + HIGHEST_RATE_HZ
                    + " Hz, found " + rate);
        }
        Encoding encoding = encoding(tag, bits, name);
        if (blockBytes != channels * encoding.bytes) {
            throw new IOException(name + ": expected " + channels * encoding.bytes + " bytes per sample of " + channels
                    + " channels of " + bits + " bits, found " + blockBytes);
        }
        if (dataBytes > 0 && dataBytes % blockBytes != 0) {
            throw new IOException(
                    name + ": expected samples in blocks of " + blockBytes + " bytes, found " + dataBytes + " bytes");
        }
        return new WavFormat(encoding, channels, (int) rate, blockBytes, dataBytes);
    }

    private static Encoding encoding(int tag, int bits, String name) throws IOException {
        Encoding encoding = null;
        if (tag == FORMAT_PCM) {
            encoding = switch (bits) {
                case 8 -> Encoding.UNSIGNED_8;
                case 16 -> Encoding.SIGNED_16;
                case 24 -> Encoding.SIGNED_24;
                case 32 -> Encoding.SIGNED_32;
                default -> null;
            };
        } else if (tag == FORMAT_FLOAT) {
            encoding = switch (bits) {
                case 32 -> Encoding.FLOAT_32;
                case 64 -> Encoding.FLOAT_64;
                default -> null;
            };
        }
        if (encoding == null) {
            throw new IOException(name + ": expected PCM of 8, 16, 24 or 32 bits or float of 32 or 64 bits,"
                    + " found format " + tag + " with " + bits + " bits");
        }
        return encoding;
    }

    private static int subFormat(ByteBuffer format, String name) throws IOException {
        if (format.capacity() < 40) {
            throw new IOException(
                    name + ": expected an extensible format chunk of 40 bytes, found " + format.capacity());
        }
        var tail = new StringBuilder();
        for (int i = 26; i < 40; i++) {
            tail.append("%02x".formatted(format.get(i)));
        }
        if (!tail.toString().equals(GUID_TAIL)) {
            throw new IOException(name + ": expected a sub-format that ends in " + GUID_TAIL + ", found " + tail);
        }
        return Short.toUnsignedInt(format.getShort(24));
    }

    private static ByteBuffer chunk(InputStream in, int size, String name) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException(name + ": expected a WAV header, found its end after " + bytes.length + " of " + size
                    + " bytes of a chunk");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void skip(InputStream in, long size, String id, String name) throws IOException {
        try {
            in.skipNBytes(size);
        } catch (EOFException e) {
            throw new IOException(
                    name + ": expected " + size + " bytes in chunk " + printable(id) + ", found the file's end", e);
        }
    }

    private static String ascii(ByteBuffer bytes, int at) {
        byte[] four = new byte[4];
        bytes.get(at, four);
        return new String(four, StandardCharsets.ISO_8859_1);
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", ".");
    }
}
