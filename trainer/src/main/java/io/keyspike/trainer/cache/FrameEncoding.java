package io.keyspike.trainer.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Frames as bytes, without loss. The first byte says how:
 *
 * <pre>
 * 0  RAW       float32 little-endian
 * 1  COUNTS    of every value that is not 0: varint 2·gap + more; value 1 where more is 0, else varint value
 * 2  SPARSE    of every value that is not 0: varint gap, float32
 * 3  DEFLATED  the four bytes of all values, plane by plane from the sign's, deflated
 * 4  BYTES     every value as one byte
 * </pre>
 *
 * A gap is the number of zeros since the last value that is not 0; a varint has seven bits a byte, low ones first.
 */
final class FrameEncoding {
    private static final byte RAW = 0;
    private static final byte COUNTS = 1;
    private static final byte SPARSE = 2;
    private static final byte DEFLATED = 3;
    private static final byte BYTES = 4;

    /** Largest value of COUNTS: a float32 holds all integers up to it. */
    private static final float MOST_COUNTED = 1 << 24;

    /** Inflating costs more than reading: worth it only where it saves this share. */
    private static final double WORTH_DEFLATING = 0.75;

    /** Written once, but in the epoch that the user waits for. */
    private static final int LEVEL = Deflater.BEST_SPEED;

    private FrameEncoding() {}

    /** The smallest form, for a disk. */
    static byte[] forDisk(float[] values) {
        byte[] best = forMemory(values);
        if (best[0] != RAW) {
            return best;
        }
        byte[] deflated = deflate(values);
        return deflated.length < WORTH_DEFLATING * best.length ? deflated : best;
    }

    /** The smallest form that decodes about as fast as a copy: all but deflated. */
    static byte[] forMemory(float[] values) {
        byte[] sparse = sparse(values);
        if (sparse.length > 1 + values.length && fitBytes(values)) {
            return bytes(values);
        }
        return sparse.length < 1 + Float.BYTES * values.length ? sparse : raw(values);
    }

    /**
     * Decodes all values.
     *
     * @param to {@code [count]} from {@code offset}, all written
     * @throws IllegalArgumentException if the bytes are not an encoding of {@code count} values
     */
    static void decode(byte[] bytes, int from, int length, float[] to, int offset, int count) {
        if (length < 1) {
            throw new IllegalArgumentException("expected encoded frames, found none");
        }
        int end = from + length;
        switch (bytes[from]) {
            case RAW -> decodeRaw(bytes, from + 1, end, to, offset, count);
            case COUNTS -> decodeCounts(bytes, from + 1, end, to, offset, count);
            case SPARSE -> decodeSparse(bytes, from + 1, end, to, offset, count);
            case DEFLATED -> inflate(bytes, from + 1, end, to, offset, count);
            case BYTES -> decodeBytes(bytes, from + 1, end, to, offset, count);
            default -> throw new IllegalArgumentException("expected an encoding from 0 to 4, found " + bytes[from]);
        }
    }

    private static byte[] raw(float[] values) {
        ByteBuffer out = ByteBuffer.allocate(1 + Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(RAW).asFloatBuffer().put(values);
        return out.array();
    }

    private static void decodeRaw(byte[] bytes, int from, int end, float[] to, int offset, int count) {
        expect(end - from == Float.BYTES * count, Float.BYTES * count + " bytes", end - from);
        ByteBuffer.wrap(bytes, from, end - from)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(to, offset, count);
    }

    private static boolean fitBytes(float[] values) {
        for (float value : values) {
            if (value != ((int) value & 0xFF) || Float.floatToRawIntBits(value) == Float.floatToRawIntBits(-0f)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(float[] values) {
        byte[] out = new byte[1 + values.length];
        out[0] = BYTES;
        for (int i = 0; i < values.length; i++) {
            out[1 + i] = (byte) (int) values[i];
        }
        return out;
    }

    private static void decodeBytes(byte[] bytes, int from, int end, float[] to, int offset, int count) {
        expect(end - from == count, count + " bytes", end - from);
        for (int i = 0; i < count; i++) {
            to[offset + i] = bytes[from + i] & 0xFF;
        }
    }

    private static byte[] sparse(float[] values) {
        boolean counts = true;
        int entries = 0;
        for (float value : values) {
            if (Float.floatToRawIntBits(value) != 0) {
                entries++;
                counts &= value > 0 && value <= MOST_COUNTED && value == (int) value;
            }
        }
        // Gap and value take at most five bytes each.
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(1, Math.multiplyExact(10, entries)))
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put(counts ? COUNTS : SPARSE);
        int last = -1;
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            if (Float.floatToRawIntBits(value) == 0) {
                continue;
            }
            int gap = i - last - 1;
            if (!counts) {
                varint(out, gap);
                out.putFloat(value);
            } else if (value == 1) {
                varint(out, 2 * gap);
            } else {
                varint(out, 2 * gap + 1);
                varint(out, (int) value);
            }
            last = i;
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void varint(ByteBuffer out, int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static void decodeCounts(byte[] bytes, int from, int end, float[] to, int offset, int count) {
        Arrays.fill(to, offset, offset + count, 0);
        int at = from;
        int place = 0;
        while (at < end) {
            int word = 0;
            int shift = 0;
            byte b;
            do {
                b = next(bytes, at++, end, shift);
                word |= (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            place += word >>> 1;
            if (place < 0 || place >= count) {
                throw new IllegalArgumentException("expected a place below " + count + ", found " + place);
            }
            int value = 1;
            if ((word & 1) != 0) {
                value = 0;
                shift = 0;
                do {
                    b = next(bytes, at++, end, shift);
                    value |= (b & 0x7F) << shift;
                    shift += 7;
                } while (b < 0);
            }
            to[offset + place++] = value;
        }
    }

    private static void decodeSparse(byte[] bytes, int from, int end, float[] to, int offset, int count) {
        Arrays.fill(to, offset, offset + count, 0);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = from;
        int place = 0;
        while (at < end) {
            int gap = 0;
            int shift = 0;
            byte b;
            do {
                b = next(bytes, at++, end, shift);
                gap |= (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            place += gap;
            if (place < 0 || place >= count) {
                throw new IllegalArgumentException("expected a place below " + count + ", found " + place);
            }
            if (at + Float.BYTES > end) {
                throw new IllegalArgumentException("expected a value of 4 bytes, found " + (end - at));
            }
            to[offset + place++] = in.getFloat(at);
            at += Float.BYTES;
        }
    }

    private static byte next(byte[] bytes, int at, int end, int shift) {
        if (at >= end || shift >= Integer.SIZE) {
            throw new IllegalArgumentException("expected a varint of at most 5 bytes, found " + (end - at) + " left");
        }
        return bytes[at];
    }

    private static byte[] deflate(float[] values) {
        int n = values.length;
        byte[] planes = new byte[Float.BYTES * n];
        for (int i = 0; i < n; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            planes[i] = (byte) (bits >>> 24);
            planes[n + i] = (byte) (bits >>> 16);
            planes[2 * n + i] = (byte) (bits >>> 8);
            planes[3 * n + i] = (byte) bits;
        }
        try (var deflater = new Deflater(LEVEL, true)) {
            deflater.setInput(planes);
            deflater.finish();
            byte[] out = new byte[1 + planes.length + planes.length / 1_000 + 64];
            out[0] = DEFLATED;
            int length = 1 + deflater.deflate(out, 1, out.length - 1);
            return deflater.finished() ? Arrays.copyOf(out, length) : raw(values);
        }
    }

    private static void inflate(byte[] bytes, int from, int end, float[] to, int offset, int count) {
        byte[] planes = new byte[Float.BYTES * count];
        try (var inflater = new Inflater(true)) {
            inflater.setInput(bytes, from, end - from);
            int length = 0;
            while (length < planes.length && !inflater.finished()) {
                int step = inflater.inflate(planes, length, planes.length - length);
                if (step == 0) {
                    break;
                }
                length += step;
            }
            expect(length == planes.length, planes.length + " inflated bytes", length);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("expected deflated bytes, found " + e.getMessage(), e);
        }
        for (int i = 0; i < count; i++) {
            to[offset + i] = Float.intBitsToFloat(((planes[i] & 0xFF) << 24)
                    | ((planes[count + i] & 0xFF) << 16)
                    | ((planes[2 * count + i] & 0xFF) << 8)
                    | (planes[3 * count + i] & 0xFF));
        }
    }

    private static void expect(boolean ok, String expected, int found) {
        if (!ok) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found);
        }
    }
}
