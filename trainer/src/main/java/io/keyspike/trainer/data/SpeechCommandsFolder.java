package io.keyspike.trainer.data;

import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a folder laid out as Speech Commands (Warden 2018): one folder a word with WAV or FLAC files in it;
 * {@code validation_list.txt} and {@code testing_list.txt} name the clips of those splits, the rest is for training. Where
 * there is no {@code _silence_}, clips of it are cut out of {@code _background_noise_}.
 */
public final class SpeechCommandsFolder {
    static final String VALIDATION_LIST = "validation_list.txt";
    private static final String TESTING_LIST = "testing_list.txt";

    private final Path root;
    private final SoundFolder folder;

    /** @throws IOException if there is no such folder */
    public SpeechCommandsFolder(Path root) throws IOException {
        this.root = root;
        folder = new SoundFolder(root);
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
                throw new IOException(root + ": expected disjoint splits, found " + name + " in " + VALIDATION_LIST
                        + " and " + TESTING_LIST);
            }
        }
        List<Clip> found = new ArrayList<>();
        for (Clip clip : folder.clips()) {
            found.add(clip.withSplit(
                    validation.contains(clip.name())
                            ? Split.VALIDATION
                            : testing.contains(clip.name()) ? Split.TESTING : Split.TRAINING));
        }
        List<Path> noises = folder.noises();
        if (!noises.isEmpty() && found.stream().noneMatch(c -> c.word().equals(LabelMap.SILENCE_FOLDER))) {
            found.addAll(NoisePieces.cut(noises, found, sampleRateHz));
        }
        boolean hasLists = !validation.isEmpty() || !testing.isEmpty();
        return folder.check(found, hasLists, sampleRateHz, threads, progress);
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
}
