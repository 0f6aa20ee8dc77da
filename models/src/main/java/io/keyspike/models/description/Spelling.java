package io.keyspike.models.description;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Finds what was probably meant by a name that is not known, such as a model's or a word's. */
public final class Spelling {

    private static final int MOST = 3;

    /** A longer name is not compared: nobody mistypes it, and the comparison takes the product of both lengths. */
    private static final int LONGEST = 100;

    private Spelling() {}

    /**
     * Known names that are close to one that is not known: those that differ by a few letters, and those that begin with it.
     *
     * @param found the unknown name
     * @param known names that would have been right
     * @return at most three, the closest first; empty if none is close
     */
    public static List<String> near(String found, Collection<String> known) {
        String typed = found.toLowerCase(Locale.ROOT);
        if (typed.isEmpty() || typed.length() > LONGEST) {
            return List.of();
        }
        var byDistance = new TreeMap<Integer, List<String>>();
        for (String name : known) {
            String candidate = name.toLowerCase(Locale.ROOT);
            if (candidate.length() > LONGEST) {
                continue;
            }
            boolean begun = typed.length() >= 3 && candidate.startsWith(typed);
            int distance = begun ? 1 : distance(typed, candidate);
            if (distance <= tolerated(Math.min(typed.length(), candidate.length()))) {
                byDistance.computeIfAbsent(distance, d -> new ArrayList<>()).add(name);
            }
        }
        return byDistance.values().stream()
                .flatMap(names -> names.stream().sorted(Comparator.naturalOrder()))
                .distinct()
                .limit(MOST)
                .toList();
    }

    /**
     * What to append to a sentence about an unknown name.
     *
     * @param found the unknown name
     * @param known names that would have been right
     * @return such as {@code "; did you mean yes-no?"}, or an empty text if no known name is close
     */
    public static String hint(String found, Collection<String> known) {
        List<String> near = near(found, known);
        return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
    }

    /** One mistake in three letters, two in six, three in nine or more. A name of one or two letters has no room for one. */
    private static int tolerated(int length) {
        return Math.min(3, length / 3);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one text to another. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
