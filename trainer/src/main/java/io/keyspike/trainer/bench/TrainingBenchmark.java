package io.keyspike.trainer.bench;

import com.sun.management.OperatingSystemMXBean;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loop.ResidentTraining;
import io.keyspike.trainer.loop.TrainingStep;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.optimise.Optimiser;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Times training: forward pass, loss, backward pass and Adam's step of one batch, again and again, as the Python libraries
 * are timed that it is compared with. What counts is the median of the steps after a warm-up.
 */
public final class TrainingBenchmark {
    private static final long SEED = 7;

    /** The just-in-time compiler is done well within it. */
    private static final double WARM_UP_SECONDS = 3;

    private static final int LEAST_STEPS = 5;

    /** Names in {@link Result#times}. */
    private static final String PRODUCTS = "products";

    private static final String FORWARD = "neurons forward";
    private static final String BACKWARD = "neurons backward";
    private static final String NORMALISATION = "normalisation";

    /** Kinds of work of which {@link Result#nanosPerNeuronStep} says something. */
    public static final List<String> NEURONS = List.of(FORWARD, BACKWARD, NORMALISATION);

    private static final String OPTIMISER = "optimiser";
    private static final String REST = "loss and the rest";

    private static final double KINDS_SECONDS = 1;
    private static final int OPTIMISER_STEPS = 500;

    private TrainingBenchmark() {}

    /**
     * @param medianSeconds of one step
     * @param cpuSeconds of a step, which is what compares while others use the machine too: with one thread the median of its
     *     CPU time, with more the mean of the process's
     * @param peakOperationsPerSecond {@link MatrixPeak} in the same run
     * @param memoryBytes most heap in use after a collection while the network and its buffers were there
     * @param loss of the batch
     * @param rates shares of steps in which the neurons of each spiking layer fire, as they were in every timed step
     * @param times shares of the time of a step, by kind of work; empty where they were not measured
     */
    public record Result(
            TrainingWorkload workload,
            String backend,
            Membranes.Precision precision,
            int steps,
            double medianSeconds,
            double cpuSeconds,
            double peakOperationsPerSecond,
            long memoryBytes,
            double loss,
            List<Double> rates,
            Map<String, Double> times) {

        public double samplesPerSecond() {
            return workload.batch() / medianSeconds;
        }

        /**
         * As {@link #shareOfLimit}, with the time that the neurons' kernels and normalisations took added to that of the products
         * at their peak: what is left to gain without faster neurons.
         */
        public double shareOfLimitWithNeurons() {
            double others = times.entrySet().stream()
                    .filter(e -> NEURONS.contains(e.getKey()))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            return shareOfLimit() + others;
        }

        /** Operations a second of the matrix products in their share of the time; 0 where that was not measured. */
        public double productOperationsPerSecond() {
            double share = times.getOrDefault(PRODUCTS, 0.0);
            return share > 0 ? workload.floatingPointOperations() / (share * medianSeconds) : 0;
        }

        /** What a kind of work takes for one neuron in one step of one sequence, in nanoseconds of wall-clock time. */
        public double nanosPerNeuronStep(String kind) {
            return times.getOrDefault(kind, 0.0) * medianSeconds * 1e9 / workload.neuronSteps();
        }

        /** The operations needed, at the peak of a matrix product, over the time taken. */
        public double shareOfLimit() {
            return workload.floatingPointOperations() / peakOperationsPerSecond / medianSeconds;
        }
    }

    /**
     * What is timed.
     *
     * @param rate share of steps in which each spiking layer fires
     * @param seconds how long to time
     * @param threads that the backend has
     * @param weights where the weights, the batch and the gradients of the first step are left for other programs, null for
     *     nowhere
     */
    public record Settings(
            TrainingWorkload workload,
            Membranes.Precision precision,
            double rate,
            double seconds,
            int threads,
            @Nullable Path weights) {}

    /**
     * Runs a workload. Weights are put back after each step, outside the time that counts: what fires in the first step fires in
     * all of them.
     *
     * @param progress told the share done, from 0 to 1
     * @throws UnheldRateException if the network cannot be brought to the rate, or does not stay there
     * @throws IOException if the weights cannot be written
     */
    public static Result run(Settings settings, KernelBackend backend, DoubleConsumer progress) throws IOException {
        TrainingWorkload workload = settings.workload();
        boolean resident = backend.name().equals(Devices.TORNADO);
        TrainingConfig config = resident ? standing(workload) : workload.config();
        TrainableNetwork network = network(settings, config, backend);
        Batch batch = batch(workload);
        float[] input = batch.input();
        int[] labels = batch.labels();
        Pass shown = batch.pass();
        var rates = new HeldRates(workload, resident ? Backends.preferred() : backend, SEED, shown, input);
        rates.hold(network, settings.rate());
        if (settings.weights() != null) {
            TrainingExchange.write(settings.weights(), workload, settings.rate(), network, input, labels);
        }
        List<float[]> start = copies(network);
        Result result;
        try (Learner learner = learner(workload, config, network, backend, shown)) {
            result = timed(settings, backend, learner, () -> putBack(start, network), input, labels, progress);
        }
        List<Double> found = rates.measure(network);
        rates.requireAlive(found);
        return new Result(
                workload,
                backend.name(),
                settings.precision(),
                result.steps(),
                result.medianSeconds(),
                result.cpuSeconds(),
                result.peakOperationsPerSecond(),
                result.memoryBytes(),
                result.loss(),
                found,
                resident ? Map.of() : times(settings, config, network, backend, shown, input, labels));
    }

    /**
     * Gradients of the first step, for a comparison with another program that reads {@link Settings#weights}.
     *
     * @return by the names of {@link TrainingExchange}
     */
    static Map<String, Tensor> gradients(Settings settings, KernelBackend backend) throws IOException {
        TrainingWorkload workload = settings.workload();
        TrainingConfig config = workload.config();
        TrainableNetwork network = network(settings, config, backend);
        Batch batch = batch(workload);
        new HeldRates(workload, backend, SEED, batch.pass(), batch.input()).hold(network, settings.rate());
        if (settings.weights() != null) {
            TrainingExchange.write(
                    settings.weights(), workload, settings.rate(), network, batch.input(), batch.labels());
        }
        try (Learner learner = learner(workload, config, network, backend, batch.pass())) {
            learner.learn(batch.input(), batch.labels());
        }
        return TrainingExchange.gradients(workload, network);
    }

    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Batch(Pass pass, float[] input, int[] labels) {}

    private static Batch batch(TrainingWorkload workload) {
        var random = new SplitMix(SEED);
        float[] input = input(workload, random);
        int[] labels = new int[workload.batch()];
        for (int b = 0; b < labels.length; b++) {
            labels[b] = random.nextInt(workload.classes());
        }
        var pass = new Pass(workload.steps(), workload.batch(), 0, SEED);
        return new Batch(
                workload.input() == TrainingWorkload.Input.CONSTANT ? pass.withConstantInput() : pass, input, labels);
    }

    private static TrainableNetwork network(Settings settings, TrainingConfig config, KernelBackend backend) {
        TrainingWorkload workload = settings.workload();
        return new TrainableNetwork(
                config.network(),
                workload.inputs(),
                workload.classes(),
                workload.stepSeconds(),
                SEED,
                backend,
                workload.steps(),
                workload.batch(),
                settings.precision());
    }

    /** For networks on a device, from where weights cannot be put back: steps so small that rounding loses them. */
    private static TrainingConfig standing(TrainingWorkload workload) {
        return ConfigReader.parse(workload.yaml(workload.layers().size() - 1).replace("1.0e-3", "1.0e-30"));
    }

    private static List<float[]> copies(TrainableNetwork network) {
        return network.parameters().stream().map(p -> p.values().clone()).toList();
    }

    private static void putBack(List<float[]> start, TrainableNetwork network) {
        List<Parameter> parameters = network.parameters();
        for (int i = 0; i < start.size(); i++) {
            System.arraycopy(start.get(i), 0, parameters.get(i).values(), 0, start.get(i).length);
        }
    }

    /** Shares of a step's time by kind of work, of other steps than those that were timed. */
    private static Map<String, Double> times(
            Settings settings,
            TrainingConfig config,
            TrainableNetwork held,
            KernelBackend backend,
            Pass pass,
            float[] input,
            int[] labels) {
        var times = new KernelTimes();
        KernelBackend timed = times.timed(backend);
        TrainableNetwork network = network(settings, config, timed);
        List<float[]> start = copies(held);
        putBack(start, network);
        try (Learner learner = learner(settings.workload(), config, network, timed, pass)) {
            double warmUp = 0;
            double measured = 0;
            int counted = 0;
            for (int step = 0; measured < KINDS_SECONDS || step < LEAST_STEPS; step++) {
                boolean warm = warmUp >= KINDS_SECONDS;
                if (measured == 0) {
                    times.reset();
                }
                long begin = System.nanoTime();
                learner.learn(input, labels);
                double taken = (System.nanoTime() - begin) * 1e-9;
                warmUp += warm ? 0 : taken;
                measured += warm ? taken : 0;
                counted += warm ? 1 : 0;
                putBack(start, network);
            }
            double threads = network.sliceable() ? Math.min(settings.threads(), network.groups()) : 1;
            double optimiser = optimiserSeconds(config, network) * counted / (settings.threads() * measured);
            return shares(times, threads * measured, optimiser);
        }
    }

    /** A step of the optimiser on one thread, measured alone: least of several. */
    private static double optimiserSeconds(TrainingConfig config, TrainableNetwork network) {
        Optimiser optimiser = Optimiser.of(config.optimiser(), network.parameters());
        long least = Long.MAX_VALUE;
        for (int i = 0; i < OPTIMISER_STEPS; i++) {
            long begin = System.nanoTime();
            optimiser.step(1);
            least = Math.min(least, System.nanoTime() - begin);
        }
        return least * 1e-9;
    }

    private static Map<String, Double> shares(KernelTimes times, double whole, double optimiser) {
        var shares = new LinkedHashMap<String, Double>();
        shares.put(PRODUCTS, times.seconds(KernelTimes.Kind.PRODUCTS) / whole);
        shares.put(FORWARD, times.seconds(KernelTimes.Kind.NEURONS_FORWARD) / whole);
        shares.put(BACKWARD, times.seconds(KernelTimes.Kind.NEURONS_BACKWARD) / whole);
        shares.put(NORMALISATION, times.seconds(KernelTimes.Kind.NORMALISATION) / whole);
        shares.put(OPTIMISER, optimiser);
        double kernels =
                shares.values().stream().mapToDouble(Double::doubleValue).sum();
        shares.put(REST, Math.max(0, 1 - kernels));
        return shares;
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
            Settings settings,
            KernelBackend backend,
            Learner learner,
            Runnable putBack,
            float[] input,
            int[] labels,
            DoubleConsumer progress) {
        double whole = WARM_UP_SECONDS + settings.seconds();
        double[] times = new double[1 << 20];
        int count = 0;
        double loss = 0;
        var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        boolean alone = settings.threads() == 1;
        LongSupplier cpu =
                alone ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : process::getProcessCpuTime;
        double[] cpuTimes = new double[times.length];
        long cpuStart = cpu.getAsLong();
        long begin = System.nanoTime();
        for (double passed = 0; (passed < whole || count < LEAST_STEPS) && count < times.length; ) {
            long stepCpu = cpu.getAsLong();
            long start = System.nanoTime();
            loss = learner.learn(input, labels).classification();
            long end = System.nanoTime();
            stepCpu = cpu.getAsLong() - stepCpu;
            putBack.run();
            passed = (end - begin) * 1e-9;
            if (passed <= WARM_UP_SECONDS) {
                cpuStart = cpu.getAsLong();
            } else {
                cpuTimes[count] = stepCpu * 1e-9;
                times[count++] = (end - start) * 1e-9;
            }
            progress.accept(Math.min(1, passed / whole));
        }
        Arrays.sort(cpuTimes, 0, count);
        double cpuSeconds = alone ? cpuTimes[count / 2] : (cpu.getAsLong() - cpuStart) * 1e-9 / count;
        long memory = heapInUse();
        Arrays.sort(times, 0, count);
        return new Result(
                settings.workload(),
                backend.name(),
                settings.precision(),
                count,
                times[count / 2],
                cpuSeconds,
                MatrixPeak.operationsPerSecond(backend),
                memory,
                loss,
                List.of(),
                Map.of());
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
