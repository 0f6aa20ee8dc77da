package io.keyspike.models.decision;

/** Which labels can be reported. */
public enum DecisionRule {
    /**
     * Only the label with the largest score of all, if that is at or above its threshold. A report silences all labels for
     * the refractory time, and the smoothed outputs start from zero.
     */
    BEST,

    /**
     * Every label with a threshold, each by its own score, whether or not it is the largest. After a report a label must
     * fall below its release score before it is reported again, and has a refractory time of its own; the other labels and
     * the smoothed outputs go on undisturbed, so that scores do not depend on thresholds.
     */
    EACH
}
