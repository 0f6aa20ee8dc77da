package io.keyspike.app.cli.shared;

import io.keyspike.trainer.data.Split;
import org.jspecify.annotations.Nullable;

/** The part of a data set that a command reads. */
public enum SplitChoice {
    TRAINING,
    VALIDATION,
    TESTING,
    ALL;

    /** The split, or null for all. */
    public @Nullable Split split() {
        return this == ALL ? null : Split.valueOf(name());
    }
}
