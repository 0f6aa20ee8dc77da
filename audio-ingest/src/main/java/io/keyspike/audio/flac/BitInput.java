package io.keyspike.audio.flac;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads bits, most significant first, and keeps the CRC-16 of the bytes that were read. Every byte of the stream is fetched
 * once; a stream that ends too early is an {@link EOFException}.
 */
final class BitInput {
    private static final int BUFFER_BYTES = 1 << 16;

    /** Bits that are in the window after a refill, unless the stream ends. */
    private static final int REFILLED = 56;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    /** Index of the next byte that is not in the window. */
    private int at;

    private int end;
    private boolean ended;

    /** The next bits, left-aligned; below the valid ones there may be some that will be read once more. */
    private long window;

    /** How many bits of the window are valid. */
    private int bits;

    private int crc;

    /** Index of the first byte that is not in the CRC. */
    private int crcFrom;

    BitInput(InputStream in) {
        this.in = in;
    }

    /** Moves what has not been read to the front and fetches more. @return whether there was any more */
    private boolean fetch() throws IOException {
        if (ended) {
            return false;
        }
        int start = at - ((bits + 7) >>> 3);
        crc = Crc.crc16(crc, buffer, crcFrom, start);
        System.arraycopy(buffer, start, buffer, 0, end - start);
        at -= start;
        end -= start;
        crcFrom = 0;
        int count = in.read(buffer, end, buffer.length - end);
        if (count < 0) {
            ended = true;
            return false;
        }
        end += count;
        return true;
    }

    /** At least {@link #REFILLED} bits in the window, or all that are left. */
    private void refill() throws IOException {
        while (end - at < Long.BYTES && fetch()) {
            // until there are enough, or the stream has ended
        }
        if (end - at >= Long.BYTES) {
            window |= (long) LONGS.get(buffer, at) >>> bits;
            at += (63 - bits) >>> 3;
            bits |= REFILLED;
        } else {
            while (bits < REFILLED && at < end) {
                window |= (buffer[at++] & 0xffL) << (56 - bits);
                bits += 8;
            }
        }
    }

    private void need(int count) throws IOException {
        if (bits < count) {
            refill();
            if (bits < count) {
                throw new EOFException("the stream ends within a frame");
            }
        }
    }

    private void drop(int count) {
        window <<= count;
        bits -= count;
    }

    /** The next {@code count} bits, 0 to 32, as an unsigned number. */
    long unsigned(int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        need(count);
        long value = window >>> (64 - count);
        drop(count);
        return value;
    }

    /** The next {@code count} bits, 0 to 33, as a two's complement number. */
    long signed(int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        need(count);
        long value = window >> (64 - count);
        drop(count);
        return value;
    }

    /** Number of zeros before the next one; the one is read too. More than {@code most} are refused. */
    long zeros(long most) throws IOException {
        long zeros = 0;
        while (true) {
            need(1);
            int leading = Math.min(Long.numberOfLeadingZeros(window), bits);
            zeros += leading;
            if (zeros > most) {
                throw new FlacException("a number is longer than it can be");
            }
            if (leading < bits) {
                // Two shifts, since a shift by 64 would be none.
                window = window << leading << 1;
                bits -= leading + 1;
                return zeros;
            }
            window = 0;
            bits = 0;
        }
    }

    /**
     * Rice-coded numbers (RFC 9639, section 9.2.7).
     *
     * @param to receives them from index {@code from} (inclusive) to {@code until} (exclusive)
     * @param parameter 0 to 30: how many bits are not in unary
     */
    void rice(int[] to, int from, int until, int parameter) throws IOException {
        for (int i = from; i < until; i++) {
            if (bits < 32) {
                refill();
            }
            int leading = Long.numberOfLeadingZeros(window);
            long folded;
            if (leading + 1 + parameter <= bits) {
                long rest = window << leading << 1;
                // A shift by 64 would be none, hence the two for a parameter of 0.
                folded = ((long) leading << parameter) | (rest >>> 1 >>> (63 - parameter));
                window = rest << parameter;
                bits -= leading + 1 + parameter;
            } else {
                folded = (zeros(0xffff_ffffL >>> parameter) << parameter) | unsigned(parameter);
            }
            if (folded >>> 32 != 0) {
                throw new FlacException("a residual has more than 32 bits");
            }
            to[i] = (int) (folded >>> 1) ^ -(int) (folded & 1);
        }
    }

    /** Skips bits up to a whole byte; from here on the buffer can be looked at. @return whether all of them were 0 */
    boolean align() {
        int padding = bits & 7;
        boolean zero = padding == 0 || window >>> (64 - padding) == 0;
        at -= bits >>> 3;
        window = 0;
        bits = 0;
        return zero;
    }

    /** Bytes that can be looked at, at least {@code wanted} unless the stream ends. Only at a whole byte, after {@link #align}. */
    int ahead(int wanted) throws IOException {
        while (end - at < wanted && fetch()) {
            // until there are enough, or the stream has ended
        }
        return end - at;
    }

    /** What can be looked at begins at {@link #index} in this. */
    byte[] bytes() {
        return buffer;
    }

    int index() {
        return at;
    }

    /** Skips bytes that can be looked at. */
    void skip(int count) {
        at += count;
    }

    /** Skips any number of bytes. @return how many were there */
    long skipFully(long count) throws IOException {
        long left = count;
        while (left > 0 && ahead(1) > 0) {
            int step = (int) Math.min(left, end - at);
            at += step;
            left -= step;
        }
        return count - left;
    }

    /** Starts a CRC-16 at the next byte. */
    void startCrc() {
        crc = 0;
        crcFrom = at;
    }

    /** CRC-16 since the start; only at a whole byte, after {@link #align}. */
    int crc() {
        crc = Crc.crc16(crc, buffer, crcFrom, at);
        crcFrom = at;
        return crc;
    }
}
