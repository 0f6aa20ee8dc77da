package io.keyspike.trainer.bench;

import io.keyspike.trainer.data.SplitLists;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Folders of words that have a test split, and the words in it.
 *
 * @param folders the words in each folder's test split, in the order of the folders' names
 */
record TestWords(Map<Path, Set<String>> folders) {

    /**
     * Looks at a folder, or at the folders in it.
     *
     * @throws IOException if it cannot be read or has no test split
     */
    static TestWords below(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            throw new IOException(data + ": expected a folder of words, found none");
        }
        var candidates = new ArrayList<Path>(List.of(data));
        try (Stream<Path> children = Files.list(data)) {
            children.filter(Files::isDirectory).sorted().forEach(candidates::add);
        }
        var found = new LinkedHashMap<Path, Set<String>>();
        for (Path folder : candidates) {
            Set<String> words = SplitLists.in(folder).testWords();
            if (!words.isEmpty()) {
                found.put(folder, words);
            }
        }
        if (found.isEmpty()) {
            throw new IOException(data + ": expected folders of words with a testing_list.txt, found none");
        }
        return new TestWords(found);
    }

    /** The folders in which any of these words is. */
    List<Path> of(Collection<String> words) {
        return folders.entrySet().stream()
                .filter(f -> words.stream().anyMatch(f.getValue()::contains))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Those of these words that are in no folder. */
    List<String> missing(Collection<String> words) {
        return words.stream()
                .filter(w -> folders.values().stream().noneMatch(f -> f.contains(w)))
                .toList();
    }

    /** All folders. */
    List<Path> all() {
        return List.copyOf(folders.keySet());
    }
}
