package io.keyspike.models.decision;

import java.util.List;
import java.util.function.IntConsumer;

/**
 * What the decision stage would report of one keyword under {@link DecisionRule#EACH}, from scores that were recorded: since a
 * report changes neither scores nor other labels, any number of thresholds can be tried on one recording. The only difference
 * to {@link Decision#step}: where two keywords are due at the very same step, there the one with the smaller score waits for
 * the next step, and here it does not. Immutable.
 */
public final class ScoreReplay {

    private final DecisionSettings settings;
    private final String label;
    private final double stepSeconds;
    private final int warmUpSteps;

    /** Recorded steps of a stream, from its start. */
    public interface Steps {

        /** {@return how many steps there are} */
        int steps();

        /**
         * {@return the keyword's score in a step, 0 to 1}
         *
         * @param step from 0
         */
        float score(int step);

        /**
         * {@return whether the activity gate was open in a step}
         *
         * @param step from 0
         */
        boolean open(int step);
    }

    /**
     * Prepares a keyword.
     *
     * @param settings of the model; its thresholds are not used
     * @param label the keyword
     * @param stepSeconds the network's time step
     * @throws IllegalArgumentException if the rule is not {@link DecisionRule#EACH}
     */
    public ScoreReplay(DecisionSettings settings, String label, double stepSeconds) {
        if (settings.rule() != DecisionRule.EACH) {
            throw new IllegalArgumentException(
                    "replay: expected a decision by the rule 'each', where scores do not depend on reports, found one by"
                            + " the rule 'best'");
        }
        this.settings = settings;
        this.label = label;
        this.stepSeconds = stepSeconds;
        this.warmUpSteps = Decision.steps(settings.warmUpSeconds(), stepSeconds);
    }

    /**
     * Goes through the steps of a stream.
     *
     * @param recorded the stream
     * @param threshold of the keyword, above 0 and up to 1
     * @param report told of each step that the keyword is reported at, in order
     */
    public void run(Steps recorded, float threshold, IntConsumer report) {
        var each = EachLabel.of(settings, List.of(label), new float[] {threshold}, stepSeconds);
        var counters = new LabelCounters(1);
        int steps = recorded.steps();
        for (int step = 0; step < steps; step++) {
            boolean quiet = step < warmUpSteps || (each.gated(0) && !recorded.open(step));
            if (each.isDue(counters, 0, recorded.score(step), quiet)) {
                each.reported(counters, 0);
                report.accept(step);
            }
        }
    }
}
