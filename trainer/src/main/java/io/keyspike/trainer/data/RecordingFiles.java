package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Finds recordings by their names. */
final class RecordingFiles {

    private RecordingFiles() {}

    /** {@return whether it is a file whose name says that it holds sound} */
    static boolean isRecording(Path file) {
        return AudioFiles.isNamedAsRecording(file) && Files.isRegularFile(file);
    }

    /**
     * Recordings in a folder at any depth, in the order of their names.
     *
     * @param path a folder, or one recording
     * @throws IOException if it is not there or holds no recordings
     */
    static List<Path> below(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException(path + ": expected a file or folder of recordings, found none");
        }
        try (Stream<Path> files = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> found = files.filter(RecordingFiles::isRecording)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
            if (found.isEmpty()) {
                throw new IOException(path + ": expected WAV or FLAC files, found none");
            }
            return found;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
