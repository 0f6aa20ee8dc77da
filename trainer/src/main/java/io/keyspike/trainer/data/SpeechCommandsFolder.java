package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.Parallel;
import io.keyspike.trainer.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a folder laid out as Speech Commands (Warden 2018): one folder a word with WAV or FLAC files in it;
 * {@code validation_list.txt} and {@code testing_list.txt} name the clips of those splits, the rest is for training.
 * {@code _background_noise_} is no class and is left out.
 */
public final class SpeechCommandsFolder {
    private static final String VALIDATION_LIST = "validation_list.txt";
    private static final String TESTING_LIST = "testing_list.txt";
    private static final String BACKGROUND_NOISE = "_background_noise_";

    private final Path root;

    /** @throws IOException if there is no such folder */
    public SpeechCommandsFolder(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": expected a folder with one folder a word, found none");
        }
        this.root = root;
    }

    /**
     * Reads every file once, to hash it and to find the defective ones.
     *
     * @param sampleRateHz rate at which clips will be used
     * @throws IOException if the folder holds no clips or a list names a split twice over
     */
    public DataSet scan(int sampleRateHz, int threads, Progress progress) throws IOException {
        Set<String> validation = list(VALIDATION_LIST);
        Set<String> testing = list(TESTING_LIST);
        for (String name : validation) {
            if (testing.contains(name)) {
                throw new IOException(root + ": expected splits that do not overlap, found " + name + " in "
                        + VALIDATION_LIST + " and " + TESTING_LIST);
            }
        }
        List<Clip> found = new ArrayList<>();
        for (Path folder : children(root)) {
            String word = String.valueOf(folder.getFileName());
            if (!Files.isDirectory(folder) || word.equals(BACKGROUND_NOISE) || word.startsWith(".")) {
                continue;
            }
            for (Path file : children(folder)) {
                if (isSound(file)) {
                    String name = word + "/" + file.getFileName();
                    Split split = validation.contains(name)
                            ? Split.VALIDATION
                            : testing.contains(name) ? Split.TESTING : Split.TRAINING;
                    found.add(new Clip(name, file, word, split));
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException(root + ": expected folders of WAV or FLAC files, found none");
        }
        boolean hasLists = !validation.isEmpty() || !testing.isEmpty();
        return check(found, hasLists, sampleRateHz, threads, progress);
    }

    private DataSet check(List<Clip> found, boolean hasLists, int sampleRateHz, int threads, Progress progress) {
        byte[][] digests = new byte[found.size()][];
        @Nullable String[] defects = new @Nullable String[found.size()];
        Parallel.forEach(found.size(), threads, "reading recordings", progress, i -> {
            Path file = found.get(i).file();
            try {
                digests[i] = new Sha256().bytes(Files.readAllBytes(file)).digest();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            try {
                if (AudioFiles.readAll(file, sampleRateHz).length == 0) {
                    defects[i] = "expected samples, found none";
                }
            } catch (IOException e) {
                defects[i] = reason(e, file);
            }
        });
        var all = new Sha256();
        List<Clip> usable = new ArrayList<>();
        List<SkippedFile> skipped = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            Clip clip = found.get(i);
            all.text(clip.name()).bytes(digests[i]);
            String defect = defects[i];
            if (defect == null) {
                usable.add(clip.withHash(HexFormat.of().formatHex(digests[i])));
            } else {
                skipped.add(new SkippedFile(clip.name(), defect));
            }
        }
        Path name = root.toAbsolutePath().normalize().getFileName();
        return new DataSet(name == null ? "data" : name.toString(), all.hex(), hasLists, usable, skipped);
    }

    /** The reason without the machine's path, which the clip's name says better. */
    private static String reason(IOException e, Path file) {
        String message = String.valueOf(e.getMessage());
        return message.replace(file + ": ", "").replace(file.toString(), String.valueOf(file.getFileName()));
    }

    private Set<String> list(String name) throws IOException {
        Path file = root.resolve(name);
        if (!Files.exists(file)) {
            return Set.of();
        }
        var names = new HashSet<String>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank()) {
                names.add(line.strip().replace('\\', '/'));
            }
        }
        return names;
    }

    /** Children in the order of their names, whatever the file system's. */
    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted(java.util.Comparator.comparing(p -> String.valueOf(p.getFileName())))
                    .toList();
        }
    }

    private static boolean isSound(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return (name.endsWith(".wav") || name.endsWith(".flac")) && Files.isRegularFile(file);
    }
}
