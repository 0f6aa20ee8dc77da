package io.keyspike.trainer.layers;

import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.DelayConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Axonal delays, learnt as in DCLS (Hammouamri, Khalfaoui-Hassani and Masquelier 2024): while training, neuron n gives
 *
 * <pre>
 * y[t, n] = Σ_k g_k(d_n)·s[t − k, n]     g_k(d) = exp(−(k − d)²/2σ²), divided by the sum over k = 0 … D
 * </pre>
 *
 * with a deviation σ that narrows ({@link DelayWidth}). The gradient reaches d through g. The model has d rounded, and so has the
 * training once σ is 0. What is learnt is d divided by the configured rate.
 */
final class AxonDelays implements Stage {
    private final String name;
    private final int width;
    private final int maximum;
    private final float rate;
    private final DelayWidth sigma;
    private final Parameter delay;

    /** g, {@code [D + 1, N]}. */
    private final float[] share;

    /** dg/dd, likewise. */
    private final float[] slope;

    private final float[] y;
    private final float[] dx;
    private float[] x = {};

    AxonDelays(
            ParameterSet parameters,
            String layer,
            int width,
            DelayConfig config,
            DelayWidth sigma,
            SplitMix random,
            int maximumRows) {
        this.name = layer + "_delay";
        this.width = width;
        this.sigma = sigma;
        maximum = config.maximumSteps();
        rate = (float) config.rate();
        float[] initial = new float[width];
        for (int n = 0; n < width; n++) {
            initial[n] = (float) (random.between(0, maximum) / config.rate());
        }
        delay = parameters.parameter(layer, "delay", initial, Parameter.Role.OTHER);
        share = new float[(maximum + 1) * width];
        slope = new float[(maximum + 1) * width];
        y = new float[Math.multiplyExact(maximumRows, width)];
        dx = new float[y.length];
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        x = input;
        interpolate();
        int size = pass.rows() * width;
        Arrays.fill(y, 0, size, 0f);
        for (int k = 0; k <= maximum && k < pass.steps(); k++) {
            int shift = k * pass.batch() * width;
            for (int at = shift; at < size; at += width) {
                for (int n = 0; n < width; n++) {
                    y[at + n] += share[k * width + n] * input[at - shift + n];
                }
            }
        }
        return y;
    }

    private void interpolate() {
        double deviation = sigma.steps();
        Arrays.fill(share, 0f);
        Arrays.fill(slope, 0f);
        for (int n = 0; n < width; n++) {
            if (deviation == 0) {
                share[rounded(n) * width + n] = 1f;
            } else {
                interpolate(n, delay.values()[n] * (double) rate, 1 / (deviation * deviation));
            }
        }
    }

    private void interpolate(int n, double d, double precision) {
        // of the nearest step, so that the sum is at least about 1 however narrow the others are
        double nearest = Math.clamp(Math.rint(d), 0, maximum) - d;
        double sum = 0;
        double mean = 0;
        for (int k = 0; k <= maximum; k++) {
            double g = weight(k - d, nearest, precision);
            sum += g;
            mean += g * (k - d);
        }
        mean /= sum;
        for (int k = 0; k <= maximum; k++) {
            double g = weight(k - d, nearest, precision) / sum;
            share[k * width + n] = (float) g;
            slope[k * width + n] = (float) (g * (k - d - mean) * precision);
        }
    }

    private static double weight(double distance, double nearest, double precision) {
        return Math.exp(-0.5 * (distance * distance - nearest * nearest) * precision);
    }

    private int rounded(int n) {
        return (int) Math.clamp(Math.rint(delay.values()[n] * rate), 0, maximum);
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        int size = pass.rows() * width;
        Arrays.fill(dx, 0, size, 0f);
        for (int k = 0; k <= maximum && k < pass.steps(); k++) {
            int shift = k * pass.batch() * width;
            for (int at = shift; at < size; at += width) {
                for (int n = 0; n < width; n++) {
                    dx[at - shift + n] += share[k * width + n] * dy[at + n];
                }
            }
        }
        if (sigma.steps() > 0) {
            delays(pass, dy);
        }
        return dx;
    }

    private void delays(Pass pass, float[] dy) {
        int size = pass.rows() * width;
        float[] gradient = delay.gradient();
        for (int k = 0; k <= maximum && k < pass.steps(); k++) {
            int shift = k * pass.batch() * width;
            for (int at = shift; at < size; at += width) {
                for (int n = 0; n < width; n++) {
                    gradient[n] += rate * slope[k * width + n] * (dy[at + n] * x[at - shift + n]);
                }
            }
        }
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(delay);
    }

    @Override
    public void project() {
        float[] values = delay.values();
        for (int n = 0; n < width; n++) {
            values[n] = Math.clamp(values[n], 0f, maximum / rate);
        }
    }

    /** The node behind neurons, with their delays rounded. */
    Node export(Node neurons, Map<String, Tensor> tensors) {
        float[] steps = new float[width];
        for (int n = 0; n < width; n++) {
            steps[n] = rounded(n);
        }
        tensors.put(name + ".delay", Tensor.vector(steps));
        return new Node.AxonDelay(name, width, neurons.maximumSpikes(), maximum);
    }
}
