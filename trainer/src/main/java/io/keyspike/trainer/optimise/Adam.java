package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019, algorithm 2):
 *
 * <pre>
 * Adam:  g ← g + decay·w          AdamW:  w ← w − rate·decay·w
 * m ← β₁m + (1 − β₁)g             v ← β₂v + (1 − β₂)g²
 * w ← w − rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * Decay applies to weight matrices only.
 */
public final class Adam {
    private final OptimiserConfig config;
    private final List<Parameter> parameters;
    private final List<float[]> firstMoments = new ArrayList<>();
    private final List<float[]> secondMoments = new ArrayList<>();
    private long steps;

    public Adam(OptimiserConfig config, List<Parameter> parameters) {
        this.config = config;
        this.parameters = List.copyOf(parameters);
        for (Parameter p : parameters) {
            firstMoments.add(new float[p.values().length]);
            secondMoments.add(new float[p.values().length]);
        }
    }

    /** One step along the parameters' gradients; {@code rateFactor} is the schedule's. */
    public void step(double rateFactor) {
        steps++;
        double firstCorrection = 1 - Math.pow(config.beta1(), (double) steps);
        float secondRoot = (float) Math.sqrt(1 - Math.pow(config.beta2(), (double) steps));
        for (int i = 0; i < parameters.size(); i++) {
            Parameter p = parameters.get(i);
            double rate = config.learningRateOf(p.layer()) * rateFactor;
            float decay = p.role() == Parameter.Role.MATRIX ? (float) config.weightDecay() : 0;
            boolean decoupled = config.kind() == OptimiserConfig.Kind.ADAM_W;
            update(
                    p.values(),
                    p.gradient(),
                    firstMoments.get(i),
                    secondMoments.get(i),
                    (float) (rate / firstCorrection),
                    secondRoot,
                    decoupled ? 0 : decay,
                    decoupled ? (float) (1 - rate * decay) : 1);
            clamp(p);
        }
    }

    private void update(
            float[] w, float[] g, float[] m, float[] v, float rate, float secondRoot, float decay, float shrink) {
        float b1 = (float) config.beta1();
        float c1 = (float) (1 - config.beta1());
        float b2 = (float) config.beta2();
        float c2 = (float) (1 - config.beta2());
        float epsilon = (float) config.epsilon();
        for (int i = 0; i < w.length; i++) {
            float gi = g[i] + decay * w[i];
            float mi = b1 * m[i] + c1 * gi;
            float vi = b2 * v[i] + c2 * gi * gi;
            m[i] = mi;
            v[i] = vi;
            w[i] = w[i] * shrink - rate * (mi / ((float) Math.sqrt(vi) / secondRoot + epsilon));
        }
    }

    private void clamp(Parameter p) {
        Float limit = config.clampWeights();
        if (limit == null || !p.synaptic()) {
            return;
        }
        float[] w = p.values();
        for (int i = 0; i < w.length; i++) {
            w[i] = Math.clamp(w[i], -limit, limit);
        }
    }

    /** Steps taken. */
    public long steps() {
        return steps;
    }

    /** Goes on after a checkpoint, whose moments have been put into {@link #moments}. */
    public void resumeAt(long stepsTaken) {
        steps = stepsTaken;
    }

    /** First and second moments, shared: what a checkpoint keeps. */
    public List<float[]> moments() {
        var all = new ArrayList<>(firstMoments);
        all.addAll(secondMoments);
        return all;
    }
}
