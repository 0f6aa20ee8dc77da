package io.keyspike.trainer.loss;

import io.keyspike.trainer.config.LossConfig;
import org.jspecify.annotations.Nullable;

/**
 * Mean over clips and classes of {@code (count − target)²}, divided by the number of steps, as snnTorch's
 * {@code mse_count_loss} has it: the target is the configured share of the class's possible spikes, cut to a whole number.
 */
final class CountSquaredError implements ClipLoss {
    private final LossConfig config;
    private final ClassSums sums;
    private final double[] counts;

    CountSquaredError(LossConfig config, int outputs, int maximumBatch) {
        this.config = config;
        sums = new ClassSums(outputs, config.population(), maximumBatch);
        counts = new double[sums.classes()];
    }

    @Override
    public LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradient) {
        sums.sum(slice, output);
        int most = slice.counted() * config.population();
        double correctTarget = (int) (most * config.correctTarget());
        double otherTarget = (int) (most * config.otherTarget());
        double terms = (double) slice.normalisingBatch() * counts.length * slice.counted();
        double loss = 0;
        int correct = 0;
        for (int b = 0; b < slice.batch(); b++) {
            sums.ofClip(b, counts);
            if (ClipScores.best(counts) == slice.label(b)) {
                correct++;
            }
            for (int k = 0; k < counts.length; k++) {
                double error = counts[k] - (k == slice.label(b) ? correctTarget : otherTarget);
                loss += error * error;
                counts[k] = 2 * error / terms;
            }
            sums.toNeurons(slice, b, counts, gradient);
        }
        sums.repeat(slice, gradient);
        return new LossParts(loss / terms, 0, 0, correct, slice.batch());
    }
}
