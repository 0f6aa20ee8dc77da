package io.keyspike.app.cli.keyword;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a keyword is: a word, or a few of them.
 *
 * @param text in lower case, its parts apart by one space
 */
record Phrase(String text) {

    private static final int LONGEST = 32;
    private static final Pattern PARTS = Pattern.compile("[a-z][a-z']*( [a-z][a-z']*){0,3}");

    /**
     * Takes what a person typed.
     *
     * @throws IllegalArgumentException if it is not one to four English words of 2 to 32 letters together
     */
    static Phrase of(String typed) {
        String text = typed.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", " ");
        if (text.length() < 2 || text.length() > LONGEST || !PARTS.matcher(text).matches()) {
            throw new IllegalArgumentException("keyword: expected one to four English words of 2 to " + LONGEST
                    + " letters together, found '" + typed + "'");
        }
        return new Phrase(text);
    }

    List<String> parts() {
        return List.of(text.split(" ", -1));
    }

    /** The label in the model, and the name of the folder of its recordings: {@code hey-penguin}. */
    String label() {
        return text.replace("'", "").replace(' ', '-');
    }
}
