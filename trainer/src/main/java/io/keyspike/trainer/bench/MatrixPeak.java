package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.common.SplitMix;

/** The most floating-point operations per second that a backend's matrix product reaches here: the limit of training. */
public final class MatrixPeak {
    private static final int SIZE = 1_024;
    private static final double SECONDS = 0.5;
    private static final int LEAST_RUNS = 5;

    private MatrixPeak() {}

    /** The fastest of several products of 1,024 × 1,024 matrices on all of the backend's threads. */
    public static double operationsPerSecond(KernelBackend backend) {
        if (backend.name().equals(Devices.TORNADO)) {
            return Devices.productOperationsPerSecond(SIZE); // without the way there and back, as training has it
        }
        var random = new SplitMix(1);
        float[] a = values(random);
        float[] b = values(random);
        float[] c = new float[SIZE * SIZE];
        double best = Double.POSITIVE_INFINITY;
        long end = System.nanoTime() + (long) (SECONDS * 1e9);
        for (int run = 0; run < LEAST_RUNS || System.nanoTime() < end; run++) {
            long start = System.nanoTime();
            backend.dense(SIZE, SIZE, SIZE, a, b, null, c);
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        return 2.0 * SIZE * SIZE * SIZE / best;
    }

    private static float[] values(SplitMix random) {
        float[] values = new float[SIZE * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
