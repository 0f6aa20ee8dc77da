package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.StepWeights;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.trainer.common.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The check by which comPaSSo's tutorial compares its solver with its step-by-step path: a layer of 16 → 8 LIF neurons, four
 * sequences of 100 steps of 1 ms, random input spikes at 5 %, tau 20 ms, threshold 1, reset by subtraction. Every backend
 * with every solver, and the streaming kernels, against the scalar scan.
 */
public final class EquivalenceCheck {

    private static final int BATCH = 4;
    private static final int STEPS = 100;
    private static final int INPUTS = 16;
    private static final int NEURONS = 8;
    private static final double INPUT_RATE = 0.05;
    private static final double DT_SECONDS = 1e-3;
    private static final double TAU_SECONDS = 20e-3;
    private static final float THRESHOLD = 1f;

    /** With these the layer fires at a few per cent. */
    private static final double WEIGHT_MEAN = 0.04;

    private static final double WEIGHT_DEVIATION = 0.25;

    private final SequenceShape shape = new SequenceShape(STEPS, BATCH, NEURONS);
    private final LifParameters parameters;
    private final float[] input = new float[STEPS * BATCH * INPUTS];
    private final float[] weight = new float[INPUTS * NEURONS];
    private final Outcome reference;

    /** @param seed of input and weights */
    public EquivalenceCheck(long seed) {
        float[] decay = new float[NEURONS];
        float[] threshold = new float[NEURONS];
        Arrays.fill(decay, (float) Math.exp(-DT_SECONDS / TAU_SECONDS));
        Arrays.fill(threshold, THRESHOLD);
        parameters = new LifParameters(decay, threshold, Reset.SUBTRACT, Float.NEGATIVE_INFINITY);
        var random = new SplitMix(seed);
        for (int i = 0; i < input.length; i++) {
            input[i] = random.nextDouble() < INPUT_RATE ? 1f : 0f;
        }
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) (WEIGHT_MEAN + WEIGHT_DEVIATION * random.nextGaussian());
        }
        reference = solved(Backends.named("scalar", 1, Solver.SCAN));
    }

    /** Membranes before the reset and spikes, {@code [T, B, N]}. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of results, never compared
    private record Outcome(float[] membrane, float[] spikes) {}

    /** Spikes per input and step. */
    public double inputRate() {
        return mean(input);
    }

    /**
     * All ways that there are here.
     *
     * @param backends names, of {@link Backends#available()}
     */
    public List<EquivalenceRow> rows(List<String> backends) {
        var rows = new ArrayList<EquivalenceRow>();
        for (String backend : backends) {
            for (int threads : threadsOf(backend)) {
                for (Solver solver : Backends.solvers(backend)) {
                    KernelBackend kernels = Backends.named(backend, threads, solver);
                    Outcome outcome = solved(kernels);
                    rows.add(compared(
                            kernels.name(),
                            solver.name().toLowerCase(Locale.ROOT),
                            threads,
                            outcome,
                            reference.membrane(),
                            kernels.solveCounts()));
                }
            }
            if (Backends.hasSteps(backend)) {
                rows.add(compared(
                        backend,
                        "streaming",
                        1,
                        streamed(Backends.stepsNamed(backend)),
                        membranesAfterReset(),
                        SolveCounts.NONE));
            }
        }
        return List.copyOf(rows);
    }

    private static List<Integer> threadsOf(String backend) {
        int all = Runtime.getRuntime().availableProcessors();
        return backend.equals("vector") && all > 1 ? List.of(1, all) : List.of(1);
    }

    private Outcome solved(KernelBackend kernels) {
        float[] current = new float[shape.size()];
        float[] membrane = new float[shape.size()];
        float[] spikes = new float[shape.size()];
        kernels.dense(shape.rows(), INPUTS, NEURONS, input, weight, null, current);
        kernels.lif(shape, parameters, current, membrane, spikes);
        return new Outcome(membrane, spikes);
    }

    /** Membranes are those after the reset, which is what a stream keeps. */
    private Outcome streamed(StepKernels kernels) {
        float[] membrane = new float[shape.size()];
        float[] spikes = new float[shape.size()];
        StepWeights weights = kernels.weights(INPUTS, NEURONS, weight);
        float[] current = new float[NEURONS];
        int[] inputsFired = new int[INPUTS];
        int[] fired = new int[NEURONS];
        for (int b = 0; b < BATCH; b++) {
            float[] u = new float[NEURONS];
            long[] bits = new long[SpikeBits.wordsPerStep(NEURONS)];
            for (int t = 0; t < STEPS; t++) {
                int row = t * BATCH + b;
                int events = 0;
                for (int i = 0; i < INPUTS; i++) {
                    if (input[row * INPUTS + i] > 0) {
                        inputsFired[events++] = i;
                    }
                }
                kernels.denseEvents(weights, null, inputsFired, events, current);
                int count = kernels.lif(parameters, current, u, 0, bits, 0, fired);
                for (int k = 0; k < count; k++) {
                    spikes[row * NEURONS + fired[k]] = 1f;
                }
                System.arraycopy(u, 0, membrane, row * NEURONS, NEURONS);
            }
        }
        return new Outcome(membrane, spikes);
    }

    private float[] membranesAfterReset() {
        float[] after = reference.membrane().clone();
        for (int i = 0; i < after.length; i++) {
            if (reference.spikes()[i] > 0) {
                after[i] -= THRESHOLD;
            }
        }
        return after;
    }

    private EquivalenceRow compared(
            String backend, String solver, int threads, Outcome found, float[] membrane, SolveCounts counts) {
        long mismatches = 0;
        double squares = 0;
        double largest = 0;
        for (int i = 0; i < membrane.length; i++) {
            if (found.spikes()[i] != reference.spikes()[i]) {
                mismatches++;
            }
            double difference = Math.abs((double) found.membrane()[i] - membrane[i]);
            squares += difference * difference;
            largest = Math.max(largest, difference);
        }
        return new EquivalenceRow(
                backend,
                solver,
                mismatches,
                squares / membrane.length,
                largest,
                threads,
                mean(found.spikes()),
                counts.mostSweeps(),
                counts.mostRefinements());
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum / values.length;
    }
}
