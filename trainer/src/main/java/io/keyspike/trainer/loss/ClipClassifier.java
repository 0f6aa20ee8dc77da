package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import java.util.List;

/** The label of one clip out of the network's outputs: the same in training, validation and {@code evaluate}. */
@FunctionalInterface
public interface ClipClassifier {

    /**
     * The label of one clip, by its index.
     *
     * @param output {@code [T, B, N]}
     * @param steps T
     * @param batch B
     * @param b which clip of the batch
     */
    int classify(float[] output, int steps, int batch, int b);

    /** What a rule says that looks at one value of each label. */
    static ClipClassifier of(ClipRule rule, int labels) {
        return (output, steps, batch, b) -> ClipScores.classify(rule, output, steps, batch, labels, b);
    }

    /**
     * What a model's decision settings say.
     *
     * @param labels of the outputs, in order
     * @param stepSeconds the network's time step
     */
    static ClipClassifier of(DecisionSettings settings, List<String> labels, double stepSeconds) {
        return settings.clip().rule() == ClipRule.PEAK
                ? new PeakClassifier(settings, labels, stepSeconds)
                : of(settings.clip().rule(), labels.size());
    }
}
