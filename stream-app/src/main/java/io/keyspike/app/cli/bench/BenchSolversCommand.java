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

/** {@code bench solvers}: sweeps by firing rate and length, or the timings that {@code auto} bases its choice on. */
@Command(
        name = "solvers",
        description = {
            "Counts the sweeps that the solvers for LIF sequences need, by time constant, sequence length and firing rate.",
            "With --times, measures their run times instead and prints the lines of solver-times.csv (takes a few minutes)."
        })
public final class BenchSolversCommand implements Callable<Integer> {

    @Option(names = "--times", description = "Measure run times instead of counting sweeps.")
    private boolean times;

    @Option(
            paramLabel = "NAME",
            names = "--backend",
            defaultValue = "vector",
            description = "Backend to measure with --times (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private String backend;

    @Option(
            paramLabel = "MODE",
            names = "--reset",
            defaultValue = "subtract",
            description = "Reset mode of the neurons: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Reset reset;

    @Option(
            paramLabel = "N",
            names = "--steps",
            split = ",",
            defaultValue = "128,1000,4000",
            description = "Sequence lengths, without --times (default: ${DEFAULT-VALUE}).")
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
        out.println("| tau/dt | T | firing rate | blocks: sweeps | steps run / T | finished by scan"
                + " | convolution: refinements | spikes corrected | max membrane error |");
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
