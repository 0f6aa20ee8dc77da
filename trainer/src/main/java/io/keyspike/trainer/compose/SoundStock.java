package io.keyspike.trainer.compose;

import java.util.List;

/**
 * What streams are composed of, all at one sample rate.
 *
 * @param words recordings of each keyword, by label; a list may be empty
 * @param others recordings of other words
 * @param speech connected speech that holds none of the keywords
 * @param noises backgrounds, PCM16
 * @param rooms impulse responses, PCM16
 */
public record SoundStock(
        int sampleRateHz,
        List<List<Utterance>> words,
        List<Utterance> others,
        List<Utterance> speech,
        List<short[]> noises,
        List<short[]> rooms) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is nothing that a stream could be made of
     */
    public SoundStock {
        words = words.stream().map(List::copyOf).toList();
        others = List.copyOf(others);
        speech = List.copyOf(speech);
        noises = List.copyOf(noises);
        rooms = List.copyOf(rooms);
        if (others.isEmpty()
                && speech.isEmpty()
                && noises.isEmpty()
                && words.stream().allMatch(List::isEmpty)) {
            throw new IllegalArgumentException(
                    "streams: expected recordings of words, speech or noise to compose them of, found none");
        }
    }

    /** {@return hours of connected speech} */
    public double speechHours() {
        return speech.stream().mapToLong(u -> u.end() - u.start()).sum() / (3_600.0 * sampleRateHz);
    }
}
