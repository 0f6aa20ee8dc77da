package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.DenseProducts;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import org.jspecify.annotations.Nullable;

/** Products by a backend's plain kernels: nothing is laid out, bits become floats first. */
final class PlainProducts implements DenseProducts {

    private final KernelBackend backend;
    private final int inputs;
    private final int outputs;
    private float[] weight = {};
    private float @Nullable [] bias;

    PlainProducts(KernelBackend backend, int inputs, int outputs) {
        this.backend = backend;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    @Override
    public void lay(float[] newWeight, float @Nullable [] newBias, Use... uses) {
        weight = newWeight;
        bias = newBias;
    }

    @Override
    public void forward(int rows, float[] x, float[] y) {
        backend.dense(rows, inputs, outputs, x, weight, bias, y);
    }

    @Override
    public void forwardSpikes(SequenceShape shape, long[] spikes, float height, float[] y) {
        forward(shape.rows(), floats(shape, spikes, height), y);
    }

    @Override
    public void inputGradient(int rows, float[] dy, float[] dx) {
        backend.denseInputGradient(rows, inputs, outputs, dy, weight, dx);
    }

    @Override
    public void parameterGradient(
            int rows, float[] x, float[] dy, float[] weightGradient, float @Nullable [] biasGradient) {
        backend.denseParameterGradient(rows, inputs, outputs, x, dy, weightGradient, biasGradient);
    }

    @Override
    public void parameterGradientSpikes(
            SequenceShape shape,
            long[] spikes,
            float height,
            float[] dy,
            float[] weightGradient,
            float @Nullable [] biasGradient) {
        parameterGradient(shape.rows(), floats(shape, spikes, height), dy, weightGradient, biasGradient);
    }

    private static float[] floats(SequenceShape shape, long[] spikes, float height) {
        float[] x = new float[shape.size()];
        SpikeBits.unpack(shape, spikes, x);
        for (int i = 0; i < x.length; i++) {
            x[i] *= height;
        }
        return x;
    }
}
