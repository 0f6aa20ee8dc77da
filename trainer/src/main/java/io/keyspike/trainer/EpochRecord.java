package io.keyspike.trainer;

/**
 * One epoch's figures.
 *
 * @param epoch from 1
 * @param classificationLoss cross-entropy, mean over the epoch's clips
 * @param rateLoss firing-rate penalty, likewise
 * @param magnitudeLoss weight penalty, likewise
 * @param trainingAccuracy of the passes that taught, so with dropout, changed clips and weights in motion
 * @param validationAccuracy of the exported network
 * @param samplesPerSecond training clips per second, validation not counted
 */
public record EpochRecord(
        int epoch,
        double classificationLoss,
        double rateLoss,
        double magnitudeLoss,
        double trainingAccuracy,
        double validationAccuracy,
        double samplesPerSecond) {

    public double loss() {
        return classificationLoss + rateLoss + magnitudeLoss;
    }
}
