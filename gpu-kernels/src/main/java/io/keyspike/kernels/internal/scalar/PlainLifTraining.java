package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifTraining;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import java.util.function.Consumer;

/**
 * {@link KernelBackend#lifTraining}, and its backward pass with membranes in 16 bits, gradients that are the same at each step
 * or summed over them, by a backend's plain kernels: the reference for faster ones.
 */
public final class PlainLifTraining {

    private PlainLifTraining() {}

    /** By {@link KernelBackend#lif}. */
    public static void forward(KernelBackend backend, LifTraining run) {
        SequenceShape shape = run.shape();
        Membranes membranes = run.membranes();
        float[] p = membranes.floats != null ? membranes.floats : new float[shape.size()];
        float[] s = run.spikes() != null ? run.spikes() : new float[shape.size()];
        float[] current = run.constant() ? repeated(shape, run.current()) : run.current();
        backend.lif(shape, run.parameters(), current, p, s);
        if (membranes.floats == null) {
            for (int i = 0; i < shape.size(); i++) {
                membranes.put(i, p[i], run.parameters().threshold()[i % shape.neurons()]);
            }
        }
        if (run.bits() != null) {
            SpikeBits.pack(shape, s, run.bits());
        }
    }

    /** @param plain a backward pass that knows membranes in 32 bits only, nothing constant and nothing summed */
    public static void backward(LifBackward run, Consumer<LifBackward> plain) {
        LifBackward.Given given = run.given();
        LifBackward.Wanted wanted = run.wanted();
        if (run.membranes().floats != null && !given.constant() && !wanted.summed()) {
            plain.accept(run);
            return;
        }
        SequenceShape shape = run.shape();
        float[] gradient = wanted.summed() ? new float[shape.size()] : wanted.current();
        float[] spikes = given.constant() ? repeated(shape, given.spikes()) : given.spikes();
        plain.accept(new LifBackward(
                shape,
                run.parameters(),
                run.surrogate(),
                run.resetDetached(),
                floats(shape, run.membranes()),
                new LifBackward.Given(spikes, false, given.membrane(), given.membraneAfter()),
                new LifBackward.Wanted(gradient, false, wanted.decay(), wanted.threshold())));
        if (wanted.summed()) {
            int lanes = shape.lanes();
            for (int lane = 0; lane < lanes; lane++) {
                float sum = 0f;
                for (int t = shape.steps() - 1; t >= 0; t--) {
                    sum += gradient[t * lanes + lane];
                }
                wanted.current()[lane] = sum;
            }
        }
    }

    private static Membranes floats(SequenceShape shape, Membranes membranes) {
        if (membranes.floats != null) {
            return membranes;
        }
        float[] p = new float[shape.size()];
        for (int i = 0; i < p.length; i++) {
            p[i] = membranes.get(i);
        }
        return Membranes.around(p);
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
