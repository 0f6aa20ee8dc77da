package io.keyspike.trainer.loss;

/** Softmax cross-entropy with label smoothing (Szegedy et al. 2016). */
final class CrossEntropy {

    private CrossEntropy() {}

    /**
     * Loss of one clip; target probabilities are {@code smoothing/N} each and {@code 1 − smoothing} more for the label.
     *
     * @param logits {@code [N]}; overwritten by the gradient
     */
    static double applyInPlace(double[] logits, int label, double smoothing) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double z : logits) {
            largest = Math.max(largest, z);
        }
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z - largest);
        }
        double logSum = largest + Math.log(sum);
        double loss = 0;
        for (int n = 0; n < logits.length; n++) {
            double target = smoothing / logits.length + (n == label ? 1 - smoothing : 0);
            double logProbability = logits[n] - logSum;
            loss -= target * logProbability;
            logits[n] = Math.exp(logProbability) - target;
        }
        return loss;
    }
}
