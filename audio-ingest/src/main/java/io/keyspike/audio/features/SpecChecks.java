package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/** Checks that the specs share; each failure is one sentence with what was expected and what was found. */
final class SpecChecks {
    private static final int LOWEST_RATE_HZ = 1_000;
    private static final int HIGHEST_RATE_HZ = 768_000;

    private SpecChecks() {}

    static void sampleRate(String what, int rateHz) {
        range(what, "sample rate in Hz", rateHz, LOWEST_RATE_HZ, HIGHEST_RATE_HZ);
    }

    static void range(String what, String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    what + ": expected " + name + " from " + least + " to " + most + ", found " + value);
        }
    }

    static void above(String what, String name, double value, double bound) {
        if (!(value > bound) || !Double.isFinite(value)) {
            throw new IllegalArgumentException(what + ": expected " + name + " above " + bound + ", found " + value);
        }
    }

    static void within(String what, String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    what + ": expected " + name + " from " + least + " to " + most + ", found " + value);
        }
    }

    static void fraction(String what, String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + ": expected " + name + " from 0 to 1, found " + value);
        }
    }

    static void channels(String what, @Nullable Normaliser normaliser, int channels) {
        if (normaliser != null && normaliser.mean().size() != channels) {
            throw new IllegalArgumentException(what + ": expected a normaliser for " + channels + " channels, found "
                    + normaliser.mean().size());
        }
    }
}
