package io.keyspike.trainer.data;

import java.util.Locale;

/** Part of a data set. */
public enum Split {
    TRAINING,
    VALIDATION,
    TESTING;

    /** Lower case, as on the command line and in reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
