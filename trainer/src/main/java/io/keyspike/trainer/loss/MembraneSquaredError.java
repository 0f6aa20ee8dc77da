package io.keyspike.trainer.loss;

import io.keyspike.trainer.config.LossConfig;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Mean over steps, clips and classes of {@code (membrane − target)²}: snnTorch's {@code mse_membrane_loss}. */
final class MembraneSquaredError implements ClipLoss {
    private final LossConfig config;
    private final int outputs;
    private final ClipHits hits;

    MembraneSquaredError(LossConfig config, int outputs, int maximumBatch) {
        this.config = config;
        this.outputs = outputs;
        hits = new ClipHits(config.rule(), outputs, 1, maximumBatch);
    }

    @Override
    public boolean onMembranes() {
        return true;
    }

    @Override
    public LossParts apply(LossSlice slice, float[] output, float @Nullable [] membrane, float[] gradient) {
        float[] u = Objects.requireNonNull(membrane, "loss: expected membranes");
        int lanes = slice.batch() * outputs;
        Arrays.fill(gradient, 0, slice.firstStep() * lanes, 0);
        double terms = (double) slice.counted() * slice.normalisingBatch() * outputs;
        double loss = 0;
        for (int t = slice.firstStep(); t < slice.steps(); t++) {
            for (int b = 0; b < slice.batch(); b++) {
                int at = t * lanes + b * outputs;
                for (int n = 0; n < outputs; n++) {
                    double error = u[at + n] - (n == slice.label(b) ? config.correctTarget() : config.otherTarget());
                    loss += error * error;
                    gradient[at + n] = (float) (2 * error / terms);
                }
            }
        }
        return new LossParts(loss / terms, 0, 0, hits.count(slice, output), slice.batch());
    }
}
