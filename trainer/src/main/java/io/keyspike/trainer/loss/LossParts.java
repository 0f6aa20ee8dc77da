package io.keyspike.trainer.loss;

/**
 * A batch's loss and hits.
 *
 * @param classification cross-entropy, mean over the batch
 * @param rate firing-rate penalty
 * @param magnitude weight penalty
 * @param correct clips whose largest logit is their label's
 * @param clips B
 */
public record LossParts(double classification, double rate, double magnitude, int correct, int clips) {
    public double total() {
        return classification + rate + magnitude;
    }
}
