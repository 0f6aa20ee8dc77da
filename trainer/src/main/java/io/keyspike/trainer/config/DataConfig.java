package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which folders are which labels. */
public record DataConfig(
        List<String> words,
        boolean unknown,
        boolean silence,
        double clipSeconds,
        @Nullable Integer unknownLimit) {

    public DataConfig {
        words = List.copyOf(words);
        check(!words.isEmpty(), "data.words", "at least one word", words);
        check(words.stream().distinct().count() == words.size(), "data.words", "words that differ", words);
        check(
                words.stream().noneMatch(w -> w.startsWith("_") || w.equals("unknown") || w.equals("silence")),
                "data.words",
                "words, with 'unknown' and 'silence' as switches of their own",
                words);
        check(clipSeconds > 0 && clipSeconds <= 60, "data.clip_seconds", "more than 0 and at most 60", clipSeconds);
        check(unknownLimit == null || unknownLimit > 0, "data.unknown_limit", "more than 0", "" + unknownLimit);
    }

    /** What the network's outputs stand for, in order: the words, then {@code unknown}, then {@code silence}. */
    public List<String> labels() {
        var labels = new ArrayList<>(words);
        if (unknown) {
            labels.add(io.keyspike.trainer.data.LabelMap.UNKNOWN);
        }
        if (silence) {
            labels.add(io.keyspike.trainer.data.LabelMap.SILENCE);
        }
        return List.copyOf(labels);
    }
}
