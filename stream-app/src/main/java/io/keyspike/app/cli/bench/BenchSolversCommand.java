package io.keyspike.app.cli.bench;

import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.trainer.bench.SolverSweeps;
import io.keyspike.trainer.bench.SolverTiming;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench solvers}: sweeps by firing rate and length, or the times by which {@code auto} chooses. */
@Command(
        name = "solvers",
        description = {
            "Prints how many sweeps the solvers of LIF sequences need, by time constant, length and firing rate.",
            "With --times, measures how long they take, and prints the lines of solver-times.csv (a few minutes)."
        })
public final class BenchSolversCommand implements Callable<Integer> {

    @Option(names = "--times", description = "Measure times instead.")
    private boolean times;

    @Option(names = "--backend", defaultValue = "vector", description = "Backend to time (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String backend;

    @Option(
            names = "--reset",
            defaultValue = "subtract",
            description = "Reset of the neurons: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Reset reset;

    @Option(
            names = "--steps",
            split = ",",
            defaultValue = "128,1000,4000",
            description = "Lengths of the sequences that sweep (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<Integer> steps;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (times) {
            int cores = Runtime.getRuntime().availableProcessors();
            int[] threads = IntStream.of(1, cores).distinct().toArray();
            new SolverTiming(backend, threads).measure(line -> {
                out.println(line);
                out.flush();
            });
        } else {
            printSweeps(out);
        }
        out.flush();
        return ExitCode.OK;
    }

    private void printSweeps(PrintWriter out) {
        out.println("| tau/dt | T | firing rate | blocks: sweeps | steps run / T | by scan | convolution: refinements"
                + " | spikes put right | largest membrane error |");
        out.println("|---:|---:|---:|---:|---:|---|---:|---:|---:|");
        for (SolverSweeps.Row r :
                SolverSweeps.measure(reset, Runtime.getRuntime().availableProcessors(), steps)) {
            SolveCounts b = r.blocks();
            SolveCounts c = r.convolution();
            out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.1f %% | %d | %.2f | %s | %d | %d | %.1e |%n",
                    Double.isInfinite(r.tauSteps()) ? "∞" : String.format(Locale.ROOT, "%.0f", r.tauSteps()),
                    r.steps(),
                    100 * r.firingRate(),
                    b.mostSweeps(),
                    b.work(),
                    b.finishedByScan() > 0 ? "yes" : "no",
                    c.mostRefinements(),
                    c.spikesCorrected(),
                    c.convolutionError());
        }
    }
}
