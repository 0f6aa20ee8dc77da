package io.keyspike.trainer.data;

import io.keyspike.trainer.common.TextLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The lists of Speech Commands (Warden 2018): {@code validation_list.txt} and {@code testing_list.txt} name the recordings
 * of those splits relative to the folder that the lists are in, all others are for training.
 *
 * <p>A line matches a recording also in other case, in another Unicode normal form, with {@code ./} or with folders in front,
 * so that no test clip gets into training because a tool wrote the list differently; {@link #remarks} names lines that match
 * none.
 */
public final class SplitLists {
    static final String VALIDATION_LIST = "validation_list.txt";
    static final String TESTING_LIST = "testing_list.txt";

    /** One list: its lines, and all names that they match, in full and by their last parts. */
    private record SplitList(String file, Set<String> names, Set<String> loose) {

        static SplitList read(Path folder, String name) throws IOException {
            Path file = folder.resolve(name);
            var names = new LinkedHashSet<String>();
            var loose = new HashSet<String>();
            if (Files.exists(file)) {
                for (String line : TextLines.read(file)) {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        String clip = normalised(line);
                        names.add(clip);
                        loose.addAll(looseForms(clip));
                    }
                }
            }
            return new SplitList(name, names, loose);
        }

        void remark(Set<String> looseNames, List<String> remarks) {
            List<String> unmatched = names.stream()
                    .filter(n -> looseForms(n).stream().noneMatch(looseNames::contains))
                    .toList();
            if (!unmatched.isEmpty()) {
                remarks.add(file + ": " + unmatched.size() + " of " + names.size()
                        + " lines name no recording that is here, the first " + unmatched.getFirst());
            }
        }
    }

    private final SplitList validation;
    private final SplitList testing;

    private SplitLists(SplitList validation, SplitList testing) {
        this.validation = validation;
        this.testing = testing;
    }

    /**
     * The lists in a folder; empty ones where there are none.
     *
     * @throws IOException if a list cannot be read, is not in UTF-8, or both name the same recording
     */
    public static SplitLists in(Path folder) throws IOException {
        var lists = new SplitLists(SplitList.read(folder, VALIDATION_LIST), SplitList.read(folder, TESTING_LIST));
        for (String name : lists.validation.names) {
            if (lists.testing.names.contains(name)) {
                throw new IOException(folder + ": expected disjoint splits, found " + name + " in " + VALIDATION_LIST
                        + " and " + TESTING_LIST);
            }
        }
        return lists;
    }

    /** {@return whether there is any list with a name in it} */
    public boolean isThere() {
        return !validation.names.isEmpty() || !testing.names.isEmpty();
    }

    /** {@return the folders of the recordings in the testing list: words, whatever is in front of them} */
    public Set<String> testWords() {
        var words = new TreeSet<String>();
        for (String name : testing.names) {
            int end = name.lastIndexOf('/');
            if (end > 0) {
                words.add(name.substring(name.lastIndexOf('/', end - 1) + 1, end));
            }
        }
        return words;
    }

    /** The split of a recording; of two lists that both may mean it, the one of testing counts. */
    public Split of(String name) {
        String exact = normalised(name);
        if (validation.names.contains(exact)) {
            return Split.VALIDATION;
        }
        String loose = exact.toLowerCase(Locale.ROOT);
        return testing.names.contains(exact) || testing.loose.contains(loose)
                ? Split.TESTING
                : validation.loose.contains(loose) ? Split.VALIDATION : Split.TRAINING;
    }

    /**
     * What is wrong with the lists.
     *
     * @param recordings names of all that are there
     * @return for each list with lines that name none of them, a sentence with their number and the first
     */
    public List<String> remarks(Collection<String> recordings) {
        var names = new HashSet<String>();
        recordings.forEach(n -> names.add(normalised(n).toLowerCase(Locale.ROOT)));
        var remarks = new ArrayList<String>();
        validation.remark(names, remarks);
        testing.remark(names, remarks);
        return remarks;
    }

    private static String normalised(String line) {
        String name = Normalizer.normalize(line.strip().replace('\\', '/'), Normalizer.Form.NFC);
        while (name.startsWith("./")) {
            name = name.substring(2);
        }
        return name;
    }

    /** A name, and its ends from a folder on, in lower case. */
    private static List<String> looseForms(String name) {
        var forms = new ArrayList<String>();
        String rest = name.toLowerCase(Locale.ROOT);
        forms.add(rest);
        int slash = rest.indexOf('/');
        while (slash >= 0) {
            rest = rest.substring(slash + 1);
            slash = rest.indexOf('/');
            if (slash > 0) {
                forms.add(rest);
            }
        }
        return forms;
    }
}
