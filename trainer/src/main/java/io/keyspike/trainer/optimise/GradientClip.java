package io.keyspike.trainer.optimise;

import io.keyspike.trainer.layers.Parameter;
import java.util.List;

/** Gradient clipping by global norm (Pascanu et al. 2013). */
public final class GradientClip {
    private static final double GUARD = 1e-6;

    private GradientClip() {}

    /**
     * Scales all gradients by {@code min(1, limit / (norm + 1e-6))}.
     *
     * @return the norm before
     */
    public static double apply(List<Parameter> parameters, double limit) {
        double squares = 0;
        for (Parameter p : parameters) {
            for (float g : p.gradient()) {
                squares += (double) g * g;
            }
        }
        double norm = Math.sqrt(squares);
        float factor = (float) (limit / (norm + GUARD));
        if (factor < 1) {
            for (Parameter p : parameters) {
                float[] g = p.gradient();
                for (int i = 0; i < g.length; i++) {
                    g[i] *= factor;
                }
            }
        }
        return norm;
    }
}
