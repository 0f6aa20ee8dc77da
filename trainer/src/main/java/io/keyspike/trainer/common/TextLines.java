package io.keyspike.trainer.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lines of small text files that people write with any editor: UTF-8, with or without a byte order mark. */
public final class TextLines {
    private static final String MARK = "\ufeff";

    /** What has zeros between its letters. */
    private static final String WIDE = "UTF-16 or no text";

    private TextLines() {}

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or is in another encoding; the message names it
     */
    public static List<String> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(
                    file + ": expected text in UTF-8, found " + (hasZero(bytes) ? WIDE : "other bytes"), e);
        }
        if (hasZero(bytes)) {
            throw new IOException(file + ": expected text in UTF-8, found " + WIDE);
        }
        return (text.startsWith(MARK) ? text.substring(1) : text).lines().toList();
    }

    private static boolean hasZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }
}
