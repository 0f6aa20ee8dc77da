package io.keyspike.models.decision;

import org.jspecify.annotations.Nullable;

/**
 * What one keyword has of its own under {@link DecisionRule#EACH}; everything that is null is as in the
 * {@link DecisionSettings} for all keywords.
 *
 * @param smoothingSeconds time constant of the smoothing of this keyword's output; 0 for none
 * @param confirmSeconds how long its score must stay at or above its threshold before it is reported
 * @param refractorySeconds for how long after a report it is not reported again
 * @param release share of its threshold below which its score must fall after a report, above 0 and up to 1
 * @param gate false for a keyword that is reported whether the activity gate is open or not; true changes nothing
 */
public record KeywordDecision(
        @Nullable Double smoothingSeconds,
        @Nullable Double confirmSeconds,
        @Nullable Double refractorySeconds,
        @Nullable Float release,
        @Nullable Boolean gate) {

    /** Nothing of its own. */
    static final KeywordDecision NONE = new KeywordDecision(null, null, null, null, null);

    /**
     * Checks the ranges, which are those of {@link DecisionSettings}.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public KeywordDecision {
        checkSeconds("smoothingSeconds", smoothingSeconds);
        checkSeconds("confirmSeconds", confirmSeconds);
        checkSeconds("refractorySeconds", refractorySeconds);
        if (release != null) {
            DecisionSettings.checkRelease(release);
        }
    }

    private static void checkSeconds(String name, @Nullable Double seconds) {
        if (seconds != null) {
            DecisionSettings.checkRange(name, seconds, 0, DecisionSettings.MAXIMUM_SECONDS);
        }
    }

    double smoothingSeconds(DecisionSettings all) {
        return smoothingSeconds == null ? all.smoothingSeconds() : smoothingSeconds;
    }

    double confirmSeconds(DecisionSettings all) {
        return confirmSeconds == null ? all.confirmSeconds() : confirmSeconds;
    }

    double refractorySeconds(DecisionSettings all) {
        return refractorySeconds == null ? all.refractorySeconds() : refractorySeconds;
    }

    float release(DecisionSettings all) {
        return release == null ? all.release() : release;
    }

    boolean gated() {
        return gate == null || gate;
    }
}
