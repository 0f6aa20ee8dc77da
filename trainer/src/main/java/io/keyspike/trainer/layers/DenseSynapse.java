package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All-to-all weights {@code [inputs, outputs]}, with or without bias. */
final class DenseSynapse implements Stage {
    private final KernelBackend backend;
    private final int inputs;
    private final int outputs;
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private final float[] y;
    private final float[] dx;
    private float[] x = {};

    DenseSynapse(
            KernelBackend backend,
            int inputs,
            int outputs,
            Parameter weight,
            @Nullable Parameter bias,
            int maximumRows) {
        this.backend = backend;
        this.inputs = inputs;
        this.outputs = outputs;
        this.weight = weight;
        this.bias = bias;
        y = new float[maximumRows * outputs];
        dx = new float[maximumRows * inputs];
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        x = input;
        backend.dense(pass.rows(), inputs, outputs, x, weight.values(), bias == null ? null : bias.values(), y);
        return y;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        backend.denseParameterGradient(
                pass.rows(), inputs, outputs, x, dy, weight.gradient(), bias == null ? null : bias.gradient());
        if (inputNeeded) {
            backend.denseInputGradient(pass.rows(), inputs, outputs, dy, weight.values(), dx);
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }
}
