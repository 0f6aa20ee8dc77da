package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.Surrogate;
import org.jspecify.annotations.Nullable;

/** {@link KernelBackend#lifTraining} and its backward pass by a backend's plain kernels: the reference for faster ones. */
public final class PlainLifTraining {

    private PlainLifTraining() {}

    public static void forward(
            KernelBackend backend,
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            boolean constant,
            Membranes membranes,
            float @Nullable [] spikes,
            long @Nullable [] bits) {
        float[] p = membranes.floats != null ? membranes.floats : new float[shape.size()];
        float[] s = spikes != null ? spikes : new float[shape.size()];
        backend.lif(shape, parameters, constant ? repeated(shape, current) : current, p, s);
        if (membranes.floats == null) {
            for (int i = 0; i < shape.size(); i++) {
                membranes.put(i, p[i], parameters.threshold()[i % shape.neurons()]);
            }
        }
        if (bits != null) {
            SpikeBits.pack(shape, s, bits);
        }
    }

    static void backward(
            KernelBackend backend,
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            Membranes membranes,
            float[] spikeGradient,
            boolean spikeGradientConstant,
            float @Nullable [] membraneGradient,
            float[] currentGradient,
            boolean summed,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        float[] gradient = summed ? new float[shape.size()] : currentGradient;
        backend.lifBackward(
                shape,
                parameters,
                surrogate,
                resetDetached,
                floats(shape, membranes),
                spikeGradientConstant ? repeated(shape, spikeGradient) : spikeGradient,
                membraneGradient,
                null,
                gradient,
                decayGradient,
                thresholdGradient);
        if (summed) {
            int lanes = shape.lanes();
            for (int lane = 0; lane < lanes; lane++) {
                float sum = 0f;
                for (int t = shape.steps() - 1; t >= 0; t--) {
                    sum += gradient[t * lanes + lane];
                }
                currentGradient[lane] = sum;
            }
        }
    }

    private static float[] floats(SequenceShape shape, Membranes membranes) {
        if (membranes.floats != null) {
            return membranes.floats;
        }
        float[] p = new float[shape.size()];
        for (int i = 0; i < p.length; i++) {
            p[i] = membranes.get(i);
        }
        return p;
    }

    /** The same row at each step. */
    private static float[] repeated(SequenceShape shape, float[] row) {
        float[] all = new float[shape.size()];
        for (int t = 0; t < shape.steps(); t++) {
            System.arraycopy(row, 0, all, t * shape.lanes(), shape.lanes());
        }
        return all;
    }
}
