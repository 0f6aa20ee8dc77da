package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), AdamW (Loshchilov and Hutter 2019, algorithm 2), and either with AMSGrad's v
 * (Reddi et al. 2018, algorithm 2), which never falls:
 *
 * <pre>
 * Adam:  g ← g + decay·w          AdamW:  w ← w − rate·decay·w
 * m ← β₁m + (1 − β₁)g             v ← β₂v + (1 − β₂)g²             AMSGrad: v̂ ← max(v̂, v), else v̂ = v
 * w ← w − rate/(1 − β₁ᵗ) · m / (√v̂/√(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * Decay applies to weight matrices only.
 */
final class Adam implements Optimiser {
    private final OptimiserConfig config;
    private final WeightLimits limits;
    private final List<Parameter> parameters;
    private final List<float[]> firstMoments = new ArrayList<>();
    private final List<float[]> secondMoments = new ArrayList<>();
    private final List<float[]> largestMoments = new ArrayList<>();
    private long steps;
    private double rateFactor;

    Adam(OptimiserConfig config, List<Parameter> parameters) {
        this.config = config;
        this.parameters = List.copyOf(parameters);
        limits = new WeightLimits(config);
        for (Parameter p : parameters) {
            firstMoments.add(new float[p.values().length]);
            secondMoments.add(new float[p.values().length]);
            if (config.amsgrad()) {
                largestMoments.add(new float[p.values().length]);
            }
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
        double rate = config.learningRateOf(p.layer()) * rateFactor;
        float decay = p.role() == Parameter.Role.MATRIX ? (float) config.weightDecay() : 0;
        boolean decoupled = config.kind() == OptimiserConfig.Kind.ADAM_W;
        double firstCorrection = 1 - Math.pow(config.beta1(), (double) steps);
        float secondRoot = (float) Math.sqrt(1 - Math.pow(config.beta2(), (double) steps));
        move(
                p.values(),
                p.gradient(),
                firstMoments.get(parameter),
                secondMoments.get(parameter),
                config.amsgrad() ? largestMoments.get(parameter) : null,
                (float) (rate / firstCorrection),
                secondRoot,
                decoupled ? 0 : decay,
                decoupled ? (float) (1 - rate * decay) : 1,
                from,
                to);
        limits.hold(p, from, to);
    }

    /** @param largest AMSGrad's v̂, or null */
    private void move(
            float[] w,
            float[] g,
            float[] m,
            float[] v,
            float @Nullable [] largest,
            float rate,
            float secondRoot,
            float decay,
            float shrink,
            int from,
            int to) {
        float b1 = (float) config.beta1();
        float c1 = (float) (1 - config.beta1());
        float b2 = (float) config.beta2();
        float c2 = (float) (1 - config.beta2());
        float epsilon = (float) config.epsilon();
        for (int i = from; i < to; i++) {
            float gi = g[i] + decay * w[i];
            float mi = b1 * m[i] + c1 * gi;
            float vi = b2 * v[i] + c2 * gi * gi;
            m[i] = mi;
            v[i] = vi;
            float most = vi;
            if (largest != null) {
                most = Math.max(largest[i], vi);
                largest[i] = most;
            }
            w[i] = w[i] * shrink - rate * (mi / ((float) Math.sqrt(most) / secondRoot + epsilon));
        }
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
        var all = new ArrayList<>(firstMoments);
        all.addAll(secondMoments);
        all.addAll(largestMoments);
        return all;
    }
}
