package io.keyspike.app.cli.bench;

import io.keyspike.app.bench.LoopedSound;
import io.keyspike.app.bench.StreamBenchmark;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.demo.DemoSound;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.report.GrowthPlot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench stream}: number of real-time streams per core, without Kafka. */
@Command(
        name = "stream",
        description = {
            "Measures how many streams one core processes in real time: features, network and decision on the demo's"
                    + " sentences, without Kafka.",
            "The streams of --streams are processed in turn: the states of a few fit into a core's cache, those of thousands"
                    + " do not. Audio is read from cache, as if just received, and from memory.%n"
        })
public final class BenchStreamCommand implements Callable<Integer> {

    @Option(
            names = "--model",
            split = ",",
            paramLabel = "NAME|FILE",
            defaultValue = "yes-no-clips,commands-12",
            description = "Models to measure (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<String> models;

    @Option(
            names = "--streams",
            split = ",",
            paramLabel = "N",
            defaultValue = "60,20000",
            description = "Numbers of concurrent streams to measure (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private List<Integer> streams;

    @Option(
            names = "--frame-millis",
            paramLabel = "N",
            description = "Frame length in milliseconds (default: ${DEFAULT-VALUE}).")
    private int frameMillis = 80;

    @Option(
            paramLabel = "SECONDS",
            names = "--seconds",
            description =
                    "Warm-up time and measurement time of each result, in seconds; the warm-up is repeated until the"
                            + " code is compiled (default: ${DEFAULT-VALUE}).")
    private double seconds = 10;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Also draw the CPU time of a frame of every stream over their number as PNG.")
    @Input(Input.Kind.FILE_TO_WRITE)
    private @Nullable Path plot;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (streams.stream().anyMatch(n -> n < 1) || frameMillis < 1 || !(seconds > 0)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "expected at least 1 stream, frames of at least 1 ms and more than 0 seconds, found " + streams
                            + ", " + frameMillis + " and " + seconds);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("| model | streams in turn | audio in | mode | streams per core in real time | CPU ns per frame of "
                + frameMillis + " ms | bytes allocated per frame | words detected |");
        out.println("|---|---:|---|---|---:|---:|---:|---:|");
        var growths = new ArrayList<GrowthPlot.Growth>();
        for (String name : models) {
            KeywordModel model = ModelFiles.read(ModelLocator.of(null).fileOf(name));
            LoopedSound sound = DemoSound.of(model, frameMillis);
            var benchmark = new StreamBenchmark(model, Backends.preferredSteps(), sound);
            double[] times = new double[streams.size()];
            for (int i = 0; i < times.length; i++) {
                int atOnce = streams.get(i);
                for (StreamBenchmark.Place place : benchmark.places(atOnce)) {
                    for (StreamBenchmark.Way way : StreamBenchmark.Way.values()) {
                        StreamBenchmark.Row row = benchmark.measure(way, atOnce, place, seconds);
                        print(out, row);
                        // the last place of sound in groups, as a service has it
                        times[i] = way == StreamBenchmark.Way.GROUPS ? 1e-6 * atOnce * row.nanosPerFrame() : times[i];
                    }
                }
            }
            var growth = new GrowthPlot.Growth(
                    "streams of " + model.name(),
                    streams.stream().mapToDouble(Integer::doubleValue).toArray(),
                    times);
            growths.add(growth);
        }
        if (plot != null) {
            growths.forEach(g -> out.println("a frame of every stream: " + g.law()));
            out.flush();
            GrowthPlot.save(plot, "a frame of every stream", "ms", growths);
        }
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, StreamBenchmark.Row row) {
        out.printf(
                Locale.ROOT,
                "| %s | %,d | %s | %s | %,.0f | %,.0f | %.3g | %,d |%n",
                row.model(),
                row.streams(),
                row.sound().name().toLowerCase(Locale.ROOT),
                row.way().name().toLowerCase(Locale.ROOT),
                row.streamsPerCore(),
                row.nanosPerFrame(),
                row.bytesPerFrame(),
                row.heard());
        out.flush();
    }
}
