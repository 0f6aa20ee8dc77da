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
            boolean wide = bytes.length >= 2 && (bytes[0] & 0xff) + (bytes[1] & 0xff) == 0xff + 0xfe;
            throw new IOException(file + ": expected text in UTF-8, found " + (wide ? "UTF-16" : "other bytes"), e);
        }
        if (text.indexOf('\0') >= 0) {
            throw new IOException(file + ": expected text in UTF-8, found UTF-16 or no text");
        }
        return (text.startsWith(MARK) ? text.substring(1) : text).lines().toList();
    }
}
