package io.keyspike.audio.flac;

/** The checksums of frames (RFC 9639, sections 9.1.8 and 9.3), most significant bit first, starting at 0. */
final class Crc {
    private static final int POLYNOMIAL_8 = 0x07;
    private static final int POLYNOMIAL_16 = 0x8005;
    private static final int SLICES = 8;
    private static final int[] TABLE_8 = table(8, POLYNOMIAL_8);

    /** Row s: the effect of a byte that s further ones follow. */
    private static final int[][] TABLES_16 = tables16();

    private Crc() {}

    private static int[] table(int width, int polynomial) {
        int[] table = new int[256];
        for (int b = 0; b < table.length; b++) {
            int crc = b << (width - 8);
            for (int i = 0; i < 8; i++) {
                crc = (crc & (1 << (width - 1))) != 0 ? (crc << 1) ^ polynomial : crc << 1;
            }
            table[b] = crc & ((1 << width) - 1);
        }
        return table;
    }

    private static int[][] tables16() {
        int[][] tables = new int[SLICES][];
        tables[0] = table(16, POLYNOMIAL_16);
        for (int s = 1; s < SLICES; s++) {
            tables[s] = new int[256];
            for (int b = 0; b < 256; b++) {
                int before = tables[s - 1][b];
                tables[s][b] = ((before << 8) ^ tables[0][before >>> 8]) & 0xffff;
            }
        }
        return tables;
    }

    /** CRC-8 of bytes {@code from} (inclusive) to {@code to} (exclusive). */
    static int crc8(byte[] bytes, int from, int to) {
        int crc = 0;
        for (int i = from; i < to; i++) {
            crc = TABLE_8[crc ^ (bytes[i] & 0xff)];
        }
        return crc;
    }

    /** CRC-16 of what came before, continued over bytes {@code from} (inclusive) to {@code to} (exclusive). */
    static int crc16(int before, byte[] bytes, int from, int to) {
        int crc = before;
        int at = from;
        int[][] t = TABLES_16;
        for (; at + SLICES <= to; at += SLICES) {
            crc = t[7][(bytes[at] & 0xff) ^ (crc >>> 8)]
                    ^ t[6][(bytes[at + 1] & 0xff) ^ (crc & 0xff)]
                    ^ t[5][bytes[at + 2] & 0xff]
                    ^ t[4][bytes[at + 3] & 0xff]
                    ^ t[3][bytes[at + 4] & 0xff]
                    ^ t[2][bytes[at + 5] & 0xff]
                    ^ t[1][bytes[at + 6] & 0xff]
                    ^ t[0][bytes[at + 7] & 0xff];
        }
        for (; at < to; at++) {
            crc = ((crc << 8) & 0xffff) ^ t[0][(crc >>> 8) ^ (bytes[at] & 0xff)];
        }
        return crc;
    }
}
