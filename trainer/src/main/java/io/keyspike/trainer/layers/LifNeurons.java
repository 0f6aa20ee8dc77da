package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.Node;
import io.keyspike.models.Tensor;
import io.keyspike.trainer.config.NeuronConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LIF and hardware neurons; decay and threshold are learnt where asked for. Their spikes are kept as bits where a dense
 * synapse reads them, else as floats.
 */
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
    private final Membranes membranes;
    private final float[] spikes;
    private final long @Nullable [] bits;
    private final float[] dx;

    /**
     * @param spikesAsBits whether {@link #spikeBits} are wanted, and the floats that {@link #forward} returns are not
     * @param precision of the membranes kept for the backward pass
     */
    LifNeurons(
            KernelBackend backend,
            ParameterSet set,
            String name,
            int width,
            NeuronConfig config,
            double stepSeconds,
            Surrogate surrogate,
            boolean resetDetached,
            boolean spikesAsBits,
            Membranes.Precision precision,
            int maximumSteps,
            int maximumBatch) {
        this.backend = backend;
        this.name = name;
        this.width = width;
        this.surrogate = surrogate;
        this.resetDetached = resetDetached;
        hardware = config.kind() == NeuronConfig.Kind.HARDWARE;
        float[] decay = new float[width];
        Arrays.fill(decay, (float) Math.exp(-stepSeconds / (config.tauMillis() / 1_000)));
        learntDecay = config.learnDecay() ? new Squashed(set, name, "decay", decay) : null;
        float[] threshold = new float[width];
        Arrays.fill(threshold, config.threshold());
        learntThreshold =
                config.learnThreshold() ? set.parameter(name, "threshold", threshold, Parameter.Role.OTHER) : null;
        parameters = new LifParameters(
                learntDecay == null ? decay : learntDecay.values(),
                learntThreshold == null ? threshold : learntThreshold.values(),
                config.reset(),
                hardware ? 0 : Float.NEGATIVE_INFINITY);
        var largest = new SequenceShape(maximumSteps, maximumBatch, width);
        membranes = Membranes.of(precision, largest.size());
        bits = spikesAsBits
                ? new long[Math.multiplyExact(maximumSteps, SpikeBits.wordsPerStep(largest.lanes()))]
                : null;
        spikes = new float[spikesAsBits ? 0 : largest.size()];
        dx = new float[largest.size()];
    }

    @Override
    public float[] forward(Pass pass, float[] x) {
        if (learntDecay != null) {
            learntDecay.update();
        }
        backend.lifTraining(
                pass.shape(width),
                parameters,
                x,
                pass.constantCurrent(),
                membranes,
                bits == null ? spikes : null,
                bits);
        return spikes;
    }

    @Override
    public long @Nullable [] spikeBits() {
        return bits;
    }

    @Override
    public boolean takesConstantCurrent() {
        return true;
    }

    @Override
    public float @Nullable [] membrane() {
        return membranes.floats();
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
        backend.lifTrainingBackward(
                pass.shape(width),
                parameters,
                surrogate,
                resetDetached,
                membranes,
                dy,
                false,
                dMembrane,
                dx,
                pass.constantCurrent(),
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
