package io.keyspike.models;

import java.io.IOException;
import java.nio.file.Path;

/** Reads and writes model files (safetensors). */
public final class ModelFiles {

    private ModelFiles() {}

    /**
     * @throws ModelFileException if the file is not a whole, valid model; the message is one sentence that names what was
     *     expected and what was found
     * @throws IOException if it cannot be read
     */
    public static KeywordModel read(Path file) throws IOException {
        throw new UnsupportedOperationException(String.valueOf(file));
    }

    /** As {@link #read(Path)}, from memory; {@code origin} names it in errors. */
    public static KeywordModel parse(byte[] bytes, String origin) throws ModelFileException {
        throw new UnsupportedOperationException(origin + bytes.length);
    }

    /** Writes atomically: temporary file, fsync, rename. The version is computed from the tensors. */
    public static void write(Path file, KeywordModel model) throws IOException {
        throw new UnsupportedOperationException("" + file + model);
    }

    /** {@code <name>@<first 12 hex digits of SHA-256 over the tensors and all settings>}. */
    public static String versionOf(KeywordModel model) {
        throw new UnsupportedOperationException("" + model);
    }
}
