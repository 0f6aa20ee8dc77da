package io.keyspike.trainer.loss;

import io.keyspike.trainer.config.LossConfig;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The mean over the steps of the cross-entropy on {@code scale ·} that step's outputs: every step shall tell the classes
 * apart. With a scale of 1 and no smoothing it is snnTorch's {@code ce_rate_loss}.
 */
final class StepCrossEntropy implements ClipLoss {
    private final LossConfig config;
    private final int outputs;
    private final ClipHits hits;
    private final double[] logits;

    StepCrossEntropy(LossConfig config, int outputs, int maximumBatch) {
        this.config = config;
        this.outputs = outputs;
        hits = new ClipHits(config.rule(), outputs, 1, maximumBatch);
        logits = new double[outputs];
    }

    @Override
    public LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradient) {
        int lanes = slice.batch() * outputs;
        Arrays.fill(gradient, 0, slice.firstStep() * lanes, 0);
        double terms = (double) slice.counted() * slice.normalisingBatch();
        double loss = 0;
        for (int t = slice.firstStep(); t < slice.steps(); t++) {
            for (int b = 0; b < slice.batch(); b++) {
                int at = t * lanes + b * outputs;
                for (int n = 0; n < outputs; n++) {
                    logits[n] = config.logitScale() * (double) output[at + n];
                }
                loss += CrossEntropy.applyInPlace(logits, slice.label(b), config.labelSmoothing());
                for (int n = 0; n < outputs; n++) {
                    gradient[at + n] = (float) (config.logitScale() * logits[n] / terms);
                }
            }
        }
        return new LossParts(loss / terms, 0, 0, hits.count(slice, output), slice.batch());
    }
}
