package io.keyspike.audio;

import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Reads the chunks of a header: IFF files (WAV, AIFF) are made of them. */
final class Header {

    /** What {@link #skipPadding} looks at: a byte that may be padding, and the name after it. */
    private static final int LOOK_AHEAD = 8;

    /** Names by which an odd chunk without its padding is told from one with a padding that is no zero. */
    private static final Set<String> COMMON = Set.of(
            "fmt ", "data", "LIST", "fact", "bext", "JUNK", "junk", "id3 ", "COMM", "SSND", "iXML", "ds64", "smpl");

    private final PushbackInputStream in;
    private final String name;
    private final String kind;
    private final ByteOrder order;
    private long position;

    /** @param kind of file, for errors */
    Header(PushbackInputStream in, String name, String kind, ByteOrder order) {
        this.in = in;
        this.name = name;
        this.kind = kind;
        this.order = order;
    }

    /** {@return bytes that were read or skipped} */
    long position() {
        return position;
    }

    /** The next bytes of the header. */
    ByteBuffer bytes(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        position += bytes.length;
        if (bytes.length < size) {
            throw new EOFException(name + ": expected a " + kind + " header, found its end after " + bytes.length
                    + " of " + size + " bytes of a chunk");
        }
        return ByteBuffer.wrap(bytes).order(order);
    }

    /** Up to so many of the next bytes, at most 8, which will be read again. */
    byte[] peek(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        in.unread(bytes);
        return bytes;
    }

    void skip(long size, String chunk) throws IOException {
        try {
            in.skipNBytes(size);
            position += size;
        } catch (EOFException e) {
            throw new IOException(
                    name + ": expected " + size + " bytes in chunk " + printable(chunk) + ", found the file's end", e);
        }
    }

    /** After a chunk of an odd size: skips its padding, which some writers forget. */
    void skipPadding(long chunkSize) throws IOException {
        if ((chunkSize & 1) == 0) {
            return;
        }
        byte[] next = peek(LOOK_AHEAD);
        String padded = next.length < 5 ? "" : ascii(next, 1);
        String unpadded = next.length < 4 ? "" : ascii(next, 0);
        boolean isForgotten = isName(unpadded)
                && (COMMON.contains(unpadded) || !isName(padded))
                && !(COMMON.contains(padded) && !COMMON.contains(unpadded));
        if (!isForgotten) {
            position += in.skip(Math.min(1, next.length));
        }
    }

    /** Whether four bytes can be the name of a chunk. */
    static boolean isName(String id) {
        return id.length() == 4 && id.chars().allMatch(c -> c >= ' ' && c <= '~') && !id.isBlank();
    }

    static String ascii(ByteBuffer bytes, int at) {
        byte[] four = new byte[4];
        bytes.get(at, four);
        return ascii(four, 0);
    }

    private static String ascii(byte[] bytes, int at) {
        return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }

    static String printable(String text) {
        return text.replaceAll("[^ -~]", ".");
    }
}
