package io.keyspike.app.cli.shared;

import io.keyspike.trainer.data.SpeakerSplit;
import picocli.CommandLine.Option;

/** The option {@code --split-seed}: how training on streams with default shares splits connected speech by speaker. */
public final class SpeakerSplitOption {

    /** Shares of speakers that training on streams keeps for validation and testing by default. */
    private static final double HELD_OUT = 0.15;

    @Option(
            names = "--split-seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "data.split.seed of that training (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    /** The split. */
    public SpeakerSplit split() {
        return new SpeakerSplit(HELD_OUT, HELD_OUT, seed);
    }
}
