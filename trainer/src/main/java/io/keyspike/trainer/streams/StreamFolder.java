package io.keyspike.trainer.streams;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.data.SkippedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Recordings with labels: WAV and FLAC files anywhere below a folder, each with {@link StreamLabels} in a file of the same
 * name that ends in {@code .tsv}.
 *
 * @param root the folder
 * @param recordings at least one, in the order of their names
 */
public record StreamFolder(Path root, List<LabelledRecording> recordings) {
    private static final String LABELS = ".tsv";
    private static final int CHECK_RATE_HZ = 16_000;

    /** Copies the list. */
    public StreamFolder {
        recordings = List.copyOf(recordings);
    }

    /**
     * Finds the recordings and reads their labels; the sound itself is not read yet.
     *
     * @param folder searched with its subfolders; names that begin with a dot are skipped
     * @throws IOException if there is no such folder or no recording in it, a recording has no labels, two recordings share
     *     them, or a line of labels is malformed
     */
    public static StreamFolder read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    folder + ": expected a folder of WAV or FLAC files with a .tsv file of labels each, found none");
        }
        var found = new ArrayList<LabelledRecording>();
        Map<String, Path> byName = new HashMap<>();
        for (Path audio : sounds(folder)) {
            String name = nameOf(folder, audio);
            Path other = byName.put(name, audio);
            if (other != null) {
                throw new IOException(other + " and " + audio.getFileName()
                        + ": expected one recording for a file of labels, found two of the same name");
            }
            Path labels = audio.resolveSibling(withoutExtension(String.valueOf(audio.getFileName())) + LABELS);
            if (!Files.isRegularFile(labels)) {
                throw new IOException(audio + ": expected its labels in " + labels.getFileName()
                        + " in the same folder, found no such file; for sound without any keyword put an empty "
                        + labels.getFileName() + " there");
            }
            found.add(new LabelledRecording(name, audio, StreamLabels.read(labels)));
        }
        if (found.isEmpty()) {
            throw new IOException(folder + ": expected WAV or FLAC files, found none");
        }
        found.sort(Comparator.comparing(LabelledRecording::name));
        return new StreamFolder(folder, found);
    }

    /**
     * The recordings that can be read from their first to their last sample, which takes reading them.
     *
     * @param skipped receives the others
     * @return this folder without them
     * @throws IOException if none can be read
     */
    public StreamFolder readable(List<SkippedFile> skipped) throws IOException {
        var whole = new ArrayList<LabelledRecording>();
        for (LabelledRecording recording : recordings) {
            try {
                AudioFiles.length(recording.audio(), CHECK_RATE_HZ);
                whole.add(recording);
            } catch (IOException e) {
                skipped.add(new SkippedFile(recording.name(), String.valueOf(e.getMessage())));
            }
        }
        if (whole.isEmpty()) {
            throw new IOException(skipped.getFirst().reason());
        }
        return new StreamFolder(root, whole);
    }

    /** {@return all keywords that are labelled in any recording, in alphabetical order} */
    public List<String> keywords() {
        var all = new TreeSet<String>();
        for (LabelledRecording recording : recordings) {
            recording.labels().labels().forEach(l -> all.add(l.keyword()));
        }
        return List.copyOf(all);
    }

    private static List<Path> sounds(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> isSound(f) && !isHidden(folder.relativize(f)))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isSound(Path file) {
        return AudioFiles.isNamedAsRecording(file);
    }

    private static boolean isHidden(Path path) {
        for (Path part : path) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static String nameOf(Path folder, Path file) {
        var name = new StringBuilder();
        for (Path part : folder.relativize(file)) {
            name.append(name.isEmpty() ? "" : "/").append(part);
        }
        return withoutExtension(name.toString());
    }

    private static String withoutExtension(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
