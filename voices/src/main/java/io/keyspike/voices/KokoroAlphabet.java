package io.keyspike.voices;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the pronunciations of espeak-ng as Kokoro was trained to read them: single letters for diphthongs and affricates (A as
 * in face, O as in goat, Y as in choice, I as in price, W as in mouth, T for the flap), no length marks in American English, and
 * a number for each symbol.
 */
final class KokoroAlphabet {

    /** In this order, since longer ones contain shorter ones. */
    private static final List<String[]> AMERICAN = List.of(
            pair("tʃ", "ʧ"),
            pair("dʒ", "ʤ"),
            pair("eɪ", "A"),
            pair("aɪ", "I"),
            pair("aʊ", "W"),
            pair("ɔɪ", "Y"),
            pair("oʊ", "O"),
            pair("ɾ", "T"),
            pair("ɜːɹ", "ɜɹ"),
            pair("ɜː", "ɜɹ"),
            pair("ɚ", "əɹ"),
            pair("ɪə", "iə"),
            pair("ɐ", "ə"),
            pair("r", "ɹ"),
            pair("x", "k"),
            pair("ʲ", ""),
            pair("ɬ", "l"),
            pair("n̩", "ᵊn"),
            pair("l̩", "ᵊl"),
            pair("ː", ""));

    private static final List<String[]> BRITISH = List.of(
            pair("tʃ", "ʧ"),
            pair("dʒ", "ʤ"),
            pair("eɪ", "A"),
            pair("aɪ", "I"),
            pair("aʊ", "W"),
            pair("ɔɪ", "Y"),
            pair("əʊ", "Q"),
            pair("eə", "ɛː"),
            pair("iə", "ɪə"),
            pair("ɐ", "ə"),
            pair("r", "ɹ"),
            pair("x", "k"),
            pair("ʲ", ""),
            pair("n̩", "ᵊn"),
            pair("l̩", "ᵊl"));

    private static final Map<Integer, Integer> NUMBERS = numbers();

    private KokoroAlphabet() {}

    private static String[] pair(String ipa, String kokoro) {
        return new String[] {ipa, kokoro};
    }

    private static Map<Integer, Integer> numbers() {
        var numbers = new HashMap<Integer, Integer>();
        try (InputStream in = KokoroAlphabet.class.getResourceAsStream("kokoro-vocabulary.txt")) {
            if (in == null) {
                throw new IllegalStateException("kokoro-vocabulary.txt is missing from the class path");
            }
            var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    int space = line.indexOf(' ');
                    numbers.put(line.codePointAt(space + 1), Integer.valueOf(line.substring(0, space)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(numbers);
    }

    /** Kokoro's spelling of a pronunciation. */
    static String spelling(String ipa, boolean british) {
        String spelt = ipa;
        for (String[] each : british ? BRITISH : AMERICAN) {
            spelt = spelt.replace(each[0], each[1]);
        }
        return spelt;
    }

    /** The numbers of a spelling's symbols; what has none is left out. */
    static long[] numbers(String spelling) {
        return spelling.codePoints()
                .map(symbol -> NUMBERS.getOrDefault(symbol, -1))
                .filter(number -> number >= 0)
                .asLongStream()
                .toArray();
    }

    /** What the network reads: a pad, the symbols, a pad. */
    static long[] tokens(long[] numbers) {
        long[] tokens = new long[numbers.length + 2];
        System.arraycopy(numbers, 0, tokens, 1, numbers.length);
        return tokens;
    }
}
