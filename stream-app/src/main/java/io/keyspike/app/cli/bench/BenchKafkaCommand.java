package io.keyspike.app.cli.bench;

import io.keyspike.app.bench.LiveBenchmark;
import io.keyspike.app.bench.LiveBenchmark.ColdStart;
import io.keyspike.app.bench.LiveBenchmark.Result;
import io.keyspike.app.bench.LiveBenchmark.Window;
import io.keyspike.app.bench.LoopedSound;
import io.keyspike.app.cli.demo.DemoSound;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.app.kafka.service.ServiceConfig.Guarantee;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench kafka}: latency, lag and CPU use of a service with many live devices. */
@Command(
        name = "kafka",
        description = {
            "Sends the demo's sentences from many devices in real time, and prints the latency from sending a frame to"
                    + " reading its event, the lag of the service, and the CPU time used.",
            "Runs two processes: the service, and the devices with two readers of the events. The broker runs in the"
                    + " service's process, unless --broker or --bootstrap-servers says otherwise. Finally, the same audio"
                    + " is processed without Kafka to verify that every word was reported exactly once.%n"
        })
public final class BenchKafkaCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--broker",
            paramLabel = "service|devices",
            defaultValue = "SERVICE",
            description = "Process that runs the broker (default: service).")
    private LiveBenchmark.Broker broker = LiveBenchmark.Broker.SERVICE;

    @Option(names = "--model", paramLabel = "NAME|FILE", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = "yes-no-clips";

    @Option(names = "--devices", paramLabel = "N", description = "Number of devices (default: ${DEFAULT-VALUE}).")
    private int devices = 1_000;

    @Option(
            names = "--frame-millis",
            paramLabel = "N",
            description = "Frame length in milliseconds (default: ${DEFAULT-VALUE}).")
    private int frameMillis = 80;

    @Option(
            names = "--pause",
            paramLabel = "SECONDS",
            description =
                    "Silence after each pass over the sentences, which has about 8 words in 17 s (default: ${DEFAULT-VALUE}).")
    private int pauseSeconds;

    @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions (default: ${DEFAULT-VALUE}).")
    private int partitions = Topics.DEFAULT_PARTITIONS;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of stream threads (default: ${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(
            names = "--guarantee",
            paramLabel = "exactly_once|at_least_once",
            defaultValue = "EXACTLY_ONCE",
            description = "Processing guarantee of the service (default: exactly_once).")
    private Guarantee guarantee = Guarantee.EXACTLY_ONCE;

    @Option(
            paramLabel = "SECONDS",
            names = "--seconds",
            description = "Measurement time in seconds (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Warm-up time, reported but excluded from the total (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds = 30;

    @Option(
            names = "--service-warm-up",
            paramLabel = "SECONDS",
            description = "The service's own --warm-up, before the devices begin (default: the service's).")
    private @Nullable Integer serviceWarmUpSeconds;

    @Option(
            names = "--restart",
            description =
                    "Afterwards restart the service, with the devices sending on, and measure again; with --broker"
                            + " devices the broker stays up and warm.")
    private boolean restart;

    @Option(names = "--every", paramLabel = "SECONDS", description = "Reporting interval (default: ${DEFAULT-VALUE}).")
    private int windowSeconds = 10;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (devices < 1
                || frameMillis < 1
                || windowSeconds < 1
                || seconds < windowSeconds
                || warmUpSeconds < 0
                || pauseSeconds < 0) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "expected at least 1 device, frames of at least 1 ms, and --seconds of at least --every");
        }
        if (restart && broker == LiveBenchmark.Broker.SERVICE && kafka.bootstrapServers() == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--restart restarts the service alone: it requires --broker devices or --bootstrap-servers");
        }
        KeywordModel loaded = ModelFiles.read(ModelLocator.of(null).fileOf(model));
        LoopedSound sound = DemoSound.of(loaded, frameMillis, pauseSeconds);
        var setup = new LiveBenchmark.Setup(
                kafka.bootstrapServers() == null ? broker : LiveBenchmark.Broker.ELSEWHERE,
                kafka.bootstrapServers(),
                kafka.properties(),
                model,
                devices,
                partitions,
                threads,
                guarantee.name(),
                serviceWarmUpSeconds == null ? List.of() : List.of("--warm-up", serviceWarmUpSeconds.toString()),
                restart);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%,d devices, frames of %d ms, %s, %d partitions, %d threads, %s, broker: %s%n",
                devices,
                frameMillis,
                model,
                partitions,
                threads,
                guarantee.name().toLowerCase(Locale.ROOT),
                setup.broker().name().toLowerCase(Locale.ROOT));
        out.println("| s | frames/s | lag, s: median, max | events | p50, p99 ms uncommitted | p50, p99 ms committed"
                + " | cores: service | devices and readers | machine |");
        out.println("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        out.flush();
        try (var folder = new TemporaryFolder("keyspike-bench-")) {
            var spotter = new KeywordSpotter(loaded, Backends.preferredSteps());
            Result result = new LiveBenchmark(setup, spotter, sound, folder.path())
                    .run(warmUpSeconds, windowSeconds, seconds / windowSeconds, window -> print(out, window));
            print(out, result.afterWarmUp());
            result.starts().forEach(start -> print(out, start));
            return conclude(out, result);
        }
    }

    /** Prints whether every word was reported once. A service that cannot keep up is a valid result, a lost word is not. */
    private static int conclude(PrintWriter out, Result result) {
        if (result.words() < 0) {
            out.println("the service did not reach the end of the audio; its detections were not compared");
            return ExitCode.OK;
        }
        out.printf(
                Locale.ROOT,
                "%,d words detected without Kafka in the audio sent; of the committed events: %,d lost, %,d duplicated,"
                        + " %,d spurious%n",
                result.words(),
                result.lost(),
                result.doubled(),
                result.madeUp());
        return result.lost() + result.doubled() + result.madeUp() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void print(PrintWriter out, ColdStart start) {
        out.printf(
                Locale.ROOT,
                "start: listening after %.1f s; p99 of committed events below 200 ms %s; of the first minute's %,d events"
                        + " %,d more than 1 s late, the latest %.1f s%n",
                start.listeningSeconds(),
                Double.isInfinite(start.settledSeconds())
                        ? "never for five seconds"
                        : String.format(Locale.ROOT, "from second %.0f on", start.settledSeconds()),
                start.events(),
                start.late(),
                start.worstMillis() / 1e3);
    }

    private static void print(PrintWriter out, Window w) {
        out.printf(
                Locale.ROOT,
                "| %.0f to %.0f | %,.0f | %.2f, %.2f | %,d | %.0f, %.0f | %.0f, %.0f | %.2f | %.2f | %.2f |%n",
                w.fromSeconds(),
                w.toSeconds(),
                w.framesPerSecond(),
                Window.quantile(w.lagSeconds(), 0.5),
                Window.quantile(w.lagSeconds(), 1),
                w.committedMillis().length,
                Window.quantile(w.uncommittedMillis(), 0.5),
                Window.quantile(w.uncommittedMillis(), 0.99),
                Window.quantile(w.committedMillis(), 0.5),
                Window.quantile(w.committedMillis(), 0.99),
                w.serviceCores(),
                w.ownCores(),
                w.machineCores());
        out.flush();
    }
}
