package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import java.util.List;

/** One weight per channel. */
final class DiagonalSynapse implements Stage {
    private final KernelBackend backend;
    private final Parameter weight;
    private final float[] y;
    private final float[] dx;
    private float[] x = {};

    DiagonalSynapse(KernelBackend backend, Parameter weight, int maximumRows) {
        this.backend = backend;
        this.weight = weight;
        int n = weight.values().length;
        y = new float[maximumRows * n];
        dx = new float[maximumRows * n];
    }

    @Override
    public float[] forward(Pass pass, float[] input) {
        x = input;
        backend.diagonal(pass.rows(), weight.values().length, x, weight.values(), y);
        return y;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        int n = weight.values().length;
        backend.diagonalParameterGradient(pass.rows(), n, x, dy, weight.gradient());
        if (inputNeeded) {
            backend.diagonalInputGradient(pass.rows(), n, dy, weight.values(), dx);
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight);
    }
}
