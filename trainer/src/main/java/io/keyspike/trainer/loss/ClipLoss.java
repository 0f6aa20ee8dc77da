package io.keyspike.trainer.loss;

import io.keyspike.models.DecisionSettings.ClipRule;
import io.keyspike.trainer.config.LossConfig;
import java.util.Arrays;

/**
 * The loss of a batch of clips on a network's outputs: cross-entropy on {@code scale ·} the sum, maximum or mean of each
 * output over the steps, and a penalty {@code λ·mean_n (rate_n − target)²} on the firing rate of each output neuron, its
 * rate taken over batch and steps.
 */
public final class ClipLoss {
    private final LossConfig config;

    public ClipLoss(LossConfig config) {
        this.config = config;
    }

    /**
     * Loss and gradient.
     *
     * @param output {@code [T, B, N]}
     * @param firstStep steps before it do not count
     * @param labels {@code [B]} at least
     * @param gradient dL/doutput, {@code [T, B, N]}, written
     */
    public LossParts apply(
            float[] output, int steps, int batch, int outputs, int firstStep, int[] labels, float[] gradient) {
        int lanes = batch * outputs;
        Arrays.fill(gradient, 0, steps * lanes, 0);
        double[] logits = new double[outputs];
        double[] values = new double[outputs];
        int[] chosen = new int[outputs];
        double loss = 0;
        int correct = 0;
        for (int b = 0; b < batch; b++) {
            for (int n = 0; n < outputs; n++) {
                chosen[n] = ClipScores.largestStep(output, b * outputs + n, lanes, firstStep, steps);
                values[n] =
                        ClipScores.score(config.rule(), output, b * outputs + n, lanes, firstStep, steps, chosen[n]);
                logits[n] = config.logitScale() * values[n];
            }
            if (ClipScores.best(values) == labels[b]) {
                correct++;
            }
            loss += CrossEntropy.applyInPlace(logits, labels[b], config.labelSmoothing());
            for (int n = 0; n < outputs; n++) {
                float g = (float) (config.logitScale() * logits[n] / batch);
                spread(g, gradient, b * outputs + n, lanes, firstStep, steps, chosen[n]);
            }
        }
        double rate = config.rateWeight() > 0 ? rate(output, steps, batch, outputs, firstStep, gradient) : 0;
        return new LossParts(loss / batch, rate, 0, correct, batch);
    }

    private void spread(float g, float[] gradient, int lane, int lanes, int firstStep, int steps, int chosen) {
        if (config.rule() == ClipRule.MAXIMUM) {
            gradient[chosen * lanes + lane] = g;
            return;
        }
        float each = config.rule() == ClipRule.MEAN ? g / (steps - firstStep) : g;
        for (int t = firstStep; t < steps; t++) {
            gradient[t * lanes + lane] = each;
        }
    }

    private double rate(float[] output, int steps, int batch, int outputs, int firstStep, float[] gradient) {
        int count = (steps - firstStep) * batch;
        double loss = 0;
        for (int n = 0; n < outputs; n++) {
            double sum = 0;
            for (int row = firstStep * batch; row < steps * batch; row++) {
                sum += output[row * outputs + n];
            }
            double excess = sum / count - config.rateTarget();
            loss += config.rateWeight() * excess * excess / outputs;
            float g = (float) (2 * config.rateWeight() * excess / outputs / count);
            for (int row = firstStep * batch; row < steps * batch; row++) {
                gradient[row * outputs + n] += g;
            }
        }
        return loss;
    }
}
