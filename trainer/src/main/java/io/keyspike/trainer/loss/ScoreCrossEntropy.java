package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.trainer.config.LossConfig;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy on {@code scale ·} one value for each class and clip: the sum, maximum or mean of its output over the steps,
 * its last output, or the largest membrane. With a scale of 1 and no smoothing the sum is snnTorch's {@code ce_count_loss} and the membrane
 * its {@code ce_max_membrane_loss}; the gradient of a maximum goes to the first step that reaches it.
 */
final class ScoreCrossEntropy implements ClipLoss {
    private final LossConfig config;
    private final boolean onMembranes;
    private final ClipRule value;

    /** Whether the value of a clip is that of one of its steps. */
    private final boolean oneStep;

    private final int outputs;
    private final ClassSums sums;
    private final ClipHits hits;
    private final int[] largest;
    private final double[] logits;

    ScoreCrossEntropy(LossConfig config, int outputs, int maximumBatch) {
        this.config = config;
        this.outputs = outputs;
        onMembranes = config.kind() == LossConfig.Kind.CROSS_ENTROPY_MEMBRANE;
        value = onMembranes ? ClipRule.MAXIMUM : config.rule();
        oneStep = value == ClipRule.MAXIMUM || value == ClipRule.LAST;
        sums = new ClassSums(outputs, config.population(), maximumBatch);
        hits = new ClipHits(config.rule(), outputs, config.population(), maximumBatch);
        largest = new int[maximumBatch * outputs];
        logits = new double[sums.classes()];
    }

    @Override
    public boolean onMembranes() {
        return onMembranes;
    }

    @Override
    public LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradient) {
        float[] signal = onMembranes ? Objects.requireNonNull(membrane, "loss: expected membranes") : output;
        if (oneStep) {
            findLargest(slice, signal);
            Arrays.fill(gradient, 0, slice.steps() * slice.batch() * outputs, 0);
        } else {
            sums.sum(slice, signal);
        }
        double loss = 0;
        int correct = 0;
        for (int b = 0; b < slice.batch(); b++) {
            values(slice, signal, b);
            if (!onMembranes && ClipScores.best(logits) == slice.label(b)) {
                correct++;
            }
            for (int k = 0; k < logits.length; k++) {
                logits[k] *= config.logitScale();
            }
            loss += CrossEntropy.applyInPlace(logits, slice.label(b), config.labelSmoothing());
            for (int k = 0; k < logits.length; k++) {
                logits[k] = (float) (config.logitScale() * logits[k] / slice.normalisingBatch());
            }
            spread(slice, b, gradient);
        }
        if (!oneStep) {
            sums.repeat(slice, gradient);
        }
        if (onMembranes) {
            correct = hits.count(slice, output);
        }
        return new LossParts(loss / slice.normalisingBatch(), 0, 0, correct, slice.batch());
    }

    private void findLargest(LossSlice slice, float[] signal) {
        int lanes = slice.batch() * outputs;
        if (value == ClipRule.LAST) {
            Arrays.fill(largest, 0, lanes, slice.steps() - 1);
            return;
        }
        Arrays.fill(largest, 0, lanes, slice.firstStep());
        for (int t = slice.firstStep() + 1; t < slice.steps(); t++) {
            for (int lane = 0; lane < lanes; lane++) {
                if (signal[t * lanes + lane] > signal[largest[lane] * lanes + lane]) {
                    largest[lane] = t;
                }
            }
        }
    }

    /** Puts the clip's values into {@link #logits}. */
    private void values(LossSlice slice, float[] signal, int clip) {
        if (oneStep) {
            int lanes = slice.batch() * outputs;
            for (int n = 0; n < outputs; n++) {
                int lane = clip * outputs + n;
                logits[n] = signal[largest[lane] * lanes + lane];
            }
            return;
        }
        sums.ofClip(clip, logits);
        if (value == ClipRule.MEAN) {
            for (int k = 0; k < logits.length; k++) {
                logits[k] /= slice.counted();
            }
        }
    }

    /** Hands the gradient of the clip's values, in {@link #logits}, to the steps they come from. */
    private void spread(LossSlice slice, int clip, float[] gradient) {
        if (oneStep) {
            int lanes = slice.batch() * outputs;
            for (int n = 0; n < outputs; n++) {
                int lane = clip * outputs + n;
                gradient[largest[lane] * lanes + lane] = (float) logits[n];
            }
            return;
        }
        if (value == ClipRule.MEAN) {
            for (int k = 0; k < logits.length; k++) {
                logits[k] = (float) logits[k] / slice.counted();
            }
        }
        sums.toNeurons(slice, clip, logits, gradient);
    }
}
