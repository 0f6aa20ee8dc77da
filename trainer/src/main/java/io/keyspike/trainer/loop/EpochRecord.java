package io.keyspike.trainer.loop;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One epoch's figures.
 *
 * @param epoch from 1
 * @param classificationLoss what the classes cost, mean over the epoch's clips
 * @param rateLoss firing-rate penalty, likewise
 * @param magnitudeLoss weight penalty, likewise
 * @param trainingAccuracy of the passes that taught, so with dropout, changed clips and weights in motion
 * @param validationAccuracy of the exported network
 * @param firingRates of the exported network on the validation clips, by layer in order: spikes per neuron and step
 * @param learningRate of the epoch's last batch
 * @param samplesPerSecond training clips per second, validation not counted
 */
public record EpochRecord(
        int epoch,
        double classificationLoss,
        double rateLoss,
        double magnitudeLoss,
        double trainingAccuracy,
        double validationAccuracy,
        Map<String, Double> firingRates,
        double learningRate,
        double samplesPerSecond) {

    public EpochRecord {
        firingRates = Collections.unmodifiableMap(new LinkedHashMap<>(firingRates));
    }

    public double loss() {
        return classificationLoss + rateLoss + magnitudeLoss;
    }
}
