package io.keyspike.trainer.layers;

import io.keyspike.kernels.LifParameters;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.NeuronConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decay and threshold of LIF and hardware neurons, trained where asked for. Kernels see the nominal decays, bent by
 * the layer's {@link TimeConstantMismatch}.
 */
final class LifConstants {
    /** A learnt threshold never falls below this. */
    static final float LOWEST_THRESHOLD = 0.01f;

    private final LifParameters parameters;
    private final float[] meantDecay;
    private final float[] leakFactors;
    private final @Nullable SigmoidParameter learntDecay;
    private final @Nullable Parameter learntThreshold;
    private final boolean hardware;

    LifConstants(ParameterSet set, TimeConstantMismatch leaks, int width, NeuronConfig config, double stepSeconds) {
        String name = leaks.layer();
        leakFactors = leaks.factors();
        hardware = config.kind() == NeuronConfig.Kind.HARDWARE;
        float[] decay = new float[width];
        Arrays.fill(decay, (float) Math.exp(-stepSeconds / (config.tauMillis() / 1_000)));
        learntDecay = config.learnDecay() ? new SigmoidParameter(set, name, "decay", decay) : null;
        float[] threshold = new float[width];
        Arrays.fill(threshold, config.threshold());
        learntThreshold =
                config.learnThreshold() ? set.parameter(name, "threshold", threshold, Parameter.Role.OTHER) : null;
        meantDecay = learntDecay == null ? decay : learntDecay.values();
        parameters = new LifParameters(
                meantDecay.clone(),
                learntThreshold == null ? threshold : learntThreshold.values(),
                config.reset(),
                hardware ? 0 : Float.NEGATIVE_INFINITY);
    }

    /** As of the last {@link #update}. */
    LifParameters parameters() {
        return parameters;
    }

    /** Lower clamp of the membrane as the model has it, or null. */
    @Nullable
    Float membraneFloor() {
        return hardware ? 0f : null;
    }

    /** Before a forward pass. */
    void update() {
        if (learntDecay != null) {
            learntDecay.update();
        }
        float[] decay = parameters.decay();
        for (int n = 0; n < decay.length; n++) {
            decay[n] = leakFactors[n] == 1f ? meantDecay[n] : (float) Math.pow(meantDecay[n], 1 / leakFactors[n]);
        }
    }

    float @Nullable [] decayGradient() {
        return learntDecay == null ? null : learntDecay.gradient();
    }

    float @Nullable [] thresholdGradient() {
        return learntThreshold == null ? null : learntThreshold.gradient();
    }

    /** After a backward pass. */
    void backward() {
        if (learntDecay != null) {
            straighten(learntDecay.gradient());
            learntDecay.backward();
        }
    }

    /** Turns gradients of the bent decays into those of the nominal decays: dβ^(1/f)/dβ = β^(1/f) / (f·β). */
    private void straighten(float[] gradient) {
        for (int n = 0; n < gradient.length; n++) {
            if (leakFactors[n] != 1f) {
                gradient[n] *= parameters.decay()[n] / (leakFactors[n] * meantDecay[n]);
            }
        }
    }

    /** Learnt ones only. */
    List<Parameter> learnt() {
        var list = new ArrayList<Parameter>();
        if (learntDecay != null) {
            list.add(learntDecay.parameter());
        }
        if (learntThreshold != null) {
            list.add(learntThreshold);
        }
        return list;
    }

    void project() {
        if (learntThreshold != null) {
            atLeast(LOWEST_THRESHOLD, learntThreshold.values());
        }
    }

    static void atLeast(float least, float[] values) {
        for (int n = 0; n < values.length; n++) {
            values[n] = Math.max(values[n], least);
        }
    }

    void export(String name, Map<String, Tensor> tensors) {
        update();
        tensors.put(name + ".decay", Tensor.vector(meantDecay.clone()));
        tensors.put(name + ".threshold", Tensor.vector(parameters.threshold().clone()));
    }
}
