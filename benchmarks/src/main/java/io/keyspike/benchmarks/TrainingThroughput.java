package io.keyspike.benchmarks;

import io.keyspike.kernels.Backends;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.trainer.SplitMix;
import io.keyspike.trainer.TrainingStep;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.util.Arrays;
import java.util.Locale;

/**
 * Training throughput: one forward pass, backward pass and Adam step, for comparison with Python libraries that train the
 * same network on the same machine in the same run. Not a JMH benchmark, since the peers are timed the same way: the median
 * over single steps.
 *
 * <p>Workload {@code mel}: 32-64-2 LIF without bias, T = 128, B = 32, random inputs in [0, 1), β = exp(−0.1), threshold 1,
 * subtractive reset with its gradient, fast sigmoid of slope 25, cross-entropy on spike counts. {@code long} is the same
 * with T = 1,000.
 *
 * <pre>java … io.keyspike.benchmarks.TrainingThroughput [workload [backend [threads [steps]]]]</pre>
 *
 * Prints one JSON object on a line.
 */
public final class TrainingThroughput {
    private static final int INPUTS = 32;
    private static final int BATCH = 32;
    private static final int CLASSES = 2;
    private static final int WARM_UP_STEPS = 200;
    private static final long SEED = 7;

    private static final String CONFIGURATION = """
            data: {words: [a, b]}
            network:
              surrogate: {kind: fast_sigmoid, slope: 25}
              reset_detached: false
              layers:
                - {name: hidden, width: 64, neuron: {kind: lif, tau_millis: 10, threshold: 1, reset: subtract}}
                - {name: output, neuron: {kind: lif, tau_millis: 10, threshold: 1, reset: subtract}}
            optimiser: {kind: adam, learning_rate: 1.0e-3}
            """;

    private static final double STEP_SECONDS = 0.001;

    private TrainingThroughput() {}

    public static void main(String[] arguments) {
        String workload = arguments.length > 0 ? arguments[0] : "mel";
        String backendName = arguments.length > 1 ? arguments[1] : "vector";
        int threads = arguments.length > 2
                ? Integer.parseInt(arguments[2])
                : Runtime.getRuntime().availableProcessors();
        int timedSteps = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 300;
        int sequence = switch (workload) {
            case "mel" -> 128;
            case "long" -> 1_000;
            default -> throw new IllegalArgumentException("workload: expected mel or long, found " + workload);
        };
        KernelBackend backend = Backends.named(backendName, threads);
        double[] seconds = run(backend, sequence, timedSteps);
        Arrays.sort(seconds);
        double median = seconds[seconds.length / 2];
        System.out.printf(
                Locale.ROOT,
                "{\"min\": " + seconds[0] * 1e3
                        + ", \"workload\": \"%s\", \"backend\": \"%s\", \"threads\": %d, \"steps\": %d, \"medianMillis\": %.4f,"
                        + " \"samplesPerSecond\": %.1f}%n",
                workload,
                backend.name(),
                threads,
                timedSteps,
                1e3 * median,
                BATCH / median);
    }

    private static double[] run(KernelBackend backend, int sequence, int timedSteps) {
        TrainingConfig config = ConfigReader.parse(CONFIGURATION);
        var network =
                new TrainableNetwork(config.network(), INPUTS, CLASSES, STEP_SECONDS, SEED, backend, sequence, BATCH);
        var step = new TrainingStep(network, config.loss(), config.optimiser(), WARM_UP_STEPS + timedSteps, BATCH);
        var random = new SplitMix(SEED);
        float[] input = new float[sequence * BATCH * INPUTS];
        for (int i = 0; i < input.length; i++) {
            input[i] = random.nextFloat();
        }
        int[] labels = new int[BATCH];
        for (int b = 0; b < BATCH; b++) {
            labels[b] = random.nextInt(CLASSES);
        }
        var pass = new Pass(sequence, BATCH, 0, SEED);
        double[] seconds = new double[timedSteps];
        for (int i = -WARM_UP_STEPS; i < timedSteps; i++) {
            long start = System.nanoTime();
            step.apply(pass, input, labels);
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) * 1e-9;
            }
        }
        return seconds;
    }
}
