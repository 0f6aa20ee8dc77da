package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Times the solvers over shapes, time constants, ways of forgetting and threads: the lines of {@code solver-times.csv}, by
 * which {@link Solver#AUTO} chooses.
 */
public final class SolverTiming {

    private static final double FIRING_RATE = 0.1;
    private static final int[] LANES = {1, 4, 16, 32, 64, 128};
    private static final int[] STEPS = {128, 1_000, 4_000};
    private static final double[] TAU_STEPS = {5, 20, 100, Double.POSITIVE_INFINITY};

    /** Longer sequences of more lanes are not convolved: that takes long and is never the fastest. */
    private static final int MOST_CONVOLVED = 20_000;

    private static final long LONG_WARM_UP_NANOS = 150_000_000;
    private static final long WARM_UP_NANOS = 6_000_000;
    private static final int ROUNDS = 3;
    private static final long ROUND_NANOS = 1_500_000;

    private static final String[][] FORGETTING = {{"leak", "SUBTRACT"}, {"zero", "ZERO"}, {"floor", "SUBTRACT"}};

    private final String backend;
    private final int[] threads;

    /** @param threads numbers of threads to measure with */
    public SolverTiming(String backend, int... threads) {
        this.backend = backend;
        this.threads = threads.clone();
    }

    /** Hands over a line after each point. */
    public void measure(Consumer<String> lines) {
        warmUp();
        for (String[] forgetting : FORGETTING) {
            for (double tau : TAU_STEPS) {
                for (int lanes : LANES) {
                    for (int steps : STEPS) {
                        float floor = forgetting[0].equals("floor") ? 0f : Float.NEGATIVE_INFINITY;
                        var shape = new SequenceShape(steps, 1, lanes);
                        Reset reset = Reset.valueOf(forgetting[1]);
                        var problem = new SolverProblem(shape, tau, reset, floor, FIRING_RATE, 1);
                        for (int count : threads) {
                            lines.accept(line(problem, shape, forgetting[0], tau, count));
                        }
                    }
                }
            }
        }
    }

    /** Until the compiler is done with every solver, on whole vectors and on lanes that fill none. */
    private void warmUp() {
        for (int lanes : new int[] {3, 16, 40}) {
            for (Reset reset : Reset.values()) {
                var problem = new SolverProblem(
                        new SequenceShape(500, 1, lanes), 10, reset, Float.NEGATIVE_INFINITY, FIRING_RATE, 1);
                for (Solver solver : Solver.values()) {
                    long start = System.nanoTime();
                    while (System.nanoTime() - start < LONG_WARM_UP_NANOS) {
                        problem.solve(Backends.named(backend, threads[0], solver));
                    }
                }
            }
        }
    }

    private String line(SolverProblem problem, SequenceShape shape, String forgetting, double tau, int count) {
        double scan = micros(problem, Backends.named(backend, count, Solver.SCAN));
        int expected = problem.fingerprint();
        double blocks = micros(problem, Backends.named(backend, count, Solver.BLOCKS));
        requireSame(expected, problem, Solver.BLOCKS);
        String convolution = "";
        if (shape.size() <= MOST_CONVOLVED) {
            convolution = number(micros(problem, Backends.named(backend, count, Solver.CONVOLUTION)));
            requireSame(expected, problem, Solver.CONVOLUTION);
        }
        return String.join(
                ",",
                backend,
                String.valueOf(count),
                forgetting,
                String.valueOf(tau),
                String.valueOf(shape.lanes()),
                String.valueOf(shape.steps()),
                number(scan),
                number(blocks),
                convolution);
    }

    private static void requireSame(int expected, SolverProblem problem, Solver solver) {
        if (problem.fingerprint() != expected) {
            throw new IllegalStateException(solver + ": expected the scan's membranes and spikes, found others");
        }
    }

    private static String number(double micros) {
        return String.format(Locale.ROOT, "%.1f", micros);
    }

    /** The best of a few rounds: what else the machine does only makes them slower. */
    private static double micros(SolverProblem problem, KernelBackend kernels) {
        int runs = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < WARM_UP_NANOS || runs == 0) {
            problem.solve(kernels);
            runs++;
        }
        int perRound = (int) Math.max(1, runs * ROUND_NANOS / (System.nanoTime() - start));
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            start = System.nanoTime();
            for (int run = 0; run < perRound; run++) {
                problem.solve(kernels);
            }
            best = Math.min(best, (System.nanoTime() - start) * 1e-3 / perRound);
        }
        return best;
    }
}
