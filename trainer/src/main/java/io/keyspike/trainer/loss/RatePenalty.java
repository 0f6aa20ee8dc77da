package io.keyspike.trainer.loss;

import io.keyspike.trainer.config.LossConfig;
import org.jspecify.annotations.Nullable;

/**
 * A loss and a penalty {@code λ·mean_n (rate_n − target)²} on the firing rate of each output neuron, its rate taken over
 * the clips of the batch and the steps that count: so a batch cannot be judged in slices.
 */
final class RatePenalty implements ClipLoss {
    private final LossConfig config;
    private final int outputs;
    private final ClipLoss loss;

    RatePenalty(LossConfig config, int outputs, ClipLoss loss) {
        this.config = config;
        this.outputs = outputs;
        this.loss = loss;
    }

    @Override
    public boolean separable() {
        return false;
    }

    @Override
    public LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradient) {
        if (slice.batch() != slice.normalisingBatch()) {
            throw new IllegalArgumentException("loss: expected the whole batch of " + slice.normalisingBatch()
                    + " clips for a penalty on its firing rates, found a slice of " + slice.batch());
        }
        LossParts parts = loss.apply(slice, output, membrane, gradient);
        return new LossParts(
                parts.classification(), penalise(slice, output, gradient), 0, parts.correct(), parts.clips());
    }

    private double penalise(LossSlice slice, float[] output, float[] gradient) {
        int first = slice.firstStep() * slice.batch();
        int last = slice.steps() * slice.batch();
        int count = last - first;
        double penalty = 0;
        for (int n = 0; n < outputs; n++) {
            double sum = 0;
            for (int row = first; row < last; row++) {
                sum += output[row * outputs + n];
            }
            double excess = sum / count - config.rateTarget();
            penalty += config.rateWeight() * excess * excess / outputs;
            float g = (float) (2 * config.rateWeight() * excess / outputs / count);
            for (int row = first; row < last; row++) {
                gradient[row * outputs + n] += g;
            }
        }
        return penalty;
    }
}
