package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings.ClipRule;

/** How many clips the outputs classify rightly, for losses that do not look at the rule's values themselves. */
final class ClipHits {
    private final ClipRule rule;
    private final int outputs;
    private final ClassSums sums;
    private final double[] values;

    ClipHits(ClipRule rule, int outputs, int population, int maximumBatch) {
        this.rule = rule;
        this.outputs = outputs;
        sums = new ClassSums(outputs, population, maximumBatch);
        values = new double[sums.classes()];
    }

    int count(LossSlice slice, float[] output) {
        if (rule != ClipRule.MAXIMUM) {
            sums.sum(slice, output);
        }
        int correct = 0;
        for (int b = 0; b < slice.batch(); b++) {
            if (rule == ClipRule.MAXIMUM) {
                int lanes = slice.batch() * outputs;
                for (int n = 0; n < outputs; n++) {
                    int lane = b * outputs + n;
                    int at = ClipScores.largestStep(output, lane, lanes, slice.firstStep(), slice.steps());
                    values[n] = output[at * lanes + lane];
                }
            } else {
                // A mean is the sum over a number that is the same for all classes.
                sums.ofClip(b, values);
            }
            if (ClipScores.best(values) == slice.label(b)) {
                correct++;
            }
        }
        return correct;
    }
}
