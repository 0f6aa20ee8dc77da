package io.keyspike.trainer.bench;

import io.keyspike.trainer.data.SpeakerSplit;
import io.keyspike.trainer.data.Split;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What models are measured on.
 *
 * @param data a folder of words in the layout of Speech Commands, or a folder of such folders; their test splits are used
 * @param speech folders of connected speech
 * @param speakers how connected speech is split by speaker
 * @param speechSplit the split whose connected speech is used; null for all of it
 * @param noise files or folders of backgrounds; none if empty
 * @param negativeHours length of the streams of other words, and of those of connected speech
 * @param wordsPerMinute keywords in a minute of the streams of words
 * @param seed another seed, other streams
 */
public record DetectionPlan(
        Path data,
        List<Path> speech,
        SpeakerSplit speakers,
        @Nullable Split speechSplit,
        List<Path> noise,
        double negativeHours,
        double wordsPerMinute,
        long seed) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there are to be no keywords, or no negative streams of at least 5 s
     */
    public DetectionPlan {
        speech = List.copyOf(speech);
        noise = List.copyOf(noise);
        if (!(wordsPerMinute > 0) || !(negativeHours * 3_600 >= 5)) {
            throw new IllegalArgumentException(
                    "detection: expected more than 0 words a minute and 5 s or more of negative" + " streams, found "
                            + wordsPerMinute + " and " + 3_600 * negativeHours + " s");
        }
    }
}
