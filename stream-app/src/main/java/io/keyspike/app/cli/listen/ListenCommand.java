package io.keyspike.app.cli.listen;

import io.keyspike.app.cli.exec.ExecOption;
import io.keyspike.app.cli.shared.ActiveModelOptions;
import io.keyspike.app.cli.shared.ChosenModel;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.PageOptions;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.StreamSession;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.cli.shared.WallClock;
import io.keyspike.app.cli.sound.Remarks;
import io.keyspike.app.cli.sound.SoundFailures;
import io.keyspike.app.cli.sound.SoundOptions;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.audio.AudioSource;
import io.keyspike.audio.MicrophoneSource;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyspike listen}: prints the keywords detected in audio from a microphone or a file. */
@Command(
        name = "listen",
        description = {
            "Detects keywords in audio from the microphone, files or standard input, and prints them.",
            "Without --model, it runs the active model of your models folder, and follows every change "
                    + "('keyspike models use NAME') while listening."
        })
public final class ListenCommand implements Callable<Integer> {

    /** About one network step: larger blocks would delay detections, smaller ones gain nothing. */
    private static final int BLOCK_MILLIS = FramePublisher.DEFAULT_FRAME_MILLIS;

    /** Silence after a file's end, so that a word at the very end is decided. */
    private static final double TAIL_SECONDS = 0.5;

    @Mixin
    private SoundOptions sound = new SoundOptions();

    @Mixin
    private ActiveModelOptions models = new ActiveModelOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(names = "--real-time", description = "Read files in real time.")
    private boolean realTime;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Stop after this many seconds of audio.")
    private double durationSeconds = Double.POSITIVE_INFINITY;

    @Mixin
    private ExecOption exec = new ExecOption();

    @Option(
            names = "--publish",
            description = "Also send the audio to Kafka; requires --bootstrap-servers and --device-id.")
    private boolean publish;

    @Option(names = "--device-id", paramLabel = "ID", description = "Device id to publish the audio under.")
    private @Nullable String deviceId;

    @Option(
            names = "--page",
            negatable = true,
            description = "Serve the live page for a browser (default: with the microphone, unless --json).")
    private @Nullable Boolean showPage;

    @Mixin
    private HttpOptions http = new HttpOptions();

    @Mixin
    private PageOptions pageOptions = new PageOptions();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (sound.listDevices()) {
            return SoundOptions.printDevices(out);
        }
        if (!(durationSeconds > 0)) {
            throw new CommandException(
                    ExitCode.USAGE, "--duration: expected more than 0 seconds, found " + durationSeconds);
        }
        boolean showMeter = (sound.isMicrophone() || realTime) && !json.isSet() && Terminal.isThere();
        PrintWriter remarks = spec.commandLine().getErr();
        var output = new ListenOutput(
                out, remarks, json.isSet(), showMeter ? new LevelMeter(remarks, Terminal.columns()) : null);
        try (var hook = exec.hook(sound.isMicrophone() || realTime, output::remark)) {
            output.run(hook);
            return listen(output);
        } finally {
            output.end();
        }
    }

    private int listen(ListenOutput output) throws IOException {
        try (var chosen = models.open(event -> report(event, output));
                var publisher = publisher();
                var page = isPageWanted() ? ListenPage.open(pageOptions, http, chosen, models.locator()) : null;
                var running = new StopSignal()) {
            if (page != null) {
                output.remark("live page: " + page.uri());
            }
            int exitCode = listen(chosen, page, output, publisher, running);
            return running.exitCode() == ExitCode.OK ? exitCode : running.exitCode();
        }
    }

    private boolean isPageWanted() {
        return showPage != null ? showPage : http.portGiven() || (sound.isMicrophone() && !json.isSet());
    }

    private @Nullable FramePublisher publisher() {
        if (!publish) {
            return null;
        }
        if (deviceId == null || deviceId.isBlank()) {
            throw new CommandException(ExitCode.USAGE, "--publish requires --device-id ID, the name of this device");
        }
        return new FramePublisher(kafka.requiredBootstrapServers("--publish"), kafka.properties());
    }

    /** @return an exit code, unless it was interrupted */
    private int listen(
            ChosenModel chosen,
            @Nullable ListenPage page,
            ListenOutput output,
            @Nullable FramePublisher publisher,
            StopSignal running)
            throws IOException {
        int sampleRateHz = chosen.get().model().features().sampleRateHz();
        var counts = new TreeMap<String, Integer>();
        double seconds = 0;
        long startNanos = System.nanoTime();
        var failures = new SoundFailures(output::remark);
        for (SoundOptions.Input input : sound.inputs(sampleRateHz, new Remarks(output::remark, running))) {
            if (!running.getAsBoolean()) {
                break;
            }
            try (AudioSource opened = input.open()) {
                AudioSource source = sound.isMicrophone() ? opened : failures.upToDamage(opened);
                output.begin(source.description(), chosen.get().model());
                if (opened instanceof MicrophoneSource microphone) {
                    output.remark(microphone.details());
                }
                var hearing = new StreamSession(
                        page == null ? chosen : page, sampleRateHz, output, page == null ? null : page.streams());
                FramePublisher.@Nullable Session session =
                        publisher == null || deviceId == null ? null : publisher.open(deviceId, sampleRateHz);
                seconds += hear(source, hearing, session, output, running);
                hearing.counts().forEach((word, count) -> counts.merge(word, count, Integer::sum));
            } catch (IOException e) {
                if (sound.isMicrophone()) {
                    throw e;
                }
                failures.skipped(e);
            }
        }
        if (publisher != null) {
            publisher.flush();
        }
        double elapsed = (System.nanoTime() - startNanos) / 1e9;
        output.remark(summary(counts, seconds, elapsed));
        return failures.exitCode();
    }

    /** @return seconds of audio read */
    private double hear(
            AudioSource source,
            StreamSession hearing,
            FramePublisher.@Nullable Session session,
            ListenOutput output,
            StopSignal running)
            throws IOException {
        int rate = source.sampleRateHz();
        short[] block = new short[rate * BLOCK_MILLIS / 1000];
        long limit = (long) Math.min(Long.MAX_VALUE, durationSeconds * rate);
        long taken = 0;
        long startNanos = System.nanoTime();
        var level = sound.isMicrophone() ? new FirstLevel(rate) : null;
        while (taken < limit && running.getAsBoolean()) {
            int count = source.read(block, 0, (int) Math.min(block.length, limit - taken));
            if (count < 0) {
                int tail = (int) Math.round(TAIL_SECONDS * rate);
                hearing.take(new short[tail], tail);
                break;
            }
            if (session != null) {
                session.send(block, 0, count, WallClock.micros() - count * 1_000_000L / rate);
            }
            hearing.take(block, count);
            taken += count;
            if (level != null && level.take(block, count)) {
                output.remark(level.sentence());
            }
            output.progress(hearing);
            if (realTime) {
                running.sleepUntil(startNanos + taken * 1_000_000_000L / rate);
            }
        }
        return (double) taken / rate;
    }

    private String summary(Map<String, Integer> counts, double seconds, double elapsed) {
        if (seconds == 0) {
            return "no audio was heard";
        }
        int total = counts.values().stream().mapToInt(Integer::intValue).sum();
        String words = counts.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        String speed = sound.isMicrophone() || realTime || elapsed <= 0
                ? ""
                : String.format(Locale.ROOT, ", %.0f x real time", seconds / elapsed);
        return String.format(
                Locale.ROOT,
                "%d keyword%s in %.1f s of audio%s%s",
                total,
                total == 1 ? "" : "s",
                seconds,
                total == 0 ? "" : ": " + words,
                speed);
    }

    private static void report(ModelRegistry.Event event, ListenOutput output) {
        // A swap is reported by the stream, with its time.
        if (event instanceof ModelRegistry.Event.Refused refused) {
            output.remark("model refused, keeping the current one: " + refused.reason());
        }
    }
}
