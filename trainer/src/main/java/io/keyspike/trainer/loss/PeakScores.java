package io.keyspike.trainer.loss;

import io.keyspike.audio.features.BlockMath;
import io.keyspike.models.decision.DecisionSettings;
import java.util.List;

/**
 * Scores as the decision stage of a stream computes them, bit for bit ({@link io.keyspike.models.decision.Decision}, as long
 * as nothing is reported): outputs smoothed exponentially from 0, scaled, put through a softmax.
 */
public final class PeakScores {
    /** Steps whose exponentials are taken together: of one step they would not fill vectors. */
    private static final int TILE = 64;

    private final float[] smoothing;
    private final float scale;

    /**
     * @param settings of the decision stage: its scale, and the time constants of the smoothing
     * @param labels of the outputs, in order
     * @param stepSeconds the network's time step
     */
    public PeakScores(DecisionSettings settings, List<String> labels, double stepSeconds) {
        scale = settings.scale();
        smoothing = smoothing(settings, labels, stepSeconds);
    }

    /** What a new output weighs in the smoothed one, by label. */
    static float[] smoothing(DecisionSettings settings, List<String> labels, double stepSeconds) {
        float[] smoothing = new float[labels.size()];
        for (int n = 0; n < smoothing.length; n++) {
            Double own = settings.keyword(labels.get(n)).smoothingSeconds();
            double seconds = own == null ? settings.smoothingSeconds() : own;
            smoothing[n] = seconds == 0 ? 1f : (float) -StrictMath.expm1(-stepSeconds / seconds);
        }
        return smoothing;
    }

    /**
     * The scores of one sequence.
     *
     * @param output {@code [T, B, N]}
     * @param b which sequence of the batch
     * @param scores {@code [T, N]} at least, written; of a batch of one it may be the output itself
     */
    public void of(float[] output, int steps, int batch, int outputs, int b, float[] scores) {
        float[] smoothed = new float[outputs];
        double[] exponentials = new double[Math.min(steps, TILE) * outputs];
        for (int from = 0; from < steps; from += TILE) {
            int to = Math.min(steps, from + TILE);
            int count = 0;
            for (int t = from; t < to; t++) {
                below(output, (t * batch + b) * outputs, smoothed, scores, t * outputs);
                for (int n = 0; n < outputs; n++) {
                    float below = scores[t * outputs + n];
                    // A 0, which is in every step, would have its whole vector computed number by number.
                    if (below != 0) {
                        exponentials[count++] = below;
                    }
                }
            }
            BlockMath.exp(exponentials, count);
            count = 0;
            for (int t = from; t < to; t++) {
                count = softmax(exponentials, count, scores, t * outputs, outputs);
            }
        }
    }

    /** How far each label lies below the highest one. */
    private void below(float[] output, int from, float[] smoothed, float[] scores, int to) {
        float most = Float.NEGATIVE_INFINITY;
        for (int n = 0; n < smoothed.length; n++) {
            smoothed[n] = (1f - smoothing[n]) * smoothed[n] + smoothing[n] * output[from + n];
            most = Math.max(most, smoothed[n]);
        }
        for (int n = 0; n < smoothed.length; n++) {
            scores[to + n] = scale * (smoothed[n] - most);
        }
    }

    /** From what {@link #below} gave to scores. @return the first exponential of the next step */
    private static int softmax(double[] exponentials, int first, float[] scores, int at, int outputs) {
        int next = first;
        double sum = 0;
        for (int n = at; n < at + outputs; n++) {
            double e = scores[n] == 0 ? 1 : exponentials[next++];
            scores[n] = (float) e;
            sum += e;
        }
        for (int n = at; n < at + outputs; n++) {
            scores[n] = (float) (scores[n] / sum);
        }
        return next;
    }
}
