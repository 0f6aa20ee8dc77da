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
    public void run(Strips strips, int count, int steps, Sequence sequence) {
        int stride = sequence.stride();
        int reset = sequence.reset();
        float floor = sequence.floor();
        float[] current = sequence.current();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
        for (int strip = 0; strip < count; strip++) {
            float beta = strips.decay()[strip];
            float theta = strips.threshold()[strip];
            float u = strips.u()[strip];
            int at = strips.base()[strip];
            for (int t = 0; t < steps; t++, at += stride) {
                float p = NeuronArithmetic.lifMembrane(beta, u, current[at]);
                membrane[at] = p;
                spikes[at] = NeuronArithmetic.lifFires(p, theta) ? 1f : 0f;
                u = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            }
            strips.u()[strip] = u;
        }
    }
}
