package io.keyspike.app.cli.listen;

import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.cli.sound.CountedSource;
import io.keyspike.app.cli.sound.Remarks;
import io.keyspike.app.cli.sound.SoundFailures;
import io.keyspike.app.cli.sound.SoundOptions;
import io.keyspike.app.kafka.query.BrokerProbe;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.audio.AudioSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyspike send}: acts as a device that sends its audio to Kafka. */
@Command(
        name = "send",
        description = {
            "Sends audio from the microphone, files or standard input to Kafka, as a device would.",
            "Each file is a separate session, as if the device had restarted.%n"
        })
public final class SendCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--device-id",
            paramLabel = "ID",
            required = true,
            description = "Device id to send the audio under.")
    private String deviceId = "";

    @Mixin
    private SoundOptions sound = new SoundOptions();

    @Option(names = "--fast", description = "Send files as fast as the broker accepts them (default: in real time).")
    private boolean fast;

    @Option(
            names = "--frame-millis",
            paramLabel = "N",
            defaultValue = "" + FramePublisher.DEFAULT_FRAME_MILLIS,
            description = "Frame length in milliseconds (default: ${DEFAULT-VALUE}).")
    private int frameMillis;

    @Option(
            names = "--frame-rate",
            paramLabel = "HZ",
            defaultValue = "16000",
            description = "Sample rate to send; must match the service's model (default: ${DEFAULT-VALUE}).")
    private int frameRateHz;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (sound.listDevices()) {
            return SoundOptions.printDevices(spec.commandLine().getOut());
        }
        String bootstrapServers = kafka.requiredBootstrapServers("send");
        sound.inputs(frameRateHz); // wrong usage is said before a broker is asked
        BrokerProbe.sayIfSilent(bootstrapServers);
        try (var publisher = new FramePublisher(bootstrapServers, kafka.properties());
                var running = new StopSignal()) {
            long frames = 0;
            long startNanos = System.nanoTime();
            double seconds = 0;
            Consumer<String> say = sentence -> {
                err.println(Printable.line(sentence));
                err.flush();
            };
            var failures = new SoundFailures(say);
            for (SoundOptions.Input input : sound.inputs(frameRateHz, new Remarks(say, running))) {
                if (!running.getAsBoolean()) {
                    break;
                }
                try {
                    Sent sent = send(input, publisher, failures, running);
                    frames += sent.frames();
                    seconds += sent.seconds();
                } catch (IOException e) {
                    if (sound.isMicrophone()) {
                        throw e;
                    }
                    failures.skipped(e);
                }
            }
            err.printf(
                    Locale.ROOT,
                    "%d frames (%.1f s of audio) sent as %s in %.1f s%n",
                    frames,
                    seconds,
                    Printable.line(deviceId),
                    (System.nanoTime() - startNanos) / 1e9);
            err.flush();
            return running.exitCode() == ExitCode.OK ? failures.exitCode() : running.exitCode();
        }
    }

    private record Sent(long frames, double seconds) {}

    private Sent send(SoundOptions.Input input, FramePublisher publisher, SoundFailures failures, StopSignal running)
            throws IOException {
        boolean paced = !fast && !sound.isMicrophone();
        var samples = new LongAdder();
        try (ProgressBar bar = sound.isFilesOnly() && Terminal.isThere() ? progressBar(input) : null;
                AudioSource opened = input.open()) {
            AudioSource source = sound.isMicrophone() ? opened : failures.upToDamage(opened);
            long frames = publisher.publish(
                    deviceId,
                    new CountedSource(source, count -> {
                        samples.add(count);
                        if (bar != null) {
                            bar.stepTo(samples.sum() / frameRateHz);
                        }
                    }),
                    frameMillis,
                    paced ? FramePublisher.Pace.REAL_TIME : FramePublisher.Pace.UNPACED,
                    running);
            return new Sent(frames, (double) samples.sum() / frameRateHz);
        }
    }

    /** A bar in seconds of audio; the length is counted beforehand, since FLAC and resampling do not provide it. */
    private ProgressBar progressBar(SoundOptions.Input input) throws IOException {
        AudioSource counted = new SoundFailures(sentence -> {}).upToDamage(input.open()); // said when it is sent
        String name = counted.description();
        return new ProgressBarBuilder()
                .setTaskName(Printable.line(name))
                .setInitialMax(CountedSource.length(counted) / frameRateHz)
                .setUnit(" s", 1)
                .setUpdateIntervalMillis(200)
                .continuousUpdate()
                .build();
    }
}
