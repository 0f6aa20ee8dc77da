package io.keyspike.trainer.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bounds the text of YAML files before a parser sees it: reading a long string takes the square of its length. */
public final class YamlText {

    /** Hundreds of times as long as the longest configuration. */
    public static final int MOST_CHARACTERS = 1_000_000;

    private YamlText() {}

    /**
     * Reads a file as UTF-8.
     *
     * @param what the file is, for the message
     * @throws ConfigException if it is too long
     * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
     * @throws IOException if it cannot be read
     */
    public static String read(Path file, String what) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(4 * MOST_CHARACTERS + 4);
            String text = bytes.length > 4 * MOST_CHARACTERS
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
            check(text, what);
            return text;
        }
    }

    /**
     * @param what the text is, for the message
     * @throws ConfigException if it is too long
     */
    public static void check(String text, String what) {
        if (text.length() > MOST_CHARACTERS) {
            throw new ConfigException(what + ": expected at most " + MOST_CHARACTERS + " characters, found more");
        }
    }
}
