package io.keyspike.models.registry;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.AtomicFiles;
import io.keyspike.models.file.ModelFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a {@link ModelRegistry}: models, {@code current}, {@code history}, and a lock between processes. */
final class ModelFolder {

    private static final String EXTENSION = ".safetensors";
    private static final int LONGEST_HISTORY = 100;

    /** A file lock holds off other processes only; this one holds off other registries of this process. */
    private static final Object BETWEEN_REGISTRIES = new Object();

    private final Path folder;
    private final Path current;
    private final Path history;

    /** Something that reads and then writes, undisturbed. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws IOException;
    }

    ModelFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder.toAbsolutePath().normalize());
        this.current = this.folder.resolve("current");
        this.history = this.folder.resolve("history");
    }

    Path path() {
        return folder;
    }

    Path currentPath() {
        return current;
    }

    <T> T exclusively(Change<T> change) throws IOException {
        synchronized (BETWEEN_REGISTRIES) {
            try (FileChannel channel =
                    FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // until the channel is closed
                return change.make();
            }
        }
    }

    /** Names of the models there are, in order. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(ModelFolder::isModelFile)
                    .map(ModelFolder::nameOf)
                    .sorted()
                    .toList();
        }
    }

    Path fileOf(String name) {
        return folder.resolve(name + EXTENSION);
    }

    /**
     * Name of the active model; null where none was ever activated.
     *
     * @throws ModelFileException if the file {@code current} does not name a model file
     */
    @Nullable
    String current() throws IOException {
        String fileName;
        try {
            fileName = Files.readString(current, StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return null;
        } catch (MalformedInputException e) {
            throw new ModelFileException(
                    current + ": expected the name of a model file, found bytes that are not text", e);
        }
        if (!isModelFile(fileName)) {
            throw new ModelFileException(current + ": expected the name of a model file of the folder, found '"
                    + fileName.lines().findFirst().orElse("") + "'");
        }
        return nameOf(fileName);
    }

    void setCurrent(String name) throws IOException {
        writeLines(current, List.of(name + EXTENSION));
    }

    /** Names of models that were active before, newest last. */
    List<String> history() throws IOException {
        try {
            return Files.readAllLines(history, StandardCharsets.UTF_8).stream()
                    .map(String::strip)
                    .filter(ModelFolder::isModelFile)
                    .map(ModelFolder::nameOf)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    void setHistory(List<String> names) throws IOException {
        var lines = new ArrayList<String>();
        for (String name : names.subList(Math.max(0, names.size() - LONGEST_HISTORY), names.size())) {
            lines.add(name + EXTENSION);
        }
        writeLines(history, lines);
    }

    private static void writeLines(Path file, List<String> lines) throws IOException {
        AtomicFiles.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isModelFile(String fileName) {
        return fileName.endsWith(EXTENSION) && KeywordModel.isName(nameOf(fileName));
    }

    private static String nameOf(String fileName) {
        return fileName.substring(0, fileName.length() - EXTENSION.length());
    }
}
