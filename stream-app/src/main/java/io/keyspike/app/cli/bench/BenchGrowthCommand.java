package io.keyspike.app.cli.bench;

import io.keyspike.app.bench.GrowthBenchmark;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.demo.DemoSound;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.trainer.report.GrowthPlot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench growth}: throughput by devices, partitions and threads, or with {@code --restore} the time to restore. */
@Command(
        name = "growth",
        description = {
            "Measures how fast a service processes a backlog of frames, for different numbers of devices, partitions and"
                    + " threads. The service and the broker run in this process.",
            "With --restore, measures how long it takes to restore the devices' state from the changelog.%n"
        })
public final class BenchGrowthCommand implements Callable<Integer> {

    private static final int USUAL_PARTITIONS = 4;

    @Option(names = "--model", paramLabel = "NAME|FILE", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = "yes-no-clips";

    @Option(
            paramLabel = "N",
            names = "--devices",
            split = ",",
            defaultValue = "10,100,1000,10000",
            description = "Numbers of devices to measure, with " + USUAL_PARTITIONS
                    + " partitions and the largest number of" + " threads (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<Integer> devices;

    @Option(
            paramLabel = "N",
            names = "--partitions",
            split = ",",
            defaultValue = "1,2,4,12,24",
            description =
                    "Numbers of partitions to measure, with 1,000 devices and the largest number of threads (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<Integer> partitions;

    @Option(
            paramLabel = "N",
            names = "--threads",
            split = ",",
            defaultValue = "1,2",
            description = "Numbers of stream threads to measure, with 1,000 devices (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<Integer> threads;

    @Option(names = "--frames", paramLabel = "N", description = "Frames per measurement (default: ${DEFAULT-VALUE}).")
    private int frames = 100_000;

    @Option(
            names = "--frame-millis",
            paramLabel = "N",
            description = "Frame length in milliseconds (default: ${DEFAULT-VALUE}).")
    private int frameMillis = 80;

    @Option(names = "--restore", description = "Measure state restoration instead of throughput.")
    private boolean restore;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description =
                    "Also draw the time for a second of all devices' audio over their number as PNG; not with --restore.")
    @Input(Input.Kind.FILE_TO_WRITE)
    private @Nullable Path plot;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        KeywordModel loaded = ModelFiles.read(ModelLocator.of(null).fileOf(model));
        var spotter = new KeywordSpotter(loaded, Backends.preferredSteps());
        try (var folder = new TemporaryFolder("keyspike-growth-")) {
            var benchmark = new GrowthBenchmark(spotter, DemoSound.of(loaded, frameMillis), folder.path());
            if (restore) {
                restore(benchmark);
            } else {
                grow(benchmark);
            }
        }
        return ExitCode.OK;
    }

    private void grow(GrowthBenchmark benchmark) throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        int most = threads.stream().mapToInt(Integer::intValue).max().orElse(1);
        // Warm-up: gets the code of the measured runs compiled.
        benchmark.throughput(1_000, USUAL_PARTITIONS, most, frames);
        out.println("| devices | partitions | threads | frames/s | x real time | cores | CPU µs per frame |");
        out.println("|---:|---:|---:|---:|---:|---:|---:|");
        double[] times = new double[devices.size()];
        for (int i = 0; i < times.length; i++) {
            GrowthBenchmark.Throughput found = benchmark.throughput(devices.get(i), USUAL_PARTITIONS, most, frames);
            print(out, found);
            times[i] = found.devices() / found.timesRealTime();
        }
        var growth = new GrowthPlot.Growth(
                "devices", devices.stream().mapToDouble(Integer::doubleValue).toArray(), times);
        for (int count : partitions) {
            print(out, benchmark.throughput(1_000, count, most, frames));
        }
        for (int count : threads) {
            print(out, benchmark.throughput(1_000, USUAL_PARTITIONS, count, frames));
        }
        out.println("for a second of all devices' audio: " + growth.law());
        out.flush();
        if (plot != null) {
            GrowthPlot.save(plot, "a second of all devices' audio", "s", List.of(growth));
        }
    }

    private static void print(PrintWriter out, GrowthBenchmark.Throughput t) {
        out.printf(
                Locale.ROOT,
                "| %,d | %d | %d | %,.0f | %,.0f | %.2f | %.1f |%n",
                t.devices(),
                t.partitions(),
                t.threads(),
                t.framesPerSecond(),
                t.timesRealTime(),
                t.cores(),
                t.microsPerFrame());
        out.flush();
    }

    private void restore(GrowthBenchmark benchmark) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        int most = threads.stream().mapToInt(Integer::intValue).max().orElse(1);
        out.println("| devices | s to ready | s to ready, nothing to restore | changelog records | changelog MB on disk"
                + " | bytes per record |");
        out.println("|---:|---:|---:|---:|---:|---:|");
        for (int count : devices) {
            GrowthBenchmark.Restore r = benchmark.restore(count, USUAL_PARTITIONS, most);
            out.printf(
                    Locale.ROOT,
                    "| %,d | %.1f | %.1f | %,d | %.1f | %,.0f |%n",
                    r.devices(),
                    r.seconds(),
                    r.idleSeconds(),
                    r.records(),
                    r.bytes() / 1e6,
                    (double) r.bytes() / r.records());
            out.flush();
        }
    }
}
