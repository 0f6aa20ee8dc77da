package io.keyspike.audio;

/** Headers of frames of MPEG audio (ISO 11172-3, 13818-3) and of AAC in ADTS (ISO 13818-7), as far as they tell a length. */
final class MpegFrame {
    static final int HEADER_BYTES = 6;

    /** Longest frame whose successor is looked for. */
    static final int LONGEST = 3_000;

    /** kbit/s by bit rate index: MPEG 1 layers 1, 2, 3; MPEG 2 layer 1, layers 2 and 3. */
    private static final int[][] KILOBITS = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
    };

    private static final int[] RATES = {44_100, 48_000, 32_000};

    private MpegFrame() {}

    /** {@return whether the first bytes may be a header} */
    static boolean isSync(byte[] bytes) {
        return bytes.length >= 2 && bytes[0] == (byte) 0xff && (bytes[1] & 0xe0) == 0xe0 && length(bytes, 0) > 0;
    }

    /** Bytes of the frame whose header is at an index; 0 if there is none. */
    static int length(byte[] bytes, int at) {
        if (bytes.length < at + HEADER_BYTES || bytes[at] != (byte) 0xff || (bytes[at + 1] & 0xe0) != 0xe0) {
            return 0;
        }
        int version = (bytes[at + 1] >>> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
        int layer = 4 - ((bytes[at + 1] >>> 1) & 3);
        if (layer == 4) {
            return isAdts(bytes[at + 1]) ? adts(bytes, at) : 0;
        }
        int rateIndex = (bytes[at + 2] & 0xff) >>> 4;
        int frequency = (bytes[at + 2] >>> 2) & 3;
        if (version == 1 || rateIndex == 0 || rateIndex == 15 || frequency == 3) {
            return 0;
        }
        int kilobits = KILOBITS[version == 3 ? layer - 1 : layer == 1 ? 3 : 4][rateIndex];
        int hertz = RATES[frequency] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
        int padding = (bytes[at + 2] >>> 1) & 1;
        if (layer == 1) {
            return (12_000 * kilobits / hertz + padding) * 4;
        }
        return (layer == 3 && version != 3 ? 72_000 : 144_000) * kilobits / hertz + padding;
    }

    private static boolean isAdts(byte second) {
        return (second & 0xf6) == 0xf0;
    }

    private static int adts(byte[] bytes, int at) {
        int frequency = (bytes[at + 2] >>> 2) & 0xf;
        int length = ((bytes[at + 3] & 3) << 11) | ((bytes[at + 4] & 0xff) << 3) | ((bytes[at + 5] & 0xff) >>> 5);
        return frequency > 12 || length < 7 ? 0 : length;
    }

    /** Whether at an index there is the header of another frame of the kind of the first. */
    static boolean isSameKind(byte[] bytes, int at) {
        return length(bytes, at) > 0 && bytes[at + 1] == bytes[1] && (bytes[at + 2] & 0x0c) == (bytes[2] & 0x0c);
    }

    /** {@return the name of the kind, with its article} */
    static String name(byte[] bytes) {
        if (isAdts(bytes[1])) {
            return "an AAC file";
        }
        int layer = 4 - ((bytes[1] >>> 1) & 3);
        return layer == 3 ? "an MP3 file" : "an MPEG audio file (layer " + layer + ")";
    }
}
