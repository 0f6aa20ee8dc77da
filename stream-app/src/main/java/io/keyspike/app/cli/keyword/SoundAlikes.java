package io.keyspike.app.cli.keyword;

import io.keyspike.voices.Phonemes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Words that sound like a keyword and are not it: the common words whose pronunciations are closest by a weighted edit distance
 * over phonemes (Levenshtein, with sounds of one kind closer to each other), and parts of the keyword alone or with others.
 */
final class SoundAlikes {

    private static final String ACCENT = "en-us";
    private static final double SAME_KIND = 0.5;
    private static final double OTHER_KIND = 1;
    private static final double GAP = 0.8;

    /** Kinds of sounds; those of one line are taken for each other more easily. */
    private static final List<String> KINDS = List.of("aeiouæɑɒɔəɚɛɜɪʊʌɐᵻ", "pbtdkɡɾʔ", "fvszʃʒθðhx", "mnŋ", "lɹjwr");

    private SoundAlikes() {}

    private record Near(String word, double distance) {}

    /**
     * Texts to speak.
     *
     * @param most how many at most
     * @return the closest first; without the keyword itself and what is pronounced like it
     * @throws IOException if pronunciations cannot be had
     */
    static List<String> of(Phrase phrase, Phonemes phonemes, int most) throws IOException {
        List<String> words = CommonWords.ALL.stream()
                .filter(word -> !phrase.parts().contains(word))
                .toList();
        List<String> sounds =
                phonemes.ofEach(words, ACCENT).stream().map(SoundAlikes::plain).toList();
        var parts = new ArrayList<List<Near>>();
        for (String sound : phonemes.ofEach(phrase.parts(), ACCENT)) {
            var near = new ArrayList<Near>();
            for (int i = 0; i < words.size(); i++) {
                double distance = distance(plain(sound), sounds.get(i));
                if (distance > 0) {
                    near.add(new Near(words.get(i), distance));
                }
            }
            near.sort(Comparator.comparingDouble(Near::distance).thenComparing(Near::word));
            parts.add(near);
        }
        var texts = new LinkedHashSet<String>();
        for (int rank = 0; texts.size() < most && rank < words.size(); rank++) {
            for (int p = 0; p < parts.size(); p++) {
                if (rank < parts.get(p).size()) {
                    add(phrase, p, parts.get(p).get(rank).word(), rank, texts);
                }
            }
        }
        return texts.stream().limit(most).toList();
    }

    private static void add(Phrase phrase, int part, String near, int rank, Set<String> texts) {
        if (phrase.parts().size() == 1) {
            texts.add(near);
            return;
        }
        if (rank == 0) {
            texts.add(phrase.parts().get(part)); // a part alone
        }
        var changed = new ArrayList<>(phrase.parts());
        changed.set(part, near);
        texts.add(String.join(" ", changed));
    }

    /** Without stress and length. */
    static String plain(String ipa) {
        return ipa.replaceAll("[ˈˌː\\s]", "");
    }

    /** Edit distance relative to the length of the longer one: 0 for the same sounds, about 1 for nothing in common. */
    static double distance(String one, String other) {
        double[] row = new double[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j * GAP;
        }
        for (int i = 1; i <= one.length(); i++) {
            double diagonal = row[0];
            row[0] = i * GAP;
            for (int j = 1; j <= other.length(); j++) {
                double replaced = diagonal + cost(one.charAt(i - 1), other.charAt(j - 1));
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + GAP);
            }
        }
        return row[other.length()] / Math.max(1, Math.max(one.length(), other.length()));
    }

    private static double cost(char a, char b) {
        if (a == b) {
            return 0;
        }
        for (String kind : KINDS) {
            if (kind.indexOf(a) >= 0 && kind.indexOf(b) >= 0) {
                return SAME_KIND;
            }
        }
        return OTHER_KIND;
    }
}
