package io.keyspike.trainer.loss;

/**
 * Scores as the decision stage of a stream computes them: outputs smoothed exponentially from 0, scaled, put through a
 * softmax.
 */
public final class PeakScores {
    private final float smoothing;
    private final float scale;

    /**
     * @param smoothingSeconds time constant; 0 for none
     * @param scale of the smoothed outputs
     * @param stepSeconds the network's time step
     */
    public PeakScores(double smoothingSeconds, float scale, double stepSeconds) {
        this.scale = scale;
        smoothing = smoothing(smoothingSeconds, stepSeconds);
    }

    /** What a new output weighs in the smoothed one. */
    static float smoothing(double smoothingSeconds, double stepSeconds) {
        return smoothingSeconds == 0 ? 1f : (float) -StrictMath.expm1(-stepSeconds / smoothingSeconds);
    }

    /**
     * The scores of one sequence.
     *
     * @param output {@code [T, B, N]}
     * @param b which sequence of the batch
     * @param scores {@code [T, N]} at least, written
     */
    public void of(float[] output, int steps, int batch, int outputs, int b, float[] scores) {
        float kept = 1 - smoothing;
        float[] smoothed = new float[outputs];
        for (int t = 0; t < steps; t++) {
            int from = (t * batch + b) * outputs;
            float most = Float.NEGATIVE_INFINITY;
            for (int n = 0; n < outputs; n++) {
                smoothed[n] = kept * smoothed[n] + smoothing * output[from + n];
                most = Math.max(most, smoothed[n]);
            }
            double sum = 0;
            int to = t * outputs;
            for (int n = 0; n < outputs; n++) {
                double e = Math.exp(scale * (double) (smoothed[n] - most));
                scores[to + n] = (float) e;
                sum += e;
            }
            for (int n = 0; n < outputs; n++) {
                scores[to + n] = (float) (scores[to + n] / sum);
            }
        }
    }
}
