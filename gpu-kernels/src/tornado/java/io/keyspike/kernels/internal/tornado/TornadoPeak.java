package io.keyspike.kernels.internal.tornado;

import io.keyspike.kernels.internal.device.DeviceSynapses;
import io.keyspike.kernels.internal.device.DeviceTraining;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/** Times the device's own product of matrices, which stay there; one number comes back, so that the time has an end. */
final class TornadoPeak {

    private static final double SECONDS = 0.5;
    private static final int LEAST_RUNS = 5;

    private TornadoPeak() {}

    static double operationsPerSecond(int size) {
        float[] a = new float[size * size];
        float[] b = new float[size * size];
        float[] bias = new float[size];
        float[] c = new float[size * size];
        float[] one = new float[1];
        TaskGraph graph = new TaskGraph("peak")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, a, b, bias, c)
                .task("dense", DeviceSynapses::dense, size, size, size, a, b, bias, c)
                .task("end", DeviceTraining::copy, 1, c, one)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, one);
        double best = Double.POSITIVE_INFINITY;
        try (var plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.execute(); // compiles
            long end = System.nanoTime() + (long) (SECONDS * 1e9);
            for (int run = 0; run < LEAST_RUNS || System.nanoTime() < end; run++) {
                long start = System.nanoTime();
                plan.execute();
                best = Math.min(best, (System.nanoTime() - start) * 1e-9);
            }
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("device: could not give memory back", e);
        }
        return 2.0 * size * size * size / best;
    }
}
