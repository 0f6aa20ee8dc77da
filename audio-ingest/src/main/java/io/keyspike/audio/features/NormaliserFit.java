package io.keyspike.audio.features;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures what a {@link Normaliser} needs: mean and (population) standard deviation per channel over all steps added, by
 * Welford's method (1962) in double precision. The steps must come from {@link #specToMeasure}: a log-mel is normalised
 * per band and before frames are stacked, so its fit is over bands.
 *
 * <pre>{@code
 * FeatureExtractor extractor = FeatureExtractors.of(NormaliserFit.specToMeasure(spec));
 * var fit = new NormaliserFit(extractor.spec().width());
 * for (short[] recording : trainingSet) {
 *     for (float[] step : FeatureExtractors.extract(extractor, recording)) {
 *         fit.add(step);
 *     }
 * }
 * spec = spec.withNormaliser(fit.toNormaliser(1, 0.5f, true));
 * }</pre>
 */
public final class NormaliserFit {

    /** A channel whose deviation is at most this fraction of its mean counts as constant. */
    private static final double CONSTANT = 1e-6;

    private final double[] mean;
    private final double[] squares;
    private long steps;

    /**
     * Starts without any steps.
     *
     * @param channels as in {@link FeatureSpec#channels}
     * @throws IllegalArgumentException if there are fewer than 1 or more than {@link LogMelSpec#MAXIMUM_WIDTH}
     */
    public NormaliserFit(int channels) {
        SpecChecks.range("normaliser fit", "channels", channels, 1, LogMelSpec.MAXIMUM_WIDTH);
        mean = new double[channels];
        squares = new double[channels];
    }

    /**
     * The spec whose steps are to be measured.
     *
     * @param spec with or without a normaliser
     * @return the same features without normaliser and without stacked frames
     */
    public static FeatureSpec specToMeasure(FeatureSpec spec) {
        return spec.withNormaliser(null).withoutContext();
    }

    /**
     * Adds a step.
     *
     * @param step {@code [channels]}
     * @throws IllegalArgumentException if it has another length
     */
    public void add(float[] step) {
        if (step.length != mean.length) {
            throw new IllegalArgumentException(
                    "normaliser fit: expected steps of " + mean.length + " channels, found " + step.length);
        }
        steps++;
        for (int c = 0; c < mean.length; c++) {
            double difference = step[c] - mean[c];
            mean[c] += difference / steps;
            squares[c] += difference * (step[c] - mean[c]);
        }
    }

    /** {@return the number of steps added so far} */
    public long steps() {
        return steps;
    }

    /**
     * The normaliser for what was measured; a channel that never changed gets a deviation of 1.
     *
     * @param gain as {@link Normaliser#gain}
     * @param offset as {@link Normaliser#offset}
     * @param rectified as {@link Normaliser#rectified}
     * @return a normaliser with the means and deviations of the steps added so far
     * @throws IllegalStateException if nothing was added
     */
    public Normaliser toNormaliser(float gain, float offset, boolean rectified) {
        if (steps == 0) {
            throw new IllegalStateException("normaliser fit: expected at least 1 step, found 0");
        }
        List<Float> means = new ArrayList<>();
        List<Float> deviations = new ArrayList<>();
        for (int c = 0; c < mean.length; c++) {
            double deviation = Math.sqrt(squares[c] / steps);
            boolean constant = deviation <= CONSTANT * Math.abs(mean[c]) || (float) deviation == 0;
            means.add((float) mean[c]);
            deviations.add(constant ? 1f : (float) deviation);
        }
        return new Normaliser(means, deviations, gain, offset, rectified);
    }
}
