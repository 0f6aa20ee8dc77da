package io.keyspike.benchmarks;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.StepWeights;
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
 * One step of one stream through bare step kernels, nanoseconds: {@code hardware} is 13-64-2 LIF with a front end, one step
 * per 8 ms; {@code adaptive} is 200-128-128-128-12 adaptive LIF with a leaky readout, one step per 20 ms.
 */
@SuppressWarnings("NullAway.Init") // JMH calls prepare() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBenchmark {
    private static final int CHANNELS = 13;
    private static final int HIDDEN = 64;
    private static final int FEATURES = 200;
    private static final int WIDTH = 128;
    private static final int CLASSES = 12;
    private static final int LAYERS = 3;
    private static final int INPUT_STEPS = 64;

    /** Which kernels. */
    @Param({"vector", "scalar"})
    public String backend;

    private final Random random = new Random(1);
    private final float[][] channels = uniform(INPUT_STEPS, CHANNELS, 0f, 1f);
    private final float[] front = uniform(1, CHANNELS, 0.3f, 0.9f)[0];
    private final float[] hiddenWeight = uniform(1, CHANNELS * HIDDEN, -0.6f, 0.6f)[0];
    private final float[] outputWeight = uniform(1, HIDDEN * 2, -0.4f, 0.4f)[0];
    private final LifParameters frontNeurons = lif(CHANNELS);
    private final LifParameters hiddenNeurons = lif(HIDDEN);
    private final LifParameters outputNeurons = lif(2);
    private final float[] frontMembrane = new float[CHANNELS];
    private final float[] hiddenMembrane = new float[HIDDEN];
    private final float[] outputMembrane = new float[2];

    private final float[][] features = uniform(INPUT_STEPS, FEATURES, -1f, 1f);
    private final float[] inputWeight = uniform(1, FEATURES * WIDTH, -0.15f, 0.15f)[0];
    private final float[][] layerWeight = uniform(LAYERS, WIDTH * WIDTH, -0.25f, 0.25f);
    private final float[] readoutWeight = uniform(1, WIDTH * CLASSES, -0.2f, 0.2f)[0];
    private final AdaptiveLifParameters adaptiveNeurons = adaptive();
    private final float[] memory = new float[LAYERS * 2 * WIDTH];
    private final long[] spikes = new long[LAYERS * SpikeBits.wordsPerStep(WIDTH)];
    private final long[] bits = new long[SpikeBits.wordsPerStep(HIDDEN)];
    private final float[] readoutDecay = filled(CLASSES, 0.94f);
    private final float[] readout = new float[CLASSES];

    private final float[] current = new float[WIDTH];
    private final int[] fired = new int[WIDTH];

    private StepKernels kernels;
    private StepWeights hiddenWeights;
    private StepWeights outputWeights;
    private StepWeights inputWeights;
    private StepWeights[] layerWeights;
    private StepWeights readoutWeights;
    private int step;

    @Setup
    public void prepare() {
        kernels = Backends.stepsNamed(backend);
        hiddenWeights = kernels.weights(CHANNELS, HIDDEN, hiddenWeight);
        outputWeights = kernels.weights(HIDDEN, 2, outputWeight);
        inputWeights = kernels.weights(FEATURES, WIDTH, inputWeight);
        layerWeights = Arrays.stream(layerWeight)
                .map(weight -> kernels.weights(WIDTH, WIDTH, weight))
                .toArray(StepWeights[]::new);
        readoutWeights = kernels.weights(WIDTH, CLASSES, readoutWeight);
    }

    @Benchmark
    public int hardware() {
        step = (step + 1) % INPUT_STEPS;
        kernels.diagonal(CHANNELS, channels[step], front, current);
        int count = kernels.lif(frontNeurons, current, frontMembrane, 0, bits, 0, fired);
        kernels.denseEvents(hiddenWeights, null, fired, count, current);
        count = kernels.lif(hiddenNeurons, current, hiddenMembrane, 0, bits, 0, fired);
        kernels.denseEvents(outputWeights, null, fired, count, current);
        return kernels.lif(outputNeurons, current, outputMembrane, 0, bits, 0, fired);
    }

    @Benchmark
    public float[] adaptiveNetwork() {
        step = (step + 1) % INPUT_STEPS;
        kernels.denseValues(inputWeights, null, features[step], current);
        int count = 0;
        for (int layer = 0; layer < LAYERS; layer++) {
            if (layer > 0) {
                kernels.denseEvents(layerWeights[layer], null, fired, count, current);
            }
            count = kernels.adaptiveLif(
                    adaptiveNeurons,
                    current,
                    memory,
                    layer * 2 * WIDTH,
                    spikes,
                    layer * SpikeBits.wordsPerStep(WIDTH),
                    fired);
        }
        kernels.denseEvents(readoutWeights, null, fired, count, current);
        kernels.leakyIntegrator(CLASSES, readoutDecay, current, readout, 0);
        return readout;
    }

    private static LifParameters lif(int neurons) {
        return new LifParameters(filled(neurons, 0.88f), filled(neurons, 1f), Reset.ZERO, 0f);
    }

    private AdaptiveLifParameters adaptive() {
        return new AdaptiveLifParameters(
                uniform(1, WIDTH, 0.1f, 0.7f)[0],
                uniform(1, WIDTH, 0.8f, 0.98f)[0],
                uniform(1, WIDTH, 0f, 0.2f)[0],
                uniform(1, WIDTH, 0f, 0.5f)[0],
                filled(WIDTH, 1f));
    }

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    private float[][] uniform(int rows, int length, float low, float high) {
        float[][] values = new float[rows][length];
        for (float[] row : values) {
            for (int i = 0; i < length; i++) {
                row[i] = low + (high - low) * random.nextFloat();
            }
        }
        return values;
    }
}
