package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.Node;
import io.keyspike.models.Tensor;
import io.keyspike.trainer.config.NeuronConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** LIF and hardware neurons; decay and threshold are learnt where asked for. */
final class LifNeurons implements Neurons {
    /** A learnt threshold never falls below this. */
    private static final float LOWEST_THRESHOLD = 0.01f;

    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final Surrogate surrogate;
    private final boolean resetDetached;
    private final boolean hardware;
    private final LifParameters parameters;
    private final @Nullable Squashed learntDecay;
    private final @Nullable Parameter learntThreshold;
    private final float[] membrane;
    private final float[] spikes;
    private final float[] dx;

    LifNeurons(
            KernelBackend backend,
            String name,
            int width,
            NeuronConfig config,
            double stepSeconds,
            Surrogate surrogate,
            boolean resetDetached,
            int maximumRows) {
        this.backend = backend;
        this.name = name;
        this.width = width;
        this.surrogate = surrogate;
        this.resetDetached = resetDetached;
        hardware = config.kind() == NeuronConfig.Kind.HARDWARE;
        float[] decay = new float[width];
        Arrays.fill(decay, (float) Math.exp(-stepSeconds / (config.tauMillis() / 1_000)));
        learntDecay = config.learnDecay() ? new Squashed(name, "decay", decay) : null;
        float[] threshold = new float[width];
        Arrays.fill(threshold, config.threshold());
        learntThreshold =
                config.learnThreshold() ? new Parameter(name, "threshold", threshold, Parameter.Role.OTHER) : null;
        parameters = new LifParameters(
                learntDecay == null ? decay : learntDecay.values(),
                threshold,
                config.reset(),
                hardware ? 0 : Float.NEGATIVE_INFINITY);
        membrane = new float[maximumRows * width];
        spikes = new float[maximumRows * width];
        dx = new float[maximumRows * width];
    }

    @Override
    public float[] forward(Pass pass, float[] x) {
        if (learntDecay != null) {
            learntDecay.update();
        }
        backend.lif(pass.shape(width), parameters, x, membrane, spikes);
        return spikes;
    }

    @Override
    public float[] membrane() {
        return membrane;
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
        backend.lifBackward(
                pass.shape(width),
                parameters,
                surrogate,
                resetDetached,
                membrane,
                dy,
                dMembrane,
                null,
                dx,
                learntDecay == null ? null : learntDecay.gradient(),
                learntThreshold == null ? null : learntThreshold.gradient());
        if (learntDecay != null) {
            learntDecay.backward();
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        var list = new ArrayList<Parameter>();
        if (learntDecay != null) {
            list.add(learntDecay.parameter());
        }
        if (learntThreshold != null) {
            list.add(learntThreshold);
        }
        return list;
    }

    @Override
    public void project() {
        if (learntThreshold != null) {
            float[] threshold = learntThreshold.values();
            for (int n = 0; n < threshold.length; n++) {
                threshold[n] = Math.max(threshold[n], LOWEST_THRESHOLD);
            }
        }
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        if (learntDecay != null) {
            learntDecay.update();
        }
        tensors.put(name + ".decay", Tensor.vector(parameters.decay().clone()));
        tensors.put(name + ".threshold", Tensor.vector(parameters.threshold().clone()));
        return new Node.Lif(name, width, parameters.reset(), hardware ? 0f : null);
    }
}
