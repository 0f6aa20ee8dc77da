package io.keyspike.audio.features;

import java.util.List;

/**
 * Fixed normalisation per channel: {@code x = gain · (f − mean) / deviation + offset}, then {@code max(0, x)} where
 * {@code rectified}. A clip's own minimum and maximum cannot be known online, so mean and deviation come from the
 * training set.
 *
 * @param mean {@code [channels]}
 * @param deviation {@code [channels]}, standard deviation, greater than 0
 * @param gain factor of the standardised value
 * @param offset added after the gain
 * @param rectified whether negative values become 0, as inputs of the hardware front end must be
 */
public record Normaliser(List<Float> mean, List<Float> deviation, float gain, float offset, boolean rectified) {

    /**
     * Copies and checks the numbers.
     *
     * @throws IllegalArgumentException if the lists differ in length, or a number is not finite or out of range
     */
    public Normaliser {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != deviation.size()) {
            throw new IllegalArgumentException("normaliser: expected as many deviations as means (" + mean.size()
                    + "), found " + deviation.size());
        }
        for (float d : deviation) {
            if (!(d > 0) || !Float.isFinite(d)) {
                throw new IllegalArgumentException("normaliser: expected deviations above 0, found " + d);
            }
        }
        for (float m : mean) {
            if (!Float.isFinite(m)) {
                throw new IllegalArgumentException("normaliser: expected finite means, found " + m);
            }
        }
        if (!Float.isFinite(gain) || !Float.isFinite(offset)) {
            throw new IllegalArgumentException(
                    "normaliser: expected finite gain and offset, found " + gain + " and " + offset);
        }
    }
}
