package io.keyspike.audio.flac;

import org.jspecify.annotations.Nullable;

/**
 * The header of a frame (RFC 9639, section 9.1).
 *
 * @param variable whether {@code number} is that of the first sample, instead of the frame's
 * @param channelCode 0 to 7: that many channels and one, independent; 8 left and side, 9 side and right, 10 mid and side
 * @param bits of a sample of the stream
 * @param bitsCode the four bits that code {@code bits}, the last of which is reserved
 * @param bytes of the header itself
 */
record FrameHeader(
        boolean variable,
        long number,
        int blockSize,
        int sampleRateHz,
        int channelCode,
        int bits,
        int bitsCode,
        int bytes) {

    /** Longest header: four bytes, a number of seven, block size and rate of two each, and the CRC. */
    static final int LONGEST = 16;

    static final int LEFT_SIDE = 8;
    static final int SIDE_RIGHT = 9;
    static final int MID_SIDE = 10;

    /** Number of the frame that follows this one. */
    long nextNumber() {
        return number + (variable ? blockSize : 1);
    }

    /**
     * In how many bits the start of a header differs from that of the frame that follows this one: sync code, code of the
     * bits, and number. What may differ between frames is not counted.
     *
     * @param available bytes that may be looked at
     */
    int differenceFromNext(byte[] bytes, int from, int available) {
        byte[] next = coded(nextNumber());
        if (available < 4 + next.length) {
            return Integer.MAX_VALUE;
        }
        int sync = ((bytes[from] & 0xff) << 8) | (bytes[from + 1] & 0xff);
        int different = Integer.bitCount(sync ^ (variable ? 0xfff9 : 0xfff8))
                + Integer.bitCount((bytes[from + 3] & 0xf) ^ bitsCode);
        for (int i = 0; i < next.length; i++) {
            different += Integer.bitCount((bytes[from + 4 + i] ^ next[i]) & 0xff);
        }
        return different;
    }

    /** A number coded as UTF-8 extended to 36 bits. */
    private static byte[] coded(long number) {
        if (number < 0x80) {
            return new byte[] {(byte) number};
        }
        int length = 2;
        while (number >>> (5 * length + 1) != 0 && length < 7) {
            length++;
        }
        byte[] coded = new byte[length];
        for (int i = 1; i < length; i++) {
            coded[i] = (byte) (0x80 | ((number >>> (6 * (length - 1 - i))) & 0x3f));
        }
        coded[0] = (byte) ((0xff00 >>> length) | (number >>> (6 * (length - 1))));
        return coded;
    }

    int channels() {
        return channelCode < LEFT_SIDE ? channelCode + 1 : 2;
    }

    /** A header at an index of an array, or null if there is none: what it says is possible, and its CRC is right. */
    static @Nullable FrameHeader parse(byte[] bytes, int from, int available, StreamInfo info) {
        if (available < 6 || bytes[from] != (byte) 0xff || (bytes[from + 1] & 0xfe) != 0xf8) {
            return null;
        }
        int sizeCode = (bytes[from + 2] & 0xff) >>> 4;
        int rateCode = bytes[from + 2] & 0xf;
        int channelCode = (bytes[from + 3] & 0xff) >>> 4;
        int bits = bits((bytes[from + 3] >>> 1) & 7, info);
        boolean reserved = (bytes[from + 3] & 1) != 0;
        int numberBytes = numberBytes(bytes[from + 4]);
        if (sizeCode == 0 || rateCode == 15 || channelCode > MID_SIDE || bits == 0 || reserved || numberBytes == 0) {
            return null;
        }
        int sizeBytes = sizeCode == 6 ? 1 : sizeCode == 7 ? 2 : 0;
        int rateBytes = rateCode == 12 ? 1 : rateCode > 12 ? 2 : 0;
        int length = 4 + numberBytes + sizeBytes + rateBytes + 1;
        if (length > available || Crc.crc8(bytes, from, from + length - 1) != (bytes[from + length - 1] & 0xff)) {
            return null;
        }
        boolean variable = (bytes[from + 1] & 1) != 0;
        long number = number(bytes, from + 4, numberBytes);
        if (number < 0 || (numberBytes == 7 && !variable)) {
            return null;
        }
        int at = from + 4 + numberBytes;
        int size = sizeBytes == 0 ? size(sizeCode) : bigEndian(bytes, at, sizeBytes) + 1;
        int rate = rateBytes == 0
                ? rate(rateCode, info)
                : bigEndian(bytes, at + sizeBytes, rateBytes) * (rateCode == 12 ? 1_000 : rateCode == 14 ? 10 : 1);
        return new FrameHeader(variable, number, size, rate, channelCode, bits, bytes[from + 3] & 0xf, length);
    }

    /** 0 for the reserved code. */
    private static int bits(int code, StreamInfo info) {
        return switch (code) {
            case 0 -> info.bits();
            case 1 -> 8;
            case 2 -> 12;
            case 4 -> 16;
            case 5 -> 20;
            case 6 -> 24;
            case 7 -> 32;
            default -> 0;
        };
    }

    private static int size(int code) {
        return code == 1 ? 192 : code < 6 ? 144 << code : 1 << code;
    }

    private static int rate(int code, StreamInfo info) {
        return switch (code) {
            case 1 -> 88_200;
            case 2 -> 176_400;
            case 3 -> 192_000;
            case 4 -> 8_000;
            case 5 -> 16_000;
            case 6 -> 22_050;
            case 7 -> 24_000;
            case 8 -> 32_000;
            case 9 -> 44_100;
            case 10 -> 48_000;
            case 11 -> 96_000;
            default -> info.sampleRateHz();
        };
    }

    private static int bigEndian(byte[] bytes, int at, int count) {
        return count == 1 ? bytes[at] & 0xff : ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    /** Bytes of a number whose first one this is, coded as UTF-8 extended to 36 bits; 0 if it cannot be one. */
    private static int numberBytes(byte first) {
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones == 0 ? 1 : ones == 1 || ones > 7 ? 0 : ones;
    }

    /** -1 if it is not coded as it should. */
    private static long number(byte[] bytes, int at, int count) {
        if (count == 1) {
            return bytes[at];
        }
        long number = bytes[at] & (0x7f >>> count);
        for (int i = 1; i < count; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return -1;
            }
            number = (number << 6) | (bytes[at + i] & 0x3f);
        }
        return number;
    }
}
