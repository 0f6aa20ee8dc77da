package io.keyspike.kernels.internal.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.LifTraining;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Law: every solver gives the scan's spikes and membranes, bit for bit, on every backend with any number of threads. */
class SolverTest {

    private static final KernelBackend SCAN = Backends.named("scalar", 1, Solver.SCAN);

    /** A sequence to solve, with what the scan makes of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Problem(SequenceShape shape, LifParameters parameters, float[] current) {

        float[][] solvedBy(KernelBackend kernels) {
            float[] membrane = filled(shape.size());
            float[] spikes = filled(shape.size());
            kernels.lif(shape, parameters, current, membrane, spikes);
            return new float[][] {membrane, spikes};
        }

        /** So that a value that was not written shows. */
        private static float[] filled(int size) {
            float[] values = new float[size];
            Arrays.fill(values, Float.NaN);
            return values;
        }

        double firingRate() {
            float[] spikes = solvedBy(SCAN)[1];
            double sum = 0;
            for (float s : spikes) {
                sum += s;
            }
            return sum / Math.max(1, spikes.length);
        }
    }

    private static void assertSolved(Problem problem, Solver solver) {
        float[][] expected = problem.solvedBy(SCAN);
        for (String backend : Backends.available()) {
            SolveCounts counts = null;
            for (int threads : backend.equals("scalar") ? new int[] {1} : new int[] {1, 2, 4, 8}) {
                KernelBackend kernels = Backends.named(backend, threads, solver);
                float[][] found = problem.solvedBy(kernels);
                for (int i = 0; i < 2; i++) {
                    int at = Arrays.mismatch(expected[i], found[i]); // compares bits: +0 and −0 differ
                    if (at >= 0) {
                        fail(
                                "%s of %s by %s, %s with %d threads, at %d: expected %s, found %s",
                                i == 0 ? "membrane" : "spike",
                                problem.shape(),
                                solver,
                                backend,
                                threads,
                                at,
                                expected[i][at],
                                found[i][at]);
                    }
                }
                if (counts == null) {
                    counts = kernels.solveCounts();
                }
                assertThat(kernels.solveCounts())
                        .as("counts with %d threads", threads)
                        .isEqualTo(counts);
            }
        }
    }

    static Stream<Arguments> seeds() {
        return IntStream.range(0, 150)
                .boxed()
                .flatMap(seed -> Stream.of(Solver.BLOCKS, Solver.CONVOLUTION).map(s -> Arguments.of(seed, s)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldGiveTheScansBitsForRandomSequences(int seed, Solver solver) {
        assertSolved(problem(seed), solver);
    }

    /** Shapes from empty to a few thousand lane-steps; memories from one step to endless; rates from none to nearly all. */
    private static Problem problem(int seed) {
        var random = new Random(seed);
        int steps = seed < 4 ? seed : 1 + random.nextInt(random.nextBoolean() ? 70 : 700);
        int batch = 1 + random.nextInt(4);
        int neurons = 1 + random.nextInt(random.nextBoolean() ? 4 : 40);
        var shape = new SequenceShape(steps, batch, neurons);
        float[] decay = new float[neurons];
        float[] threshold = new float[neurons];
        boolean endless = random.nextInt(4) == 0;
        for (int n = 0; n < neurons; n++) {
            double tauSteps = Math.pow(10, 2.5 * random.nextDouble());
            decay[n] = endless || random.nextInt(10) == 0 ? 1f : (float) Math.exp(-1 / tauSteps);
            threshold[n] = 0.2f + random.nextFloat();
        }
        Reset reset = List.of(Reset.SUBTRACT, Reset.ZERO, Reset.NONE).get(random.nextInt(3));
        float floor = new float[] {Float.NEGATIVE_INFINITY, 0f, -0.3f}[random.nextInt(3)];
        float mean = -0.3f + 1.6f * random.nextFloat() * random.nextFloat();
        float spread = 1.5f * random.nextFloat();
        float[] current = new float[shape.size()];
        for (int i = 0; i < current.length; i++) {
            // multiples of 1/8 often meet thresholds and floors exactly
            float value = mean + spread * (float) random.nextGaussian();
            current[i] = seed % 3 == 0 ? Math.round(value * 8) / 8f : value;
        }
        if (seed % 3 == 0) {
            Arrays.fill(threshold, 0.5f);
        }
        return new Problem(shape, new LifParameters(decay, threshold, reset, floor), current);
    }

    @Test
    void shouldHaveTriedRatesFromNoneToNearlyAll() {
        double[] rates = IntStream.range(0, 150)
                .mapToDouble(seed -> problem(seed).firingRate())
                .toArray();
        assertThat(Arrays.stream(rates).filter(r -> r < 0.01)).isNotEmpty();
        assertThat(Arrays.stream(rates).filter(r -> r > 0.01 && r < 0.2)).hasSizeGreaterThan(20);
        assertThat(Arrays.stream(rates).filter(r -> r > 0.2 && r < 0.6)).hasSizeGreaterThan(20);
        assertThat(Arrays.stream(rates).filter(r -> r > 0.9)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 15, 16, 17, 35, 64})
    void shouldFillVectorsWithBlocksOfLongSequences(int lanes) {
        var shape = new SequenceShape(4_000, 1, lanes);
        assertSolved(leaky(shape, 5, Reset.SUBTRACT), Solver.BLOCKS);
        assertSolved(leaky(shape, 50, Reset.ZERO), Solver.BLOCKS);
    }

    @Test
    void shouldNeedFewSweepsWhereALeakForgets() {
        KernelBackend kernels = Backends.named("vector", 2, Solver.BLOCKS);
        leaky(new SequenceShape(4_000, 4, 16), 5, Reset.SUBTRACT).solvedBy(kernels);
        SolveCounts counts = kernels.solveCounts();
        assertThat(counts.blockSolves()).isEqualTo(1);
        assertThat(counts.sweeps()).isEqualTo(2);
        assertThat(counts.work()).isBetween(1.0, 1.3);
        assertThat(counts.finishedByScan()).isZero();
    }

    @Test
    void shouldFinishByTheScanAndSayItWhereNothingIsForgotten() {
        Problem endless = leaky(new SequenceShape(4_000, 1, 3), Double.POSITIVE_INFINITY, Reset.SUBTRACT);
        assertSolved(endless, Solver.BLOCKS);
        KernelBackend kernels = Backends.named("vector", 2, Solver.BLOCKS);
        endless.solvedBy(kernels);
        assertThat(kernels.solveCounts().finishedByScan()).isEqualTo(1);
    }

    @Test
    void shouldGuessByConvolutionWhatTheScanGives() {
        KernelBackend kernels = Backends.named("vector", 2, Solver.CONVOLUTION);
        leaky(new SequenceShape(500, 4, 16), 10, Reset.SUBTRACT).solvedBy(kernels);
        SolveCounts counts = kernels.solveCounts();
        assertThat(counts.convolutions()).isEqualTo(1);
        assertThat(counts.mostRefinements()).isBetween(2L, 100L);
        assertThat(counts.convolutionError()).isPositive().isLessThan(1e-4f);
        assertThat(counts.spikesCorrected()).isZero();
    }

    @Test
    void shouldPutRightASpikeThatTheConvolutionRoundsToTheWrongSide() {
        // A threshold at the very membrane must not be crossed, one just below must be.
        Problem once = leaky(new SequenceShape(100, 1, 1), 2.8, Reset.NONE);
        float[] decay = once.parameters().decay();
        float[] membrane = once.solvedBy(SCAN)[0];
        long corrected = 0;
        for (float at : membrane) {
            for (float theta : new float[] {at, Math.nextDown(at)}) {
                var near = new LifParameters(decay, new float[] {theta}, Reset.NONE, Float.NEGATIVE_INFINITY);
                Problem problem = new Problem(once.shape(), near, once.current());
                assertSolved(problem, Solver.CONVOLUTION);
                KernelBackend kernels = Backends.named("scalar", 1, Solver.CONVOLUTION);
                problem.solvedBy(kernels);
                corrected += kernels.solveCounts().spikesCorrected();
            }
        }
        assertThat(corrected).as("spikes that a convolution alone has wrong").isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 70})
    void shouldSolveAsTrainingWantsIt(int lanes) {
        Problem problem = leaky(new SequenceShape(300, 1, lanes), 10, Reset.SUBTRACT);
        for (boolean constant : new boolean[] {false, true}) {
            for (Membranes.Precision precision : Membranes.Precision.values()) {
                Membranes expected = Membranes.of(precision, problem.shape().size());
                long[] expectedBits = new long[SpikeBits.words(problem.shape())];
                SCAN.lifTraining(new LifTraining(
                        problem.shape(),
                        problem.parameters(),
                        problem.current(),
                        constant,
                        expected,
                        null,
                        expectedBits));
                for (Solver solver : Solver.values()) {
                    KernelBackend kernels = Backends.named("vector", 2, solver);
                    Membranes found = Membranes.of(precision, problem.shape().size());
                    long[] bits = new long[expectedBits.length];
                    kernels.serial()
                            .lifTraining(new LifTraining(
                                    problem.shape(),
                                    problem.parameters(),
                                    problem.current(),
                                    constant,
                                    found,
                                    null,
                                    bits));
                    assertThat(bits)
                            .as("%s constant %s %s", solver, constant, precision)
                            .isEqualTo(expectedBits);
                    for (int i = 0; i < found.size(); i++) {
                        assertThat(found.get(i)).isEqualTo(expected.get(i));
                    }
                    assertThat(kernels.solveCounts().sequences())
                            .as("counted with the whole")
                            .isEqualTo(1);
                }
            }
        }
    }

    @Test
    void shouldCountWhatEachSolverDid() {
        Problem problem = leaky(new SequenceShape(300, 2, 5), 10, Reset.ZERO);
        KernelBackend scan = Backends.named("vector", 1, Solver.SCAN);
        problem.solvedBy(scan);
        problem.solvedBy(scan);
        assertThat(scan.solver()).isEqualTo(Solver.SCAN);
        assertThat(scan.solveCounts().scans()).isEqualTo(2);
        assertThat(scan.solveCounts().meanSweeps()).isEqualTo(1);
        assertThat(scan.solveCounts().work()).isEqualTo(1);
        assertThat(Backends.named("vector", 1).solver()).isEqualTo(Solver.AUTO);
        assertThat(Backends.named("vector", 1).solveCounts()).isEqualTo(SolveCounts.NONE);
    }

    private static Problem leaky(SequenceShape shape, double tauSteps, Reset reset) {
        var random = new Random(7);
        float[] decay = new float[shape.neurons()];
        float[] threshold = new float[shape.neurons()];
        Arrays.fill(decay, (float) Math.exp(-1 / tauSteps));
        Arrays.fill(threshold, 1f);
        float[] current = new float[shape.size()];
        for (int i = 0; i < current.length; i++) {
            current[i] = random.nextInt(10) == 0 ? random.nextFloat() * 1.2f : 0.01f * (float) random.nextGaussian();
        }
        return new Problem(shape, new LifParameters(decay, threshold, reset, Float.NEGATIVE_INFINITY), current);
    }
}
