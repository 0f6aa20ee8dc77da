package io.keyspike.audio;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the header of an AU file (.snd of Sun and NeXT), or of its little-endian twin from DEC. */
final class AuHeader {
    private static final int BYTES = 24;

    /** Names of what is not read, by encoding. */
    private static final Map<Integer, String> OTHER_CODECS =
            Map.of(23, "G.721 ADPCM", 24, "G.722 ADPCM", 25, "G.723 ADPCM", 26, "G.723 ADPCM");

    private AuHeader() {}

    /**
     * Reads up to the first byte of samples.
     *
     * @param in positioned at .snd, or dns. if it is little-endian
     * @param name of the file, for errors
     * @throws IOException if it is cut off before the samples, or no header of samples that this module reads
     */
    static PcmLayout read(PushbackInputStream in, String name) throws IOException {
        byte[] magic = in.readNBytes(1);
        in.unread(magic);
        ByteOrder order = magic.length > 0 && magic[0] == 'd' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        var header = new Header(in, name, "AU", order);
        ByteBuffer bytes = header.bytes(BYTES);
        long dataAt = Integer.toUnsignedLong(bytes.getInt(4));
        long size = Integer.toUnsignedLong(bytes.getInt(8));
        int code = bytes.getInt(12);
        long rate = Integer.toUnsignedLong(bytes.getInt(16));
        long channels = Integer.toUnsignedLong(bytes.getInt(20));
        if (dataAt < BYTES) {
            throw new IOException(
                    name + ": expected samples after the header of " + BYTES + " bytes, found them at " + dataAt);
        }
        PcmLayout.check(channels, (double) rate, name);
        String other = OTHER_CODECS.get(code);
        if (other != null) {
            throw KnownFormat.refused(name, other + " in an AU file");
        }
        PcmEncoding encoding = encoding(code);
        if (encoding == null) {
            throw new IOException(name + ": expected PCM, float, mu-law or A-law, found encoding "
                    + Integer.toUnsignedLong(code) + "; " + KnownFormat.advice(name));
        }
        header.skip(dataAt - BYTES, "annotation");
        boolean unknown = size >= PcmLayout.PLACEHOLDER || size == 0;
        return new PcmLayout(
                "AU",
                encoding,
                order,
                (int) channels,
                (int) rate,
                (int) channels * encoding.bytes(),
                unknown ? PcmLayout.TO_THE_END : size,
                List.of());
    }

    private static @Nullable PcmEncoding encoding(int code) {
        return switch (code) {
            case 1 -> PcmEncoding.MU_LAW;
            case 2 -> PcmEncoding.integer(8);
            case 3 -> PcmEncoding.integer(16);
            case 4 -> PcmEncoding.integer(24);
            case 5 -> PcmEncoding.integer(32);
            case 6 -> PcmEncoding.floating(32);
            case 7 -> PcmEncoding.floating(64);
            case 27 -> PcmEncoding.A_LAW;
            default -> null;
        };
    }
}
