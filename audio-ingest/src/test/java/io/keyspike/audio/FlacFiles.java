package io.keyspike.audio;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Writes FLAC streams for tests, uncompressed: every frame holds its samples verbatim (RFC 9639, sections 8.2 and 9).
 */
final class FlacFiles {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int pending;
    private int pendingBits;

    private FlacFiles() {}

    /** @param samples {@code [samples][channels]} */
    static byte[] encode(int rateHz, int bits, int blockSize, int[][] samples) {
        var file = new FlacFiles();
        int channels = samples[0].length;
        file.out.writeBytes(new byte[] {'f', 'L', 'a', 'C', (byte) 0x80, 0, 0, 34});
        file.put(blockSize, 16);
        file.put(blockSize, 16);
        file.put(0, 24);
        file.put(0, 24);
        file.put(rateHz, 20);
        file.put(channels - 1, 3);
        file.put(bits - 1, 5);
        file.put(samples.length >>> 31, 4);
        file.put(samples.length, 32);
        file.out.writeBytes(md5(bits, samples));
        for (int frame = 0; frame * blockSize < samples.length; frame++) {
            int from = frame * blockSize;
            file.frame(frame, bits, samples, from, Math.min(samples.length, from + blockSize));
        }
        return file.out.toByteArray();
    }

    private static byte[] md5(int bits, int[][] samples) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            for (int[] sample : samples) {
                for (int value : sample) {
                    for (int b = 0; b < bits; b += 8) {
                        md5.update((byte) (value >> b));
                    }
                }
            }
            return md5.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void frame(int number, int bits, int[][] samples, int from, int to) {
        int start = out.size();
        int channels = samples[0].length;
        put(0b11111111111110, 14);
        put(0, 2);
        put(0b0111, 4); // block size follows in 16 bits
        put(0, 4); // rate: see the stream's information
        put(channels - 1, 4);
        put(bits == 8 ? 1 : bits == 16 ? 4 : bits == 24 ? 6 : 0, 3);
        put(0, 1);
        if (number >= 128) {
            throw new IllegalArgumentException("expected fewer than 128 frames, found more");
        }
        put(number, 8);
        put(to - from - 1, 16);
        put(crc(start, 8, 0x07), 8);
        for (int c = 0; c < channels; c++) {
            put(0b00000010, 8); // verbatim
            for (int i = from; i < to; i++) {
                put(samples[i][c], bits);
            }
        }
        if (pendingBits > 0) {
            put(0, 8 - pendingBits);
        }
        put(crc(start, 16, 0x8005), 16);
    }

    private int crc(int from, int width, int polynomial) {
        byte[] bytes = out.toByteArray();
        int crc = 0;
        for (int i = from; i < bytes.length; i++) {
            crc ^= (bytes[i] & 0xff) << (width - 8);
            for (int b = 0; b < 8; b++) {
                crc = (crc & (1 << (width - 1))) != 0 ? (crc << 1) ^ polynomial : crc << 1;
            }
            crc &= (1 << width) - 1;
        }
        return crc;
    }

    private void put(int value, int bits) {
        for (int b = bits - 1; b >= 0; b--) {
            pending = (pending << 1) | ((value >>> b) & 1);
            if (++pendingBits == 8) {
                out.write(pending);
                pending = 0;
                pendingBits = 0;
            }
        }
    }
}
