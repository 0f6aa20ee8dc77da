package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;

/** Strips of one lane as plain loops. Unchecked. */
public final class ScalarStrips implements LifStrips {

    public static final ScalarStrips INSTANCE = new ScalarStrips();

    private ScalarStrips() {}

    @Override
    public int width() {
        return 1;
    }

    @Override
    public void run(
            int count,
            int[] base,
            int steps,
            int stride,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float[] current,
            float[] membrane,
            float[] spikes,
            float[] state) {
        for (int strip = 0; strip < count; strip++) {
            float beta = decay[strip];
            float theta = threshold[strip];
            float u = state[strip];
            int at = base[strip];
            for (int t = 0; t < steps; t++, at += stride) {
                float p = NeuronArithmetic.lifMembrane(beta, u, current[at]);
                membrane[at] = p;
                spikes[at] = NeuronArithmetic.lifFires(p, theta) ? 1f : 0f;
                u = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            }
            state[strip] = u;
        }
    }
}
