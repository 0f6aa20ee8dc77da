package io.keyspike.app.cli.doctor;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import java.util.Random;

/** Checks that a backend's kernels work on this machine. */
final class KernelSelfTest {

    /** Odd sizes, to exercise both full vectors and remainders. */
    private static final SequenceShape SHAPE = new SequenceShape(37, 3, 29);

    private static final int INPUTS = 23;

    private KernelSelfTest() {}

    /** Whether membranes and spikes of a random layer are bit-identical to those of the scalar reference. */
    static boolean agrees(String backend) {
        float[][] found = layer(Backends.named(backend, 2));
        float[][] scalar = layer(Backends.named("scalar", 1));
        return Arrays.equals(found[0], scalar[0]) && Arrays.equals(found[1], scalar[1]);
    }

    private static float[][] layer(KernelBackend backend) {
        var random = new Random(1);
        float[] input = noise(random, SHAPE.rows() * INPUTS);
        float[] weight = noise(random, INPUTS * SHAPE.neurons());
        float[] decay = new float[SHAPE.neurons()];
        float[] threshold = new float[SHAPE.neurons()];
        Arrays.fill(decay, 0.9f);
        Arrays.fill(threshold, 1f);
        float[] current = new float[SHAPE.size()];
        float[] membrane = new float[SHAPE.size()];
        float[] spikes = new float[SHAPE.size()];
        backend.dense(SHAPE.rows(), INPUTS, SHAPE.neurons(), input, weight, null, current);
        backend.lif(SHAPE, new LifParameters(decay, threshold, Reset.SUBTRACT, 0f), current, membrane, spikes);
        return new float[][] {membrane, spikes};
    }

    private static float[] noise(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
