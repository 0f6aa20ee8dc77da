package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where samples come from, and which of them are which labels.
 *
 * @param words classes in the order of the network's outputs; of {@link Kind#IDX} word i is what label value i is called,
 *     and none stand for the ten digits
 */
public record DataConfig(
        Kind kind,
        List<String> words,
        boolean unknown,
        boolean silence,
        double clipSeconds,
        @Nullable Integer unknownLimit,
        SplitConfig split) {

    /** How the samples lie on disk. */
    public enum Kind {
        /** One folder a word, two lists of the clips for validation and testing. */
        SPEECH_COMMANDS,
        /** One folder a class, split at random. */
        FOLDERS,
        /** The two pairs of files in which MNIST is published. */
        IDX,
        /** HDF5 files in the layout of SHD and SSC. */
        EVENTS;

        /** As configurations say it. */
        public String key() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * How samples are split at random where the data set does not say it.
     *
     * @param validation share of the samples, 0 to below 1
     * @param testing likewise, where the data set has no file of its own for it
     * @param bySpeaker whether all samples of a speaker go to one split, where names or files tell speakers
     * @param seed apart from training.seed, so that runs with other weights see the same split
     */
    public record SplitConfig(double validation, double testing, boolean bySpeaker, long seed) {
        public SplitConfig {
            checkProbability("data.split.validation", validation);
            checkProbability("data.split.testing", testing);
            check(
                    validation + testing < 1,
                    "data.split",
                    "validation and testing to sum to less than 1",
                    validation + testing);
        }
    }

    public DataConfig {
        words = words.isEmpty() && kind == Kind.IDX
                ? IntStream.range(0, 10).mapToObj(String::valueOf).toList()
                : List.copyOf(words);
        check(!words.isEmpty(), "data.words", "at least one word", words);
        check(words.stream().distinct().count() == words.size(), "data.words", "distinct words", words);
        check(
                words.stream().noneMatch(w -> w.startsWith("_") || w.equals("unknown") || w.equals("silence")),
                "data.words",
                "words only ('unknown' and 'silence' are set by data.unknown and data.silence)",
                words);
        check(
                !silence || kind == Kind.SPEECH_COMMANDS || kind == Kind.FOLDERS,
                "data.silence",
                "false for data of kind " + kind.key(),
                true);
        check(!unknown || kind != Kind.IDX, "data.unknown", "false for data of kind idx", true);
        check(clipSeconds > 0 && clipSeconds <= 60, "data.clip_seconds", "more than 0 and at most 60", clipSeconds);
        check(unknownLimit == null || unknownLimit > 0, "data.unknown_limit", "more than 0", "" + unknownLimit);
    }

    /** What the network's outputs stand for, in order: the words, then {@code unknown}, then {@code silence}. */
    public List<String> labels() {
        var labels = new ArrayList<>(words);
        if (unknown) {
            labels.add(LabelMap.UNKNOWN);
        }
        if (silence) {
            labels.add(LabelMap.SILENCE);
        }
        return List.copyOf(labels);
    }
}
