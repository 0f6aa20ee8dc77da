package io.keyspike.voices;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How English is pronounced, in letters of the International Phonetic Alphabet, as espeak-ng sees it. Thread-safe. */
public final class Phonemes {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Map<String, String> known = new ConcurrentHashMap<>();

    /** Looks nothing up yet. */
    public Phonemes() {}

    /**
     * The pronunciation of a text.
     *
     * @param text a word or a sentence
     * @param accent an accent of espeak-ng, such as {@code en-us}
     * @return IPA with stress marks before the vowels that bear them, words apart by one space
     * @throws EngineMissingException if there is no espeak-ng
     * @throws IOException if it fails
     */
    public String of(String text, String accent) throws IOException {
        String key = accent + ":" + text;
        String found = known.get(key);
        if (found == null) {
            byte[] said = EspeakEngine.PROGRAM.run(List.of("-q", "--ipa", "-v", accent, "--stdin"), text, LIMIT);
            found = new String(said, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
            known.put(key, found);
        }
        return found;
    }

    /**
     * The pronunciations of many words, asked for at once.
     *
     * @param words words of letters and apostrophes
     * @param accent an accent of espeak-ng, such as {@code en-us}
     * @return as many pronunciations, in the same order
     * @throws EngineMissingException if there is no espeak-ng
     * @throws IOException if it fails, or answers with another number of lines
     */
    public List<String> ofEach(List<String> words, String accent) throws IOException {
        byte[] said = EspeakEngine.PROGRAM.run(
                List.of("-q", "--ipa", "-v", accent, "--stdin"), String.join("\n\n", words) + "\n\n", LIMIT);
        var lines = new ArrayList<String>();
        for (String line : new String(said, StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isBlank()) {
                lines.add(line.strip());
            }
        }
        if (lines.size() != words.size()) {
            throw new IOException("espeak-ng: expected " + words.size() + " pronunciations, found " + lines.size());
        }
        return lines;
    }
}
