package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Solver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Measured times of the solvers, and the choice that {@link Solver#AUTO} makes by them: the fastest at the measured point
 * nearest to the shape, distances being taken between logarithms. The points lie in {@code solver-times.csv} beside this
 * class, which names the command that measures them.
 */
final class SolverTimes {

    private static final String RESOURCE = "solver-times.csv";

    /** Time constants from here on count as no leak at all. */
    private static final double ENDLESS_TAU_STEPS = 1e4;

    /** One measured point; NaN stands for a solver that was not measured there. */
    record Point(
            String backend,
            int threads,
            Forgetting forgetting,
            double tauSteps,
            int lanes,
            int steps,
            double scanMicros,
            double blocksMicros,
            double convolutionMicros) {

        Solver fastest() {
            Solver best = Solver.SCAN;
            double least = scanMicros;
            if (blocksMicros < least) {
                best = Solver.BLOCKS;
                least = blocksMicros;
            }
            return convolutionMicros < least ? Solver.CONVOLUTION : best;
        }
    }

    /** What besides the leak makes a membrane independent of where it started. */
    enum Forgetting {
        /** Nothing: reset by subtraction, or none. */
        LEAK,
        /** Reset to zero. */
        ZERO,
        /** A floor. */
        FLOOR;

        static Forgetting of(LifParameters parameters) {
            if (parameters.reset() == Reset.ZERO) {
                return ZERO;
            }
            return parameters.membraneFloor() > Float.NEGATIVE_INFINITY ? FLOOR : LEAK;
        }
    }

    private final List<Point> points;

    /** Lanes from which on the scan is always the fastest, by far. */
    private final int scanFromLanes;

    SolverTimes(List<Point> points) {
        this.points = List.copyOf(points);
        int most = 0;
        for (Point p : points) {
            if (p.fastest() != Solver.SCAN) {
                most = Math.max(most, p.lanes());
            }
        }
        scanFromLanes = 4 * most;
    }

    static SolverTimes measured() {
        return Measured.TIMES;
    }

    /** The solver to take; {@link Solver#SCAN} for a backend without points. */
    Solver fastest(String backend, int threads, SequenceShape shape, LifParameters parameters) {
        int lanes = shape.lanes();
        if (lanes >= scanFromLanes || shape.steps() == 0) {
            return Solver.SCAN;
        }
        double tau = tauSteps(parameters, shape.neurons());
        Forgetting forgetting = Forgetting.of(parameters);
        Solver nearest = Solver.SCAN;
        double least = Double.POSITIVE_INFINITY;
        for (Point p : points) {
            if (!p.backend().equals(backend) || p.forgetting() != forgetting) {
                continue;
            }
            double distance = apart(p.threads(), threads)
                    + apart(p.lanes(), Math.max(1, lanes))
                    + apart(p.steps(), shape.steps())
                    + apart(p.tauSteps(), tau);
            if (distance < least) {
                least = distance;
                nearest = p.fastest();
            }
        }
        return nearest;
    }

    /** τ/dt of the neuron that forgets most slowly. */
    private static double tauSteps(LifParameters parameters, int neurons) {
        float slowest = 0f;
        for (int n = 0; n < neurons; n++) {
            slowest = Math.max(slowest, parameters.decay()[n]);
        }
        if (slowest <= 0f) {
            return 1;
        }
        double tau = slowest >= 1f ? ENDLESS_TAU_STEPS : -1 / Math.log(slowest);
        return Math.clamp(tau, 1, ENDLESS_TAU_STEPS);
    }

    private static double apart(double a, double b) {
        return Math.abs(Math.log(a / b));
    }

    /** Lines of {@code backend,threads,forgetting,tauSteps,lanes,steps,scan,blocks,convolution}; {@code #} begins a comment. */
    static SolverTimes parse(List<String> lines) {
        var points = new ArrayList<Point>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] f = line.split(",", -1);
            if (f.length != 9) {
                throw new IllegalArgumentException(
                        "solver times: expected 9 values in a line, found " + f.length + ": " + line);
            }
            points.add(new Point(
                    f[0],
                    Integer.parseInt(f[1]),
                    Forgetting.valueOf(f[2].toUpperCase(Locale.ROOT)),
                    Math.min(Double.parseDouble(f[3]), ENDLESS_TAU_STEPS),
                    Integer.parseInt(f[4]),
                    Integer.parseInt(f[5]),
                    micros(f[6]),
                    micros(f[7]),
                    micros(f[8])));
        }
        return new SolverTimes(points);
    }

    private static double micros(String field) {
        return field.isEmpty() ? Double.NaN : Double.parseDouble(field);
    }

    /** Read once. */
    private static final class Measured {

        static final SolverTimes TIMES = read();

        private static SolverTimes read() {
            try (InputStream in = SolverTimes.class.getResourceAsStream(RESOURCE);
                    var reader = new BufferedReader(
                            new InputStreamReader(Objects.requireNonNull(in, RESOURCE), StandardCharsets.UTF_8))) {
                return parse(reader.lines().toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
