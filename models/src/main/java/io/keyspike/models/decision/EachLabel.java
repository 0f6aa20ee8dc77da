package io.keyspike.models.decision;

import java.util.List;
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

    /** By label, whether it is ever reported. */
    private final boolean[] reportable;

    EachLabel(float[] thresholds, float[] releases, int[] confirmSteps, int[] refractorySteps, boolean[] gated) {
        this.thresholds = thresholds;
        this.releases = releases;
        this.confirmSteps = confirmSteps;
        this.refractorySteps = refractorySteps;
        this.gated = gated;
        float lowest = Float.POSITIVE_INFINITY;
        reportable = new boolean[releases.length];
        for (int i = 0; i < releases.length; i++) {
            lowest = Math.min(lowest, releases[i]);
            reportable[i] = releases[i] < Float.POSITIVE_INFINITY;
        }
        this.lowestRelease = lowest;
    }

    /** @param thresholds by label */
    static EachLabel of(DecisionSettings settings, List<String> labels, float[] thresholds, double stepSeconds) {
        int n = labels.size();
        float[] release = new float[n];
        int[] confirm = new int[n];
        int[] refractory = new int[n];
        boolean[] gated = new boolean[n];
        for (int i = 0; i < n; i++) {
            KeywordDecision own = settings.keyword(labels.get(i));
            release[i] = thresholds[i] * own.release(settings);
            confirm[i] = Math.max(1, Decision.steps(own.confirmSeconds(settings), stepSeconds));
            refractory[i] = Decision.steps(own.refractorySeconds(settings), stepSeconds);
            gated[i] = own.gated();
        }
        return new EachLabel(thresholds, release, confirm, refractory, gated);
    }

    /** One step, after smoothing and gate: the label that is reported, or {@link Decision#NOTHING}. */
    int step(DecisionState state, boolean open) {
        LabelCounters counters = Objects.requireNonNull(state.labels);
        boolean warmingUp = state.warmUpLeft > 0;
        if (warmingUp) {
            state.warmUpLeft--;
        }
        if (state.bestScoreAtMost(reportable) < lowestRelease) {
            allBelow(counters);
            return Decision.NOTHING;
        }
        state.score();
        float[] scores = state.scores;
        int due = Decision.NOTHING;
        for (int i = 0; i < scores.length; i++) {
            float score = scores[i];
            boolean quiet = warmingUp || (gated[i] && !open);
            if (isDue(counters, i, score, quiet) && (due == Decision.NOTHING || score > scores[due])) {
                due = i;
            }
        }
        if (due != Decision.NOTHING) {
            reported(counters, due);
        }
        return due;
    }

    /** Whether a label is reported only while the gate is open. */
    boolean gated(int label) {
        return gated[label];
    }

    /**
     * Counts a step of one label, and tells whether the label is due for a report.
     *
     * @param quiet whether the step is one of the warm-up, or the gate is closed for the label
     */
    boolean isDue(LabelCounters counters, int label, float score, boolean quiet) {
        boolean refractory = counters.countDown(label);
        if (score < releases[label]) {
            counters.release(label);
        }
        if (quiet || refractory || counters.held(label) || !(score >= thresholds[label])) {
            counters.run[label] = 0;
            return false;
        }
        counters.run[label]++;
        return counters.run[label] >= confirmSteps[label];
    }

    /** The label was reported. */
    void reported(LabelCounters counters, int label) {
        counters.run[label] = 0;
        counters.refractoryLeft[label] = refractorySteps[label];
        counters.hold(label);
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
