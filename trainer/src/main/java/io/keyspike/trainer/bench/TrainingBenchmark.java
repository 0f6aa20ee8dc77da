package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loop.ResidentTraining;
import io.keyspike.trainer.loop.TrainingStep;
import io.keyspike.trainer.loss.LossParts;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Arrays;
import java.util.function.DoubleConsumer;

/**
 * Times training: forward pass, loss, backward pass and Adam's step of one batch, again and again, as the Python libraries
 * are timed that it is compared with. What counts is the median of the steps after a warm-up.
 */
public final class TrainingBenchmark {
    private static final long SEED = 7;

    /** The just-in-time compiler is done well within it. */
    private static final double WARM_UP_SECONDS = 3;

    private static final int LEAST_STEPS = 5;

    private TrainingBenchmark() {}

    /**
     * @param medianSeconds of one step
     * @param peakOperationsPerSecond {@link MatrixPeak} in the same run
     * @param memoryBytes most heap in use after a collection while the network and its buffers were there
     * @param loss of the last step, so that nobody can say that nothing was learnt
     */
    public record Result(
            TrainingWorkload workload,
            String backend,
            Membranes.Precision precision,
            int steps,
            double medianSeconds,
            double peakOperationsPerSecond,
            long memoryBytes,
            double loss) {

        public double samplesPerSecond() {
            return workload.batch() / medianSeconds;
        }

        /** The operations needed, at the peak of a matrix product, over the time taken. */
        public double shareOfLimit() {
            return workload.floatingPointOperations() / peakOperationsPerSecond / medianSeconds;
        }
    }

    /**
     * Runs a workload.
     *
     * @param seconds how long to time
     * @param progress told the share done, from 0 to 1
     */
    public static Result run(
            TrainingWorkload workload,
            KernelBackend backend,
            Membranes.Precision precision,
            double seconds,
            DoubleConsumer progress) {
        TrainingConfig config = workload.config();
        var network = new TrainableNetwork(
                config.network(),
                workload.inputs(),
                workload.classes(),
                workload.stepSeconds(),
                SEED,
                backend,
                workload.steps(),
                workload.batch(),
                precision);
        var random = new SplitMix(SEED);
        float[] input = input(workload, random);
        int[] labels = new int[workload.batch()];
        for (int b = 0; b < labels.length; b++) {
            labels[b] = random.nextInt(workload.classes());
        }
        var pass = new Pass(workload.steps(), workload.batch(), 0, SEED);
        Pass shown = workload.input() == TrainingWorkload.Input.CONSTANT ? pass.withConstantInput() : pass;
        try (Learner learner = learner(workload, config, network, backend, shown)) {
            return timed(workload, backend, precision, learner, input, labels, seconds, progress);
        }
    }

    /** Learns a batch. */
    private interface Learner extends AutoCloseable {
        LossParts learn(float[] input, int[] labels);

        @Override
        default void close() {}
    }

    /** On a device the network stays there between steps; elsewhere each step is the trainer's own. */
    private static Learner learner(
            TrainingWorkload workload,
            TrainingConfig config,
            TrainableNetwork network,
            KernelBackend backend,
            Pass pass) {
        if (!backend.name().equals(Devices.TORNADO)) {
            var step = new TrainingStep(network, config.loss(), config.optimiser(), Long.MAX_VALUE, workload.batch());
            return (input, labels) -> step.apply(pass, input, labels);
        }
        var resident = new ResidentTraining(
                config.network(),
                config.loss(),
                config.optimiser(),
                network.parameters(),
                workload.layers(),
                workload.stepSeconds(),
                pass,
                Devices::chain);
        return new Learner() {
            @Override
            public LossParts learn(float[] input, int[] labels) {
                return resident.apply(input, labels, 1);
            }

            @Override
            public void close() {
                resident.close();
            }
        };
    }

    private static Result timed(
            TrainingWorkload workload,
            KernelBackend backend,
            Membranes.Precision precision,
            Learner learner,
            float[] input,
            int[] labels,
            double seconds,
            DoubleConsumer progress) {
        double whole = WARM_UP_SECONDS + seconds;
        double[] times = new double[1 << 20];
        int count = 0;
        double loss = 0;
        long begin = System.nanoTime();
        for (double passed = 0; (passed < whole || count < LEAST_STEPS) && count < times.length; ) {
            long start = System.nanoTime();
            loss = learner.learn(input, labels).classification();
            long end = System.nanoTime();
            passed = (end - begin) * 1e-9;
            if (passed > WARM_UP_SECONDS) {
                times[count++] = (end - start) * 1e-9;
            }
            progress.accept(Math.min(1, passed / whole));
        }
        long memory = heapInUse();
        Arrays.sort(times, 0, count);
        return new Result(
                workload,
                backend.name(),
                precision,
                count,
                times[count / 2],
                MatrixPeak.operationsPerSecond(backend),
                memory,
                loss);
    }

    private static float[] input(TrainingWorkload workload, SplitMix random) {
        float[] input = new float[workload.inputRows() * workload.inputs()];
        for (int i = 0; i < input.length; i++) {
            float drawn = random.nextFloat();
            input[i] = workload.input() == TrainingWorkload.Input.SPIKES
                    ? drawn < TrainingWorkload.SPIKE_RATE ? 1 : 0
                    : drawn;
        }
        return input;
    }

    /** What is reachable: the heap right after a collection. */
    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(usage -> usage != null)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
