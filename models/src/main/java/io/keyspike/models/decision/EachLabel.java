package io.keyspike.models.decision;

import java.util.Objects;

/**
 * {@link DecisionRule#EACH}: all arrays are {@code [labels]}, times in steps; a label that is never reported has a threshold
 * and a release score above any score.
 */
final class EachLabel {

    private final float[] thresholds;
    private final float[] releases;
    private final int[] confirmSteps;
    private final int[] refractorySteps;
    private final boolean[] gated;
    private final float lowestRelease;

    EachLabel(float[] thresholds, float[] releases, int[] confirmSteps, int[] refractorySteps, boolean[] gated) {
        this.thresholds = thresholds;
        this.releases = releases;
        this.confirmSteps = confirmSteps;
        this.refractorySteps = refractorySteps;
        this.gated = gated;
        float lowest = Float.POSITIVE_INFINITY;
        for (float release : releases) {
            lowest = Math.min(lowest, release);
        }
        this.lowestRelease = lowest;
    }

    /** One step, after smoothing and gate: the label that is reported, or {@link Decision#NOTHING}. */
    int step(DecisionState state, boolean open) {
        LabelCounters counters = Objects.requireNonNull(state.labels);
        boolean warmingUp = state.warmUpLeft > 0;
        if (warmingUp) {
            state.warmUpLeft--;
        }
        if (state.bestScoreAtMost() < lowestRelease) {
            allBelow(counters);
            return Decision.NOTHING;
        }
        state.score();
        float[] scores = state.scores;
        int due = Decision.NOTHING;
        for (int i = 0; i < scores.length; i++) {
            boolean quiet = counters.countDown(i) || warmingUp || (gated[i] && !open);
            float score = scores[i];
            if (score < releases[i]) {
                counters.release(i);
            }
            if (quiet || counters.held(i) || !(score >= thresholds[i])) {
                counters.run[i] = 0;
                continue;
            }
            counters.run[i]++;
            if (counters.run[i] >= confirmSteps[i] && (due == Decision.NOTHING || score > scores[due])) {
                due = i;
            }
        }
        if (due != Decision.NOTHING) {
            counters.run[due] = 0;
            counters.refractoryLeft[due] = refractorySteps[due];
            counters.hold(due);
        }
        return due;
    }

    /** What a step does in which every score is below its release score. */
    private static void allBelow(LabelCounters counters) {
        for (int i = 0; i < counters.run.length; i++) {
            counters.countDown(i);
            counters.release(i);
            counters.run[i] = 0;
        }
    }
}
