package io.keyspike.app.cli.bench;

import io.keyspike.app.bench.LiveBenchmark;
import io.keyspike.app.bench.LiveBenchmark.Result;
import io.keyspike.app.bench.LiveBenchmark.Window;
import io.keyspike.app.bench.LoopedSound;
import io.keyspike.app.cli.demo.DemoSound;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.TemporaryFolder;
import io.keyspike.app.kafka.service.ServiceConfig.Guarantee;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
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
                    + " service's, unless --broker or --bootstrap-servers says otherwise. In the end the same sound is"
                    + " heard without Kafka, to see whether every word was reported once.%n"
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
            description =
                    "Silence after each pass over the sentences (about 17 s, 8 words) (default: ${DEFAULT-VALUE}).")
    private int pauseSeconds;

    @Option(names = "--partitions", paramLabel = "N", description = "Partitions (default: ${DEFAULT-VALUE}).")
    private int partitions = Topics.DEFAULT_PARTITIONS;

    @Option(names = "--threads", paramLabel = "N", description = "Stream threads (default: ${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(
            names = "--guarantee",
            paramLabel = "exactly_once|at_least_once",
            defaultValue = "EXACTLY_ONCE",
            description = "Processing guarantee of the service (default: exactly_once).")
    private Guarantee guarantee = Guarantee.EXACTLY_ONCE;

    @Option(names = "--seconds", description = "Measurement time in seconds (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Warm-up time, reported separately and excluded from the total (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds = 30;

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
        out.println(
                "| s | frames/s | behind, s: median, most | events | p50, p99 ms uncommitted | p50, p99 ms committed"
                        + " | cores: service | devices and readers | machine |");
        out.println("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        out.flush();
        try (var folder = new TemporaryFolder("keyspike-bench-")) {
            var spotter = new KeywordSpotter(loaded, Backends.preferredSteps());
            Result result = new LiveBenchmark(setup, spotter, sound, folder.path())
                    .run(warmUpSeconds, windowSeconds, seconds / windowSeconds, window -> print(out, window));
            print(out, result.afterWarmUp());
            return conclude(out, result);
        }
    }

    /** Says whether every word was reported once; a service that cannot keep up is a figure, and a word lost is not. */
    private static int conclude(PrintWriter out, Result result) {
        if (result.words() < 0) {
            out.println("the service did not come to the end of the sound: what it heard was not compared");
            return ExitCode.OK;
        }
        out.printf(
                Locale.ROOT,
                "%,d words in the sound that was sent, heard without Kafka; committed events of them: lost %,d,"
                        + " duplicated %,d, spurious %,d%n",
                result.words(),
                result.lost(),
                result.doubled(),
                result.madeUp());
        return result.lost() + result.doubled() + result.madeUp() == 0 ? ExitCode.OK : ExitCode.FAILED;
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
