package io.keyspike.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The lists of Speech Commands (Warden 2018): {@code validation_list.txt} and {@code testing_list.txt} name the recordings
 * of those splits relative to the folder that the lists are in, all others are for training.
 *
 * @param validation names such as {@code yes/0a7c2a8d_nohash_0.wav}
 * @param testing likewise
 */
public record SplitLists(Set<String> validation, Set<String> testing) {
    static final String VALIDATION_LIST = "validation_list.txt";
    static final String TESTING_LIST = "testing_list.txt";

    /** Copies the sets. */
    public SplitLists {
        validation = Set.copyOf(validation);
        testing = Set.copyOf(testing);
    }

    /**
     * The lists in a folder; empty ones where there are none.
     *
     * @throws IOException if a list cannot be read, or both name the same recording
     */
    public static SplitLists in(Path folder) throws IOException {
        var lists = new SplitLists(list(folder, VALIDATION_LIST), list(folder, TESTING_LIST));
        for (String name : lists.validation) {
            if (lists.testing.contains(name)) {
                throw new IOException(folder + ": expected disjoint splits, found " + name + " in " + VALIDATION_LIST
                        + " and " + TESTING_LIST);
            }
        }
        return lists;
    }

    /** {@return whether there is any list with a name in it} */
    public boolean isThere() {
        return !validation.isEmpty() || !testing.isEmpty();
    }

    /** The split of a recording. */
    public Split of(String name) {
        return validation.contains(name) ? Split.VALIDATION : testing.contains(name) ? Split.TESTING : Split.TRAINING;
    }

    private static Set<String> list(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
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
