package io.keyspike.benchmarks;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole-sequence kernels, microseconds per call. {@code dense*} are products of [4,096 × 128] and [128 × 128], 134 million
 * floating-point operations: x µs are 134,000 / x GFLOP/s. {@code lif*} are 128 steps of 32 × 64 lanes, 262,144
 * lane-steps. {@code trainingStep} is forward and backward of 32-64-2 LIF, T = 128, B = 32, without the optimiser: x µs are
 * 32,000,000 / x samples per second.
 */
@SuppressWarnings("NullAway.Init") // JMH calls prepare() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
    private static final int ROWS = 4_096;
    private static final int WIDTH = 128;
    private static final int INPUTS = 32;
    private static final SequenceShape HIDDEN = new SequenceShape(128, 32, 64);
    private static final SequenceShape OUTPUT = HIDDEN.withNeurons(2);

    /** Which kernels. */
    @Param({"vector", "scalar"})
    public String backend;

    /** How many threads. */
    @Param({"1", "2"})
    public int threads;

    private final Random random = new Random(1);
    private final float[] x = uniform(ROWS * WIDTH);
    private final float[] weight = normal(WIDTH * WIDTH);
    private final float[] y = new float[ROWS * WIDTH];
    private final float[] weightGradient = new float[WIDTH * WIDTH];

    private final float[] hiddenWeight = normal(INPUTS * HIDDEN.neurons());
    private final float[] outputWeight = normal(HIDDEN.neurons() * OUTPUT.neurons());
    private final float[] hiddenWeightGradient = new float[hiddenWeight.length];
    private final float[] outputWeightGradient = new float[outputWeight.length];
    private final LifParameters hidden = lif(HIDDEN.neurons());
    private final LifParameters output = lif(OUTPUT.neurons());
    private final float[] lossGradient = normal(OUTPUT.size());
    private final float[][] hiddenRows = new float[5][HIDDEN.size()];
    private final float[][] outputRows = new float[4][OUTPUT.size()];
    private final float[] decayGradient = new float[HIDDEN.neurons()];
    private final float[] thresholdGradient = new float[HIDDEN.neurons()];

    private KernelBackend kernels;

    @Setup
    public void prepare() {
        kernels = Backends.named(backend, threads);
        trainingStep();
    }

    @Benchmark
    public float[] dense() {
        kernels.dense(ROWS, WIDTH, WIDTH, x, weight, null, y);
        return y;
    }

    @Benchmark
    public float[] denseParameterGradient() {
        kernels.denseParameterGradient(ROWS, WIDTH, WIDTH, x, y, weightGradient, null);
        return weightGradient;
    }

    @Benchmark
    public float[] denseInputGradient() {
        kernels.denseInputGradient(ROWS, WIDTH, WIDTH, x, weight, y);
        return y;
    }

    @Benchmark
    public float[] lif() {
        kernels.lif(HIDDEN, hidden, hiddenRows[0], hiddenRows[1], hiddenRows[2]);
        return hiddenRows[1];
    }

    @Benchmark
    public float[] lifBackward() {
        backwardHidden();
        return hiddenRows[4];
    }

    @Benchmark
    public float[] trainingStep() {
        int rows = HIDDEN.rows();
        int neurons = HIDDEN.neurons();
        int outputs = OUTPUT.neurons();
        float[] spikes = hiddenRows[2];
        kernels.dense(rows, INPUTS, neurons, x, hiddenWeight, null, hiddenRows[0]);
        kernels.lif(HIDDEN, hidden, hiddenRows[0], hiddenRows[1], spikes);
        kernels.dense(rows, neurons, outputs, spikes, outputWeight, null, outputRows[0]);
        kernels.lif(OUTPUT, output, outputRows[0], outputRows[1], outputRows[2]);
        kernels.lifBackward(new LifBackward(
                OUTPUT,
                output,
                Surrogate.DEFAULT,
                true,
                Membranes.around(outputRows[1]),
                new LifBackward.Given(lossGradient),
                new LifBackward.Wanted(outputRows[3], decayGradient, thresholdGradient)));
        kernels.denseParameterGradient(rows, neurons, outputs, spikes, outputRows[3], outputWeightGradient, null);
        kernels.denseInputGradient(rows, neurons, outputs, outputRows[3], outputWeight, hiddenRows[3]);
        backwardHidden();
        kernels.denseParameterGradient(rows, INPUTS, neurons, x, hiddenRows[4], hiddenWeightGradient, null);
        return hiddenWeightGradient;
    }

    private void backwardHidden() {
        kernels.lifBackward(new LifBackward(
                HIDDEN,
                hidden,
                Surrogate.DEFAULT,
                true,
                Membranes.around(hiddenRows[1]),
                new LifBackward.Given(hiddenRows[3]),
                new LifBackward.Wanted(hiddenRows[4], decayGradient, thresholdGradient)));
    }

    private static LifParameters lif(int neurons) {
        float[] decay = new float[neurons];
        float[] threshold = new float[neurons];
        Arrays.fill(decay, 0.9048374f);
        Arrays.fill(threshold, 1f);
        return new LifParameters(decay, threshold, Reset.SUBTRACT, Float.NEGATIVE_INFINITY);
    }

    private float[] uniform(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private float[] normal(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = 0.1f * (float) random.nextGaussian();
        }
        return values;
    }
}
