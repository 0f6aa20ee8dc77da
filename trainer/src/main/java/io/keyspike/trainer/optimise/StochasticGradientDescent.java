package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Stochastic gradient descent with momentum, in the form of Sutskever et al. 2013 that PyTorch has, where the learning rate
 * stands outside the velocity:
 *
 * <pre>
 * g ← g + decay·w        v ← momentum·v + g        w ← w − rate·v, or of Nesterov: w ← w − rate·(g + momentum·v)
 * </pre>
 *
 * Decay applies to weight matrices only.
 */
final class StochasticGradientDescent implements Optimiser {
    private final OptimiserConfig config;
    private final WeightLimits limits;
    private final List<Parameter> parameters;
    private final List<float[]> velocities = new ArrayList<>();
    private long steps;
    private double rateFactor;

    StochasticGradientDescent(OptimiserConfig config, List<Parameter> parameters) {
        this.config = config;
        this.parameters = List.copyOf(parameters);
        limits = new WeightLimits(config);
        for (Parameter p : parameters) {
            velocities.add(new float[p.values().length]);
        }
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public void begin(double factor) {
        steps++;
        rateFactor = factor;
    }

    @Override
    public void update(int parameter, int from, int to) {
        Parameter p = parameters.get(parameter);
        float rate = (float) (config.learningRateOf(p.layer()) * rateFactor);
        float decay = p.role() == Parameter.Role.MATRIX ? (float) config.weightDecay() : 0;
        float momentum = (float) config.momentum();
        boolean nesterov = config.nesterov();
        float[] w = p.values();
        float[] g = p.gradient();
        float[] v = velocities.get(parameter);
        for (int i = from; i < to; i++) {
            float gi = g[i] + decay * w[i];
            float vi = momentum * v[i] + gi;
            v[i] = vi;
            w[i] -= rate * (nesterov ? gi + momentum * vi : vi);
        }
        limits.hold(p, from, to);
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public void resumeAt(long stepsTaken) {
        steps = stepsTaken;
    }

    @Override
    public List<float[]> state() {
        return List.copyOf(velocities);
    }
}
