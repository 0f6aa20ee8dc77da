package io.keyspike.app.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.TemporaryFolder;
import io.keyspike.trainer.bench.CachingBenchmark;
import io.keyspike.trainer.bench.CachingRow;
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
            "Inputs are synthetic (seeded); no weights are updated."
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
        try (var temporary = folder == null
                ? new TemporaryFolder("keyspike-caching")
                : new TemporaryFolder(Files.createTempDirectory(folder, "keyspike-caching"))) {
            List<CachingRow> rows = new CachingBenchmark(temporary.path(), workers, seconds).run();
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
