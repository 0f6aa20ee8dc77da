package io.keyspike.audio;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the header of an AIFF file ("Audio Interchange File Format", version 1.3) or an AIFF-C file (draft of 1991). */
final class AiffHeader {
    private static final int COMMON_BYTES = 18;

    /** Names of what is not read, by compression type in lower case. */
    private static final Map<String, String> OTHER_CODECS = Map.of(
            "ima4", "IMA ADPCM",
            "mac3", "MACE 3:1",
            "mac6", "MACE 6:1",
            "gsm ", "GSM 6.10",
            "agsm", "GSM 6.10",
            "g722", "G.722 ADPCM",
            "g726", "G.726 ADPCM",
            "qdmc", "QDesign Music",
            "qdm2", "QDesign Music 2",
            ".mp3", "MP3");

    private AiffHeader() {}

    /** What the chunk COMM says. */
    private record Common(PcmEncoding encoding, ByteOrder order, int channels, long samples, int sampleRateHz) {}

    /**
     * Reads up to the first byte of samples.
     *
     * @param in positioned at FORM
     * @param name of the file, for errors
     * @throws IOException if it is cut off before the samples, or no header of samples that this module reads
     */
    static PcmLayout read(PushbackInputStream in, String name) throws IOException {
        var header = new Header(in, name, "AIFF", ByteOrder.BIG_ENDIAN);
        ByteBuffer form = header.bytes(12);
        boolean compressed = Header.ascii(form, 8).equals("AIFC");
        Common common = null;
        while (true) {
            ByteBuffer head = header.bytes(8);
            String id = Header.ascii(head, 0);
            long size = Integer.toUnsignedLong(head.getInt(4));
            switch (id) {
                case "COMM" -> {
                    if (size < COMMON_BYTES + (compressed ? 4 : 0) || size > 1_024) {
                        throw new IOException(name + ": expected a common chunk of "
                                + (COMMON_BYTES + (compressed ? 4 : 0)) + " to 1024 bytes, found " + size);
                    }
                    common = common(header.bytes((int) size), compressed, name);
                }
                case "SSND" -> {
                    if (common == null) {
                        throw new IOException(name + ": expected a common chunk before the samples, found none");
                    }
                    long offset = Integer.toUnsignedLong(header.bytes(8).getInt(0));
                    header.skip(offset, id);
                    return layout(compressed, common, size, offset);
                }
                default -> header.skip(size, id);
            }
            header.skipPadding(size);
        }
    }

    private static PcmLayout layout(boolean compressed, Common common, long size, long offset) {
        int block = common.channels() * common.encoding().bytes();
        long announced = common.samples() * block;
        long inChunk = size - 8 - offset;
        boolean unknown = inChunk <= 0 || size >= PcmLayout.PLACEHOLDER;
        // An empty recording says 0 twice; one that was not finished has only one of the two, or none.
        long data = unknown && announced == 0
                ? (size == 8 ? 0 : PcmLayout.TO_THE_END)
                : unknown ? announced : announced == 0 ? inChunk : Math.min(announced, inChunk);
        return new PcmLayout(
                compressed ? "AIFF-C" : "AIFF",
                common.encoding(),
                common.order(),
                common.channels(),
                common.sampleRateHz(),
                block,
                data,
                List.of());
    }

    private static Common common(ByteBuffer chunk, boolean compressed, String name) throws IOException {
        int channels = Short.toUnsignedInt(chunk.getShort(0));
        long samples = Integer.toUnsignedLong(chunk.getInt(2));
        int bits = Short.toUnsignedInt(chunk.getShort(6));
        double rate = extended(chunk, 8);
        PcmLayout.check(channels, rate, name);
        String type = compressed ? Header.ascii(chunk, COMMON_BYTES) : "NONE";
        String other = OTHER_CODECS.get(type.toLowerCase(Locale.ROOT));
        if (other != null) {
            throw KnownFormat.refused(name, other + " in an AIFF-C file");
        }
        PcmEncoding encoding = encoding(type, bits);
        if (encoding == null) {
            throw new IOException(name + ": expected PCM of up to 32 bits, float of 32 or 64 bits, mu-law or A-law,"
                    + " found compression " + Header.printable(type) + " with " + bits + " bits; "
                    + KnownFormat.advice(name));
        }
        boolean little = type.equals("sowt") || type.equals("42ni") || type.equals("23ni");
        return new Common(encoding, little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN, channels, samples, (int)
                Math.round(rate));
    }

    private static @Nullable PcmEncoding encoding(String type, int bits) {
        return switch (type) {
            case "NONE", "twos", "sowt" -> PcmEncoding.integer(bits);
            case "in24", "42ni" -> PcmEncoding.integer(24);
            case "in32", "23ni" -> PcmEncoding.integer(32);
            case "raw " -> bits <= 8 ? PcmEncoding.UNSIGNED_8 : null;
            case "fl32", "FL32" -> PcmEncoding.floating(32);
            case "fl64", "FL64" -> PcmEncoding.floating(64);
            case "ulaw", "ULAW" -> PcmEncoding.MU_LAW;
            case "alaw", "ALAW" -> PcmEncoding.A_LAW;
            default -> null;
        };
    }

    /** A number of 80 bits (IEEE 754, double extended): sign and exponent, then a mantissa with its first bit. */
    private static double extended(ByteBuffer bytes, int at) {
        int exponent = Short.toUnsignedInt(bytes.getShort(at));
        long mantissa = bytes.getLong(at + 2);
        double unsigned = (mantissa >>> 1) * 2.0 + (mantissa & 1);
        return (exponent & 0x8000) != 0 ? -1 : Math.scalb(unsigned, exponent - 16_383 - 63);
    }
}
