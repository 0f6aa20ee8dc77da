package io.keyspike.app.cli.sound;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.AudioSource;
import io.keyspike.audio.MicrophoneListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The audio source of a command: the microphone, files, or standard input. */
public final class SoundOptions {

    private static final String STDIN = "-";

    @Option(
            names = "--file",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Audio files (WAV and its kin, AIFF, AU, FLAC) or pipes, read in order instead of the microphone;"
                            + " - is standard input. A pipe may hold raw samples, as with --stdin.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--stdin",
            description =
                    "Read standard input instead of the microphone: an audio file, or raw samples (16-bit little-endian"
                            + " mono) if it begins like none.")
    private boolean stdin;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            defaultValue = "16000",
            description = "Sample rate of raw samples (default: ${DEFAULT-VALUE}).")
    private int rateHz;

    @Mixin
    private MicrophoneOptions microphone = new MicrophoneOptions();

    /** One audio stream, not yet opened. */
    public interface Input {
        AudioSource open() throws IOException;
    }

    public boolean listDevices() {
        return microphone.listDevices();
    }

    /** Whether audio arrives live, from a microphone. */
    public boolean isMicrophone() {
        return files.isEmpty() && !stdin;
    }

    /** Whether every stream can be opened more than once. */
    public boolean isFilesOnly() {
        return !files.isEmpty()
                && !stdin
                && files.stream().noneMatch(f -> f.toString().equals(STDIN) || isPipe(f));
    }

    /** As {@link #inputs(int, MicrophoneListener)}, without remarks. */
    public List<Input> inputs(int sampleRateHz) {
        return inputs(sampleRateHz, sentence -> {});
    }

    /**
     * The streams requested, in order.
     *
     * @param sampleRateHz rate of the samples to come out
     * @param listener told what happens to a microphone, and asked whether to wait for one that stopped
     * @throws CommandException if a file does not exist, or the options contradict each other
     */
    public List<Input> inputs(int sampleRateHz, MicrophoneListener listener) {
        microphone.check(isMicrophone());
        if (rateHz < 1) {
            throw new CommandException(ExitCode.USAGE, "--rate: expected a rate above 0 Hz, found " + rateHz);
        }
        if (isMicrophone()) {
            return List.of(() -> microphone.open(sampleRateHz, listener));
        }
        var inputs = new ArrayList<Input>();
        if (stdin) {
            inputs.add(() -> openStdin(sampleRateHz));
        }
        for (Path file : files) {
            if (file.toString().equals(STDIN)) {
                inputs.add(() -> openStdin(sampleRateHz));
            } else if (!Files.exists(file)) {
                throw new CommandException(ExitCode.USAGE, "no such audio file: " + file);
            } else if (Files.isDirectory(file)) {
                throw new CommandException(
                        ExitCode.USAGE,
                        file + ": expected an audio file, found a folder; name the files in it, such as "
                                + file.resolve("*.wav"));
            } else if (isPipe(file)) {
                inputs.add(() -> AudioFiles.openPipe(file, rateHz, sampleRateHz));
            } else {
                inputs.add(() -> AudioFiles.open(file, sampleRateHz));
            }
        }
        return inputs;
    }

    /** Whether a file may hold raw samples: a FIFO, a shell's {@code <(…)}, or standard input under another name. */
    private static boolean isPipe(Path file) {
        return !Files.isRegularFile(file) || file.startsWith("/dev") || file.startsWith("/proc");
    }

    private AudioSource openStdin(int sampleRateHz) throws IOException {
        return AudioFiles.openPipe(System.in, "standard input", rateHz, sampleRateHz);
    }

    /** Prints the microphones, numbered as {@code --device} takes them. @return an exit code */
    public static int printDevices(PrintWriter out) {
        return MicrophoneOptions.printDevices(out);
    }
}
