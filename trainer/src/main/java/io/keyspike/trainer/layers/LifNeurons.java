package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifTraining;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LIF and hardware neurons; decay and threshold are learnt where asked for. Their spikes are kept as bits where a dense
 * synapse reads them, else as floats.
 */
final class LifNeurons implements Neurons {
    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final Surrogate surrogate;
    private final boolean resetDetached;
    private final LifConstants constants;
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
            String name,
            int width,
            LifConstants constants,
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
        this.constants = constants;
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
        constants.update();
        backend.lifTraining(new LifTraining(
                pass.shape(width),
                constants.parameters(),
                x,
                pass.constantCurrent(),
                membranes,
                bits == null ? spikes : null,
                bits));
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
        backend.lifBackward(new LifBackward(
                pass.shape(width),
                constants.parameters(),
                surrogate,
                resetDetached,
                membranes,
                new LifBackward.Given(dy, false, dMembrane, null),
                new LifBackward.Wanted(
                        dx, pass.constantCurrent(), constants.decayGradient(), constants.thresholdGradient())));
        constants.backward();
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return constants.learnt();
    }

    @Override
    public void project() {
        constants.project();
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        constants.export(name, tensors);
        return new Node.Lif(name, width, constants.parameters().reset(), constants.membraneFloor());
    }
}
