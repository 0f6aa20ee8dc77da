package io.keyspike.models;

import io.keyspike.kernels.StepKernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The models of a folder and which one is in use. The folder holds {@code <name>.safetensors} files, {@code current} (the
 * file name in use) and {@code history} (earlier ones, newest last). Watches the folder: a new or changed current model is
 * read, checked and warmed, then offered by {@link #current}; a bad one is reported to the listener and the old one stays.
 * Thread-safe; {@link #current} is a plain volatile read.
 */
public final class ModelRegistry implements AutoCloseable {

    /** What happened to a model: for logs and meters. */
    public sealed interface Event {
        record Swapped(String fromVersion, String toVersion) implements Event {}

        record Refused(Path file, String reason) implements Event {}
    }

    /** A model as a listing shows it. */
    public record Entry(String name, Path file, boolean inUse) {}

    private ModelRegistry() {}

    /** Opens a folder, and watches it if asked. The folder may be empty; it is created if it is not there. */
    public static ModelRegistry open(Path folder, StepKernels kernels, boolean watch, Consumer<Event> listener)
            throws IOException {
        throw new UnsupportedOperationException("" + folder + kernels + watch + listener);
    }

    /** The model in use, ready to run. @throws IllegalStateException if there is none */
    public KeywordSpotter current() {
        throw new UnsupportedOperationException();
    }

    public List<Entry> list() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Path of a registered model. @throws IllegalArgumentException naming the models there are */
    public Path fileOf(String name) throws IOException {
        throw new UnsupportedOperationException(name);
    }

    /**
     * Takes a registered model into use, at once in this process and in every other that watches the folder.
     *
     * @throws ModelFileException if it is not valid; the one in use stays
     */
    public void use(String name) throws IOException {
        throw new UnsupportedOperationException(name);
    }

    /** Copies a model file in atomically after checking it; does not take it into use. */
    public void add(Path file, String name) throws IOException {
        throw new UnsupportedOperationException("" + file + name);
    }

    /** Back to the model in use before. @return its name @throws IllegalStateException if there was none */
    public String rollback() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
