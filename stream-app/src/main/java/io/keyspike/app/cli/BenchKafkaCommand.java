package io.keyspike.app.cli;

import io.keyspike.app.bench.LiveBenchmark;
import io.keyspike.app.bench.LiveBenchmark.Window;
import io.keyspike.app.bench.LoopedSound;
import io.keyspike.app.kafka.ServiceConfig.Guarantee;
import io.keyspike.app.kafka.Topics;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.ModelFiles;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench kafka}: live devices that a service holds. */
@Command(
        name = "kafka",
        description = {
            "Lets many devices send the demo's sentences in real time, and prints how long after its frame was sent"
                    + " each event was read, how far the service is behind, and what all that costs.",
            "Two processes: the service, and the devices with two readers of the events. The broker is in the"
                    + " service's, unless --broker or --bootstrap-servers says otherwise.%n"
        })
public final class BenchKafkaCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--broker",
            paramLabel = "service|devices",
            defaultValue = "SERVICE",
            description = "Process that the broker is in (default: service).")
    private LiveBenchmark.Broker broker = LiveBenchmark.Broker.SERVICE;

    @Option(names = "--model", paramLabel = "NAME|FILE", description = "Model (default: ${DEFAULT-VALUE}).")
    private String model = "yes-no";

    @Option(names = "--devices", paramLabel = "N", description = "Devices (default: ${DEFAULT-VALUE}).")
    private int devices = 1_000;

    @Option(names = "--frame-millis", paramLabel = "N", description = "Length of a frame (default: ${DEFAULT-VALUE}).")
    private int frameMillis = 80;

    @Option(
            names = "--pause",
            paramLabel = "SECONDS",
            description = "Of silence after the sentences, some 17 s with 8 words (default: ${DEFAULT-VALUE}).")
    private int pauseSeconds;

    @Option(names = "--partitions", paramLabel = "N", description = "Partitions (default: ${DEFAULT-VALUE}).")
    private int partitions = Topics.DEFAULT_PARTITIONS;

    @Option(names = "--threads", paramLabel = "N", description = "Stream threads (default: ${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(
            names = "--guarantee",
            paramLabel = "exactly_once|at_least_once",
            defaultValue = "EXACTLY_ONCE",
            description = "Of the service (default: exactly_once).")
    private Guarantee guarantee = Guarantee.EXACTLY_ONCE;

    @Option(names = "--seconds", description = "Measured (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Not counted (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds = 30;

    @Option(names = "--every", paramLabel = "SECONDS", description = "A line each (default: ${DEFAULT-VALUE}).")
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
                guarantee.name());
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
        out.println("| s | frames/s | behind, s | events | p50, p99 ms uncommitted | p50, p99 ms committed"
                + " | cores: service | devices and readers |");
        out.println("|---:|---:|---:|---:|---:|---:|---:|---:|");
        out.flush();
        try (var folder = new TemporaryFolder("keyspike-bench-")) {
            Window whole = new LiveBenchmark(setup, sound, folder.path())
                    .run(warmUpSeconds, windowSeconds, seconds / windowSeconds, window -> print(out, window));
            print(out, whole);
        }
        return ExitCode.OK;
    }

    private static void print(PrintWriter out, Window w) {
        out.printf(
                Locale.ROOT,
                "| %.0f to %.0f | %,.0f | %.2f | %,d | %.0f, %.0f | %.0f, %.0f | %.2f | %.2f |%n",
                w.fromSeconds(),
                w.toSeconds(),
                w.framesPerSecond(),
                w.lagSeconds(),
                w.committedMillis().length,
                Window.quantile(w.uncommittedMillis(), 0.5),
                Window.quantile(w.uncommittedMillis(), 0.99),
                Window.quantile(w.committedMillis(), 0.5),
                Window.quantile(w.committedMillis(), 0.99),
                w.serviceCores(),
                w.ownCores());
        out.flush();
    }
}
