package io.keyspike.app.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.trainer.bench.CachingBenchmark;
import io.keyspike.trainer.bench.CachingRow;
import io.keyspike.trainer.bench.CachingTraining;
import io.keyspike.trainer.config.ConfigReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench caching}: batch throughput for each place where features can be cached. */
@Command(
        name = "caching",
        description = {
            "Measures the throughput of building batches whose features are recomputed, read from disk, or held in memory"
                    + " or on the device.",
            "Inputs are synthetic (seeded) and no weights are updated; with --data and --config, whole trainings are timed"
                    + " instead."
        })
public final class BenchCachingCommand implements Callable<Integer> {

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(
            paramLabel = "N",
            names = "--workers",
            description = "Number of threads that build batches (default: ${DEFAULT-VALUE}).")
    private int workers = 1;

    @Option(
            paramLabel = "SECONDS",
            names = "--seconds",
            description = "Measurement time per cache mode, in seconds (default: ${DEFAULT-VALUE}).")
    private double seconds = 2;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Folder on the disk to measure; a temporary folder is created in it (default: the system's temporary folder).")
    private @Nullable Path folder;

    @Option(names = "--data", paramLabel = "DIR", description = "Data set to train on, with --config.")
    private @Nullable Path data;

    @Option(names = "--config", paramLabel = "FILE", description = "Training configuration, with --data.")
    private @Nullable Path config;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Epochs of each training; the first fills the cache (default: ${DEFAULT-VALUE}).")
    private int epochs = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (workers < 1 || !(seconds > 0)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "expected at least 1 worker and more than 0 seconds, found " + workers + " and " + seconds);
        }
        if ((data == null) != (config == null) || epochs < 2) {
            throw new CommandException(ExitCode.USAGE, "expected --data with --config, and at least 2 epochs");
        }
        try (var temporary = folder == null
                ? new TemporaryFolder("keyspike-caching")
                : new TemporaryFolder(Files.createTempDirectory(folder, "keyspike-caching"))) {
            List<CachingRow> rows = data == null || config == null
                    ? new CachingBenchmark(temporary.path(), workers, seconds).run()
                    : new CachingTraining(
                                    ConfigReader.read(config).withEpochs(epochs),
                                    data,
                                    temporary.path(),
                                    Runtime.getRuntime().availableProcessors())
                            .run();
            PrintWriter out = spec.commandLine().getOut();
            out.println(json.isSet() ? new ObjectMapper().writeValueAsString(rows) : text(rows));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static String text(List<CachingRow> rows) {
        var text = new StringBuilder(String.format(
                "%-12s %-8s %12s %8s %14s%n", "workload", "cache", "samples/s", "x none", "bytes/sample"));
        for (CachingRow row : rows) {
            text.append(
                    row.available()
                            ? String.format(
                                    Locale.ROOT,
                                    "%-12s %-8s %,12.0f %8.1f %14s%n",
                                    row.workload(),
                                    row.way(),
                                    row.samplesPerSecond(),
                                    row.timesNone(),
                                    row.bytesPerSample() == 0 ? "" : row.bytesPerSample())
                            : String.format("%-12s %-8s %12s%n", row.workload(), row.way(), "unavailable"));
        }
        return text.toString().stripTrailing();
    }
}
