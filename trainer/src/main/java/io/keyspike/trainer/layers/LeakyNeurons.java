package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LeakyGradients;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.LeakySequence;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.NeuronConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * snnTorch's Leaky and Synaptic, and with recurrent weights RLeaky and RSynaptic, with its gradients whatever the network
 * says about resets. Beta, alpha and threshold are learnt where asked for, one per neuron; beta and alpha are put back into
 * [0, 1] after each step, so that they are what snnTorch, which clamps them where they are used, computes with.
 */
final class LeakyNeurons implements Neurons {
    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final Surrogate surrogate;
    private final LeakyParameters parameters;
    private final @Nullable Parameter learntAlpha;
    private final @Nullable Parameter learntBeta;
    private final @Nullable Parameter learntThreshold;
    private final @Nullable RecurrentWeights recurrent;
    private final LeakyGradients gradients;
    private final LeakySequence sequence;
    private final float[] dx;

    LeakyNeurons(
            KernelBackend backend,
            ParameterSet set,
            String name,
            int width,
            NeuronConfig config,
            @Nullable RecurrentWeights recurrent,
            Surrogate surrogate,
            int maximumRows) {
        this.backend = backend;
        this.name = name;
        this.width = width;
        this.surrogate = surrogate;
        this.recurrent = recurrent;
        boolean synaptic = config.kind() == NeuronConfig.Kind.SYNAPTIC;
        float[] alpha = filled(config.alpha());
        float[] beta = filled(config.beta());
        float[] threshold = filled(config.threshold());
        learntAlpha = synaptic && config.learnAlpha() ? learnt(set, "synapse_decay", alpha) : null;
        learntBeta = config.learnDecay() ? learnt(set, "decay", beta) : null;
        learntThreshold = config.learnThreshold() ? learnt(set, "threshold", threshold) : null;
        parameters = new LeakyParameters(
                synaptic ? values(learntAlpha, alpha) : null,
                values(learntBeta, beta),
                values(learntThreshold, threshold),
                config.reset(),
                config.resetDelay());
        gradients = new LeakyGradients(
                gradient(learntAlpha),
                gradient(learntBeta),
                gradient(learntThreshold),
                recurrent == null ? null : recurrent.gradient());
        int size = Math.multiplyExact(maximumRows, width);
        sequence = LeakySequence.of(parameters, size);
        dx = new float[size];
    }

    private float[] filled(float value) {
        float[] values = new float[width];
        Arrays.fill(values, value);
        return values;
    }

    private Parameter learnt(ParameterSet set, String parameter, float[] initial) {
        return set.parameter(name, parameter, initial, Parameter.Role.OTHER);
    }

    private static float[] values(@Nullable Parameter learnt, float[] fixed) {
        return learnt == null ? fixed : learnt.values();
    }

    private static float @Nullable [] gradient(@Nullable Parameter learnt) {
        return learnt == null ? null : learnt.gradient();
    }

    private @Nullable RecurrentSynapses synapses() {
        return recurrent == null ? null : recurrent.synapses();
    }

    /** @param x overwritten where there are recurrent weights: what the layer's own spikes bring is added to it */
    @Override
    public float[] forward(Pass pass, float[] x) {
        backend.leaky(pass.shape(width), parameters, synapses(), x, sequence);
        return sequence.spikes();
    }

    /** As snnTorch returns it: before the reset where that is delayed, else after it. */
    @Override
    public float[] membrane() {
        return sequence.membrane();
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        return gradients(pass, dy, null);
    }

    @Override
    public float[] backward(Pass pass, float[] dy, float[] dMembrane, boolean inputNeeded) {
        return gradients(pass, dy, dMembrane);
    }

    private float[] gradients(Pass pass, float[] dy, float @Nullable [] dMembrane) {
        backend.leakyBackward(new LeakyBackward(
                pass.shape(width),
                parameters,
                synapses(),
                surrogate,
                sequence,
                new LeakyBackward.Given(dy, dMembrane, null),
                dx,
                gradients));
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        var list = new ArrayList<Parameter>();
        if (learntAlpha != null) {
            list.add(learntAlpha);
        }
        if (learntBeta != null) {
            list.add(learntBeta);
        }
        if (learntThreshold != null) {
            list.add(learntThreshold);
        }
        if (recurrent != null) {
            list.add(recurrent.parameter());
        }
        return list;
    }

    @Override
    public void project() {
        clamp(learntAlpha);
        clamp(learntBeta);
        if (learntThreshold != null) {
            LifConstants.atLeast(LifConstants.LOWEST_THRESHOLD, learntThreshold.values());
        }
    }

    private static void clamp(@Nullable Parameter decay) {
        if (decay != null) {
            float[] values = decay.values();
            for (int n = 0; n < values.length; n++) {
                values[n] = Math.clamp(values[n], 0f, 1f);
            }
        }
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        tensors.put(name + ".decay", Tensor.vector(parameters.decay().clone()));
        tensors.put(name + ".threshold", Tensor.vector(parameters.threshold().clone()));
        RecurrentWiring wiring = RecurrentWiring.NONE;
        if (recurrent != null) {
            recurrent.export(name, tensors);
            wiring = recurrent.wiring();
        }
        float[] alpha = parameters.synapseDecay();
        if (alpha == null) {
            return new Node.Leaky(name, width, parameters.reset(), parameters.resetDelayed(), wiring);
        }
        tensors.put(name + ".synapse_decay", Tensor.vector(alpha.clone()));
        return new Node.Synaptic(name, width, parameters.reset(), parameters.resetDelayed(), wiring);
    }
}
