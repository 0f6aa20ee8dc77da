package io.keyspike.voices.install;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads the regular files of a tar archive in the format of POSIX.1-1988 (ustar), one after the other. */
final class TarReader {

    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;

    private final InputStream in;
    private String name = "";
    private long size;
    private long unread;

    TarReader(InputStream in) {
        this.in = in;
    }

    /**
     * Goes to the next regular file, past what is left of the current one.
     *
     * @return false at the archive's end
     */
    boolean next() throws IOException {
        while (true) {
            in.skipNBytes(unread);
            byte[] head = in.readNBytes(BLOCK);
            if (head.length < BLOCK || head[0] == 0) {
                return false;
            }
            if (!text(head, MAGIC_AT, 5).equals("ustar")) {
                throw new IOException("expected a tar archive, found something else");
            }
            name = text(head, 0, NAME_BYTES);
            try {
                size = Long.parseLong(text(head, SIZE_AT, SIZE_BYTES).strip(), 8);
            } catch (NumberFormatException e) {
                throw new IOException("tar archive: expected the size of " + name + ", found something else", e);
            }
            unread = Math.ceilDiv(size, BLOCK) * BLOCK;
            if (head[TYPE_AT] == '0' || head[TYPE_AT] == 0) {
                return true;
            }
        }
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /** The current file's bytes. */
    byte[] read() throws IOException {
        byte[] bytes = in.readNBytes(Math.toIntExact(size));
        if (bytes.length < size) {
            throw new EOFException("tar archive: expected " + size + " bytes of " + name + ", found " + bytes.length);
        }
        unread -= size;
        return bytes;
    }

    private static String text(byte[] block, int from, int most) {
        int length = 0;
        while (length < most && block[from + length] != 0) {
            length++;
        }
        return new String(block, from, length, StandardCharsets.UTF_8);
    }
}
