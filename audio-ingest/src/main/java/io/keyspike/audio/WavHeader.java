package io.keyspike.audio;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the header of a WAV file ("Multimedia Programming Interface and Data Specifications 1.0", 1991, with
 * WAVE_FORMAT_EXTENSIBLE) and of its kin: RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088), whose sizes have 64 bits, and RIFX,
 * which is big-endian. A length of 0 or a placeholder, as programs write it into a pipe, means up to the end.
 */
final class WavHeader {
    private static final int FORMAT_PCM = 1;
    private static final int FORMAT_FLOAT = 3;
    private static final int FORMAT_A_LAW = 6;
    private static final int FORMAT_MU_LAW = 7;
    private static final int FORMAT_EXTENSIBLE = 0xfffe;
    private static final long SIZE_IN_DS64 = 0xffff_ffffL;

    /** Common end of the sub-format GUIDs of WAVE_FORMAT_EXTENSIBLE whose first two bytes are a format tag. */
    private static final String GUID_TAIL = "000000001000800000aa00389b71";

    /** Names of what is not read, by format tag. */
    private static final Map<Integer, String> OTHER_CODECS = Map.ofEntries(
            Map.entry(0x0002, "Microsoft ADPCM"),
            Map.entry(0x0008, "DTS"),
            Map.entry(0x0010, "OKI ADPCM"),
            Map.entry(0x0011, "IMA ADPCM"),
            Map.entry(0x0014, "G.723 ADPCM"),
            Map.entry(0x0016, "DVI G.723 ADPCM"),
            Map.entry(0x0017, "Dialogic OKI ADPCM"),
            Map.entry(0x0020, "Yamaha ADPCM"),
            Map.entry(0x0022, "TrueSpeech"),
            Map.entry(0x0031, "GSM 6.10"),
            Map.entry(0x0040, "G.721 ADPCM"),
            Map.entry(0x0041, "G.728 CELP"),
            Map.entry(0x0042, "G.723.1"),
            Map.entry(0x0045, "G.726 ADPCM"),
            Map.entry(0x0050, "MPEG audio"),
            Map.entry(0x0055, "MP3"),
            Map.entry(0x0064, "G.726 ADPCM"),
            Map.entry(0x0065, "G.722 ADPCM"),
            Map.entry(0x0083, "G.729"),
            Map.entry(0x0092, "AC-3"),
            Map.entry(0x00ff, "AAC"),
            Map.entry(0x0160, "Windows Media Audio"),
            Map.entry(0x0161, "Windows Media Audio"),
            Map.entry(0x0162, "Windows Media Audio"),
            Map.entry(0x0163, "Windows Media Audio"),
            Map.entry(0x028f, "G.722 ADPCM"),
            Map.entry(0x1602, "AAC"),
            Map.entry(0x1610, "AAC"),
            Map.entry(0x2000, "AC-3"),
            Map.entry(0x2001, "DTS"),
            Map.entry(0x674f, "Ogg Vorbis"),
            Map.entry(0x6750, "Ogg Vorbis"),
            Map.entry(0x6751, "Ogg Vorbis"),
            Map.entry(0x704f, "Opus"),
            Map.entry(0xa109, "Speex"),
            Map.entry(0xf1ac, "FLAC"));

    private final Header header;
    private final String name;
    private final String container;
    private final ByteOrder order;
    private final long riffBytes;
    private final List<String> warnings = new ArrayList<>();

    /** Bytes of samples as the chunk ds64 says; 0 if there is none. */
    private long dataBytes64;

    private WavHeader(Header header, String name, String container, ByteOrder order, long riffBytes) {
        this.header = header;
        this.name = name;
        this.container = container;
        this.order = order;
        this.riffBytes = riffBytes;
    }

    /**
     * Reads up to the first byte of samples.
     *
     * @param in positioned at RIFF, RF64, BW64 or RIFX
     * @param name of the file, for errors
     * @throws IOException if it is cut off before the samples, or no header of samples that this module reads
     */
    static PcmLayout read(PushbackInputStream in, String name) throws IOException {
        byte[] form = in.readNBytes(4);
        in.unread(form);
        ByteOrder order = form.length == 4 && form[3] == 'X' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        var header = new Header(in, name, "WAV", order);
        ByteBuffer riff = header.bytes(12);
        String id = Header.ascii(riff, 0);
        if (!Header.ascii(riff, 8).equals("WAVE")) {
            throw new IOException(name + ": expected a WAV file that begins with RIFF....WAVE, found "
                    + Header.printable(id + Header.ascii(riff, 8)));
        }
        String container = id.equals("RIFF") ? "WAV" : id;
        return new WavHeader(header, name, container, order, Integer.toUnsignedLong(riff.getInt(4))).chunks();
    }

    private PcmLayout chunks() throws IOException {
        ByteBuffer format = null;
        while (true) {
            ByteBuffer head = header.bytes(8);
            String id = Header.ascii(head, 0);
            long size = Integer.toUnsignedLong(head.getInt(4));
            switch (id) {
                case "data" -> {
                    if (format == null) {
                        throw new IOException(name + ": expected a format chunk before the samples, found none");
                    }
                    return layout(format, dataBytes(size));
                }
                case "fmt " -> {
                    if (size < 16 || size > 1_024) {
                        throw new IOException(name + ": expected a format chunk of 16 to 1024 bytes, found " + size);
                    }
                    format = header.bytes((int) size);
                }
                case "ds64" -> {
                    if (size < 16 || size > 1 << 20) {
                        throw new IOException(name + ": expected a ds64 chunk of 16 to 1048576 bytes, found " + size);
                    }
                    dataBytes64 = header.bytes((int) size).getLong(8);
                }
                default -> header.skip(size, id);
            }
            header.skipPadding(size);
        }
    }

    /** Bytes of samples, of which the header says {@code size}; the stream is positioned at the first. */
    private long dataBytes(long size) throws IOException {
        if (container.equals("RF64") || container.equals("BW64")) {
            // An unfinished file says 0, or has no ds64 yet.
            long there = size == SIZE_IN_DS64 ? dataBytes64 : size;
            return there > 0 && there < SIZE_IN_DS64 << 20 ? there : PcmLayout.TO_THE_END;
        }
        if (size >= PcmLayout.PLACEHOLDER) {
            return PcmLayout.TO_THE_END;
        }
        if (size > 0) {
            return size;
        }
        long left = riffBytes + 8 - header.position();
        if (left <= 0 || riffBytes >= PcmLayout.PLACEHOLDER) {
            return PcmLayout.TO_THE_END;
        }
        byte[] next = header.peek(8);
        if (next.length == 0 || isChunk(next, left)) {
            return 0;
        }
        warnings.add("the header says 0 bytes of samples, found some");
        return PcmLayout.TO_THE_END;
    }

    /** Whether bytes are the head of a chunk that fits in what is left, rather than samples. */
    private boolean isChunk(byte[] bytes, long left) {
        if (bytes.length < 8) {
            return false;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes).order(order);
        return Header.isName(Header.ascii(head, 0)) && Integer.toUnsignedLong(head.getInt(4)) <= left - 8;
    }

    private PcmLayout layout(ByteBuffer format, long dataBytes) throws IOException {
        int tag = Short.toUnsignedInt(format.getShort(0));
        int channels = Short.toUnsignedInt(format.getShort(2));
        long rate = Integer.toUnsignedLong(format.getInt(4));
        long byteRate = Integer.toUnsignedLong(format.getInt(8));
        int blockBytes = Short.toUnsignedInt(format.getShort(12));
        int bits = Short.toUnsignedInt(format.getShort(14));
        if (tag == FORMAT_EXTENSIBLE) {
            tag = subFormat(format);
        }
        PcmEncoding encoding = encoding(tag, bits);
        PcmLayout.check(channels, (double) rate, name);
        int natural = channels * encoding.bytes();
        if (encoding.kind() == PcmEncoding.Kind.INTEGER && encoding.bytes() == 3 && blockBytes == 4 * channels) {
            encoding = new PcmEncoding(PcmEncoding.Kind.INTEGER, 4, bits, true);
        } else if (blockBytes == 0 || (blockBytes != natural && byteRate == natural * rate)) {
            warnings.add("the header says " + blockBytes + " bytes per sample of all channels, expected " + natural);
        } else if (blockBytes != natural) {
            throw new IOException(name + ": expected " + natural + " bytes per sample of " + channels + " channels of "
                    + bits + " bits, found " + blockBytes);
        }
        return new PcmLayout(
                container, encoding, order, channels, (int) rate, channels * encoding.bytes(), dataBytes, warnings);
    }

    private PcmEncoding encoding(int tag, int bits) throws IOException {
        String other = OTHER_CODECS.get(tag);
        if (other != null) {
            throw KnownFormat.refused(name, other + " in a WAV file");
        }
        PcmEncoding encoding = switch (tag) {
            case FORMAT_PCM -> bits >= 1 && bits <= 8 ? PcmEncoding.UNSIGNED_8 : PcmEncoding.integer(bits);
            case FORMAT_FLOAT -> PcmEncoding.floating(bits);
            case FORMAT_MU_LAW -> PcmEncoding.MU_LAW;
            case FORMAT_A_LAW -> PcmEncoding.A_LAW;
            default -> null;
        };
        if (encoding == null) {
            throw new IOException(name + ": expected PCM of up to 32 bits, float of 32 or 64 bits, mu-law or A-law,"
                    + " found format " + tag + " with " + bits + " bits; " + KnownFormat.advice(name));
        }
        return encoding;
    }

    private int subFormat(ByteBuffer format) throws IOException {
        if (format.capacity() < 40) {
            throw new IOException(
                    name + ": expected an extensible format chunk of 40 bytes, found " + format.capacity());
        }
        var tail = new StringBuilder();
        for (int i = 26; i < 40; i++) {
            tail.append("%02x".formatted(format.get(i)));
        }
        // A GUID begins with a number of 32 bits and two of 16, in the file's byte order.
        boolean little = order == ByteOrder.LITTLE_ENDIAN;
        String found = little
                ? tail.toString()
                : "0000" + "%04x".formatted(Short.reverseBytes(format.getShort(28)))
                        + "%04x".formatted(Short.reverseBytes(format.getShort(30))) + tail.substring(12);
        if (!found.equals(GUID_TAIL) || (!little && format.getShort(24) != 0)) {
            throw new IOException(name + ": expected a sub-format that ends in " + GUID_TAIL + ", found " + tail);
        }
        return Short.toUnsignedInt(format.getShort(little ? 24 : 26));
    }
}
