package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.NeuronConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Leaky readout, which begins from zero at the pass's first step. */
final class ReadoutNeurons implements Neurons {
    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final float[] decay;
    private final @Nullable SigmoidParameter learntDecay;
    private final float[] current;
    private final float[] afterPrefix;
    private final float[] afterPrefixGradient;
    private final float[] output;
    private final float[] dx;

    ReadoutNeurons(
            KernelBackend backend,
            ParameterSet parameters,
            String name,
            int width,
            NeuronConfig config,
            int maximumRows) {
        this.backend = backend;
        this.name = name;
        this.width = width;
        float[] initial = new float[width];
        Arrays.fill(initial, config.readoutDecay());
        learntDecay = config.learnReadoutDecay() ? new SigmoidParameter(parameters, name, "decay", initial) : null;
        decay = learntDecay == null ? initial : learntDecay.values();
        int size = maximumRows * width;
        current = new float[size];
        afterPrefix = new float[size];
        afterPrefixGradient = new float[size];
        output = new float[size];
        dx = new float[size];
    }

    @Override
    public float[] forward(Pass pass, float[] x) {
        if (learntDecay != null) {
            learntDecay.update();
        }
        SequenceShape shape = counted(pass);
        int from = pass.firstStep() * shape.lanes();
        System.arraycopy(x, from, current, 0, shape.size());
        backend.leakyIntegrator(shape, decay, current, afterPrefix);
        Arrays.fill(output, 0, from, 0);
        System.arraycopy(afterPrefix, 0, output, from, shape.size());
        return output;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        SequenceShape shape = counted(pass);
        int from = pass.firstStep() * shape.lanes();
        System.arraycopy(dy, from, afterPrefixGradient, 0, shape.size());
        backend.leakyIntegratorBackward(
                shape,
                decay,
                afterPrefix,
                current,
                afterPrefixGradient,
                dx,
                learntDecay == null ? null : learntDecay.gradient());
        if (learntDecay != null) {
            learntDecay.backward();
        }
        System.arraycopy(dx, 0, dx, from, shape.size());
        Arrays.fill(dx, 0, from, 0);
        return dx;
    }

    private SequenceShape counted(Pass pass) {
        return new SequenceShape(pass.steps() - pass.firstStep(), pass.batch(), width);
    }

    @Override
    public List<Parameter> parameters() {
        return learntDecay == null ? List.of() : List.of(learntDecay.parameter());
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        if (learntDecay != null) {
            learntDecay.update();
        }
        tensors.put(name + ".decay", Tensor.vector(decay.clone()));
        return new Node.Readout(name, width);
    }
}
