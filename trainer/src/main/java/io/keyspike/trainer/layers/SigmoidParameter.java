package io.keyspike.trainer.layers;

/** A decay kept within (0, 1) as the sigmoid of a parameter without limits. */
final class SigmoidParameter {
    private final Parameter raw;
    private final float[] values;
    private final float[] gradient;

    SigmoidParameter(ParameterSet parameters, String layer, String name, float[] initial) {
        float[] logits = new float[initial.length];
        for (int n = 0; n < initial.length; n++) {
            logits[n] = (float) Math.log(initial[n] / (1.0 - initial[n]));
        }
        raw = parameters.parameter(layer, name, logits, Parameter.Role.SIGMOID);
        values = new float[initial.length];
        gradient = new float[initial.length];
        update();
    }

    Parameter parameter() {
        return raw;
    }

    /** As of the last {@link #update}. */
    float[] values() {
        return values;
    }

    /** Gradient of the decays, set to zero by {@link #update}. */
    float[] gradient() {
        return gradient;
    }

    void update() {
        for (int n = 0; n < values.length; n++) {
            values[n] = (float) (1 / (1 + Math.exp(-raw.values()[n])));
            gradient[n] = 0;
        }
    }

    /** Passes the gradient on to the parameter, dσ/dx = σ(1 − σ), and sets it to zero, so that a pass may be repeated. */
    void backward() {
        for (int n = 0; n < values.length; n++) {
            raw.gradient()[n] += gradient[n] * values[n] * (1 - values[n]);
            gradient[n] = 0;
        }
    }
}
