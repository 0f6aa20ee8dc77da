package io.keyspike.trainer.layers;

import io.keyspike.kernels.BatchNorm;
import io.keyspike.kernels.KernelBackend;
import java.util.Arrays;
import java.util.List;

/**
 * Batch normalisation of currents (Ioffe and Szegedy 2015) while training, with running statistics that are folded into
 * the synapse for the model: {@code W' = W·g/√(var+ε)}, {@code b' = (b − mean)·g/√(var+ε) + β}.
 */
final class CurrentNorm implements Stage {
    static final float EPSILON = 1e-5f;

    /** Weight of the newest batch in the running statistics. */
    private static final float MOMENTUM = 0.1f;

    private final KernelBackend backend;
    private final Parameter gain;
    private final Parameter shift;
    private final float[] mean;
    private final float[] variance;
    private final float[] runningMean;
    private final float[] runningVariance;
    private final float[] y;
    private final boolean inParts;
    private float[] x = {};

    /**
     * @param y room for {@code [rows, neurons]} of what {@link #forward} gives; layers may have it in common whose neurons do not
     *     look at their currents again
     * @param inParts whether this sees a part of each batch, so that the running statistics wait for {@link #follow}
     */
    CurrentNorm(
            KernelBackend backend,
            ParameterSet parameters,
            String layer,
            int neurons,
            float initialGain,
            float[] y,
            boolean inParts) {
        this.backend = backend;
        this.y = y;
        this.inParts = inParts;
        float[] initial = new float[neurons];
        Arrays.fill(initial, initialGain);
        gain = parameters.parameter(layer, "norm_gain", initial, Parameter.Role.OTHER);
        shift = parameters.parameter(layer, "norm_shift", new float[neurons], Parameter.Role.OTHER);
        mean = new float[neurons];
        variance = new float[neurons];
        runningMean = new float[neurons];
        runningVariance = new float[neurons];
        Arrays.fill(runningVariance, 1);
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        x = input;
        int rows = pass.rows();
        backend.batchNorm(
                new BatchNorm(rows, mean.length, gain.values(), EPSILON, mean, variance), x, shift.values(), y);
        if (!inParts) {
            follow(mean, variance, rows);
        }
        return y;
    }

    private void follow(float[] batchMean, float[] batchVariance, int batchRows) {
        float unbiased = batchRows > 1 ? batchRows / (batchRows - 1f) : 1;
        for (int n = 0; n < mean.length; n++) {
            runningMean[n] += MOMENTUM * (batchMean[n] - runningMean[n]);
            runningVariance[n] += MOMENTUM * (batchVariance[n] * unbiased - runningVariance[n]);
        }
    }

    /** Mean and variance of the last pass, shared. */
    List<float[]> batchStatistics() {
        return List.of(mean, variance);
    }

    /**
     * Lets the running statistics follow a batch that was learnt in parts: its mean and variance out of those of the parts, added
     * in their order (Chan, Golub and LeVeque 1983).
     *
     * @param parts this layer's normalisation in each of them
     * @param partRows rows of each
     */
    void follow(List<CurrentNorm> parts, int[] partRows) {
        int all = Arrays.stream(partRows).sum();
        float[] batchMean = new float[mean.length];
        float[] batchVariance = new float[mean.length];
        for (int n = 0; n < mean.length; n++) {
            double sum = 0;
            for (int p = 0; p < partRows.length; p++) {
                sum += (double) partRows[p] * parts.get(p).mean[n];
            }
            double together = sum / all;
            double squares = 0;
            for (int p = 0; p < partRows.length; p++) {
                double apart = parts.get(p).mean[n] - together;
                squares += partRows[p] * (parts.get(p).variance[n] + apart * apart);
            }
            batchMean[n] = (float) together;
            batchVariance[n] = (float) (squares / all);
        }
        follow(batchMean, batchVariance, all);
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        backend.batchNormBackward(
                new BatchNorm(pass.rows(), mean.length, gain.values(), EPSILON, mean, variance),
                x,
                dy,
                dy,
                gain.gradient(),
                shift.gradient());
        return dy;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(gain, shift);
    }

    /** What the network carries between batches besides its parameters: running mean and variance. */
    List<float[]> statistics() {
        return List.of(runningMean, runningVariance);
    }

    /** {@code g / √(var + ε)} of neuron {@code n}. */
    double scale(int n) {
        return gain.values()[n] / Math.sqrt((double) runningVariance[n] + EPSILON);
    }

    /** The folded bias of neuron {@code n} whose own bias is {@code bias}. */
    float foldedBias(int n, double bias) {
        return (float) ((bias - runningMean[n]) * scale(n) + shift.values()[n]);
    }
}
