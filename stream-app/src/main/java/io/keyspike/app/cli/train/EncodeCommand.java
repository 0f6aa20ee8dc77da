package io.keyspike.app.cli.train;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.trainer.data.EventEncoding;
import io.keyspike.trainer.events.EventFileWriter;
import io.keyspike.trainer.events.SoundEncoder;
import io.keyspike.trainer.events.TemporalXor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code encode}: recordings as events in the layout of SHD and SSC. */
@Command(
        name = "encode",
        description = {
            "Encodes recordings as events, in HDF5 files laid out as SHD and SSC (docs/events.md).",
            "Writes one file per split: *_train.h5, *_valid.h5 and *_test.h5."
        })
public final class EncodeCommand implements Callable<Integer> {

    /** What can be made without recordings. */
    enum Task {
        TEMPORAL_XOR
    }

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of recordings, one folder per word (docs/data.md).")
    private @Nullable Path data;

    @Option(
            names = "--task",
            paramLabel = "temporal_xor",
            description = "Instead of recordings: the temporal XOR task of docs/wavesense.md.")
    private @Nullable Task task;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "400",
            description = "--task: training samples; half as many for validation (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder for the event files.")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(
            names = "--method",
            paramLabel = "lif|level_crossing",
            defaultValue = "LIF",
            description = {
                "lif: each channel drives a leaky integrate-and-fire cell. level_crossing: an event per step up, and per step"
                        + " down on a second set of units (default: lif)."
            })
    private SoundEncoder.Method method = SoundEncoder.Method.LIF;

    @Option(
            names = "--channels",
            paramLabel = "N",
            defaultValue = "700",
            description = "Filters from 80 Hz to 0.45 of the sample rate (default: ${DEFAULT-VALUE}).")
    private int channels;

    @Option(
            names = "--gain",
            paramLabel = "X",
            description = "More gives more events (default: 8 for lif; 16, one over the step, for level_crossing).")
    private @Nullable Double gain;

    @Option(
            names = "--sample-rate",
            paramLabel = "HZ",
            defaultValue = "16000",
            description = "In Hz (default: ${DEFAULT-VALUE}).")
    private int sampleRate;

    @Option(
            names = "--times",
            paramLabel = "float16|float32",
            defaultValue = "FLOAT16",
            description =
                    "Precision of times in seconds; SHD has float16, 0.5 ms at the end of a second (default: float16).")
    private EventFileWriter.Times times = EventFileWriter.Times.FLOAT16;

    @Option(
            names = "--words",
            split = ",",
            paramLabel = "WORD",
            description = "Words to encode, in the order of their labels (default: all folders not beginning with _).")
    private List<String> words = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the cells' thresholds and first states (default: 1).")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Worker threads; does not affect results (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter print = spec.commandLine().getOut();
        Path recordings = data;
        if ((recordings == null) == (task == null)) {
            throw new CommandException(ExitCode.USAGE, "expected either --data or --task");
        }
        if (threads < 1 || samples < 4) {
            throw new CommandException(
                    ExitCode.USAGE, "expected at least one thread and 4 samples, found " + threads + " and " + samples);
        }
        if (recordings == null) {
            Files.createDirectories(out);
            xor(out.resolve("temporal-xor_train.h5"), 0, samples, print);
            xor(out.resolve("temporal-xor_valid.h5"), samples, samples / 2, print);
            return ExitCode.OK;
        }
        var settings = new SoundEncoder.Settings(
                method, channels, sampleRate, gain == null ? SoundEncoder.Settings.defaultGain(method) : gain, seed);
        try (var bars = new ProgressBars(Terminal.isThere())) {
            for (EventEncoding.Written file :
                    new EventEncoding(settings, times, threads, bars).encode(recordings, words, out)) {
                print.println(String.format(
                        Locale.ROOT,
                        "%s: %,d samples, %,d events (%.0f per sample) on %d units",
                        file.file(),
                        file.samples(),
                        file.events(),
                        file.events() / (double) file.samples(),
                        settings.units()));
                print.flush();
            }
        }
        return ExitCode.OK;
    }

    private void xor(Path file, int first, int count, PrintWriter print) throws IOException {
        TemporalXor xor = TemporalXor.standard(seed);
        try (var writer = new EventFileWriter(file, TemporalXor.LABELS, times)) {
            for (int i = first; i < first + count; i++) {
                writer.add(xor.sample(i), xor.label(i), 0);
            }
        }
        print.println(String.format(Locale.ROOT, "%s: %,d samples", Printable.line(file.toString()), count));
        print.flush();
    }
}
