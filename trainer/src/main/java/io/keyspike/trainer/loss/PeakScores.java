package io.keyspike.trainer.loss;

import io.keyspike.models.decision.DecisionSettings;
import java.util.List;

/**
 * Scores as the decision stage of a stream computes them, bit for bit ({@link io.keyspike.models.decision.Decision}, as long
 * as nothing is reported): outputs smoothed exponentially from 0, scaled, put through a softmax.
 */
public final class PeakScores {
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
        for (int t = 0; t < steps; t++) {
            int from = (t * batch + b) * outputs;
            float most = Float.NEGATIVE_INFINITY;
            for (int n = 0; n < outputs; n++) {
                smoothed[n] = (1f - smoothing[n]) * smoothed[n] + smoothing[n] * output[from + n];
                most = Math.max(most, smoothed[n]);
            }
            double sum = 0;
            int to = t * outputs;
            for (int n = 0; n < outputs; n++) {
                float below = scale * (smoothed[n] - most);
                double e = below == 0 ? 1 : StrictMath.exp(below);
                scores[to + n] = (float) e;
                sum += e;
            }
            for (int n = 0; n < outputs; n++) {
                scores[to + n] = (float) (scores[to + n] / sum);
            }
        }
    }
}
