package io.keyspike.app.cli.bench;

import io.keyspike.app.bench.LoopedSound;
import io.keyspike.app.cli.demo.DemoSound;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.device.GapPolicy;
import io.keyspike.app.kafka.rescore.Rescoring;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench rescore}: how fast archived audio is rescored. */
@Command(
        name = "rescore",
        description = {
            "Fills a broker in this process with the demo's sentences from many devices, then rescores all of them: one"
                    + " warm-up run, followed by the measured runs.",
            "The broker shares this process and its cores.%n"
        })
final class BenchRescoreCommand implements Callable<Integer> {

    /** Capture time of the first frame; only the distances between capture times matter. */
    private static final long CAPTURED_MICROS = 1_700_000_000_000_000L;

    @Option(names = "--model", paramLabel = "NAME|FILE", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = "yes-no-clips";

    @Option(names = "--devices", paramLabel = "N", description = "Number of devices (default: ${DEFAULT-VALUE}).")
    private int devices = 200;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds of audio per device (default: ${DEFAULT-VALUE}).")
    private int seconds = 180;

    @Option(
            names = "--frame-millis",
            paramLabel = "N",
            description = "Frame length in milliseconds (default: ${DEFAULT-VALUE}).")
    private int frameMillis = 80;

    @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions (default: ${DEFAULT-VALUE}).")
    private int partitions = Topics.DEFAULT_PARTITIONS;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Partitions processed in parallel (default: ${DEFAULT-VALUE}).")
    private int workers = 2;

    @Option(names = "--runs", paramLabel = "N", description = "Number of measured runs (default: ${DEFAULT-VALUE}).")
    private int runs = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (devices < 1 || seconds < 1 || frameMillis < 1 || partitions < 1 || workers < 1 || runs < 1) {
            throw new CommandException(ExitCode.USAGE, "bench rescore: expected at least 1 for every option");
        }
        KeywordModel loaded = ModelFiles.read(ModelLocator.of(null).fileOf(model));
        LoopedSound sound = DemoSound.of(loaded, frameMillis);
        var spotter = new KeywordSpotter(loaded, Backends.preferredSteps());
        PrintWriter out = spec.commandLine().getOut();
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                var bars = new ProgressBars(Terminal.isThere())) {
            Map<String, String> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
            Topics.create(settings, partitions);
            fill(broker.bootstrapServers(), sound, bars);
            out.printf(
                    Locale.ROOT,
                    "%,d devices with %,d s of audio each in frames of %d ms, %s, %d partitions, %d workers%n",
                    devices,
                    seconds,
                    frameMillis,
                    loaded.version(),
                    partitions,
                    workers);
            for (int run = 0; run <= runs; run++) {
                Rescoring.Result result = new Rescoring(settings, spotter, request(run))
                        .run(() -> true, (done, total, heard) -> bars.show("rescore", done, total, null));
                bars.finish();
                out.printf(
                        Locale.ROOT,
                        "%s: %,.0f s of audio in %.1f s, %,.0f x real time; %,d events%n",
                        run == 0 ? "warm-up" : "run " + run,
                        result.audioSeconds(),
                        result.seconds(),
                        result.timesRealTime(),
                        result.events());
                out.flush();
            }
        }
        return ExitCode.OK;
    }

    private Rescoring.Request request(int run) {
        return new Rescoring.Request(
                null, null, Duration.ZERO, "rescored-" + run, Set.of(), GapPolicy.DEFAULT, workers, false);
    }

    /** Sends one frame of each device in turn, the order in which live devices fill an archive. */
    private void fill(String servers, LoopedSound sound, ProgressBars bars) {
        long frames = Math.max(1, Math.round(seconds / sound.frameSeconds()));
        // A new topic may reject the first batch and accept the second, so only one may be in flight.
        try (var publisher = new FramePublisher(
                servers,
                Map.of("max.in.flight.requests.per.connection", "1", "batch.size", "262144", "linger.ms", "20"))) {
            List<FramePublisher.Session> sessions = new ArrayList<>();
            for (int device = 0; device < devices; device++) {
                sessions.add(publisher.open("device-%05d".formatted(device), sound.sampleRateHz(), device));
            }
            for (long frame = 0; frame < frames; frame++) {
                for (int device = 0; device < devices; device++) {
                    short[] samples = sound.frame(device, frame);
                    sessions.get(device)
                            .send(samples, 0, samples.length, CAPTURED_MICROS + frame * frameMillis * 1_000L);
                }
                bars.show("fill", frame, frames, null);
            }
            publisher.flush();
        }
        bars.finish();
    }
}
