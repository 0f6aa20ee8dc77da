package io.keyspike.app.cli.shared;

import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.AudioSource;
import io.keyspike.audio.MicrophoneSource;
import io.keyspike.audio.NoMicrophoneException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--device",
            paramLabel = "NAME|INDEX",
            description = "Microphone: part of its name, or its number in --list-devices.")
    private @Nullable String device;

    @Option(names = "--list-devices", description = "List the microphones and exit.")
    private boolean listDevices;

    /** One audio stream, not yet opened. */
    public interface Input {
        AudioSource open() throws IOException;
    }

    public boolean listDevices() {
        return listDevices;
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

    /**
     * The streams requested, in order.
     *
     * @param sampleRateHz rate of the samples to come out
     * @throws CommandException if a file does not exist, or the options contradict each other
     */
    public List<Input> inputs(int sampleRateHz) {
        if (device != null && !isMicrophone()) {
            throw new CommandException(
                    ExitCode.USAGE, "--device selects a microphone and cannot be combined with --file or --stdin");
        }
        if (rateHz < 1) {
            throw new CommandException(ExitCode.USAGE, "--rate: expected a rate above 0 Hz, found " + rateHz);
        }
        if (isMicrophone()) {
            return List.of(() -> openMicrophone(sampleRateHz));
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
                throw new CommandException(ExitCode.USAGE, file + ": expected an audio file, found a folder");
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

    private AudioSource openMicrophone(int sampleRateHz) throws IOException {
        try {
            return MicrophoneSource.open(deviceName(), sampleRateHz);
        } catch (NoMicrophoneException e) {
            throw new CommandException(ExitCode.ENVIRONMENT, e.getMessage() + " (or use --file or --stdin)", e);
        }
    }

    private @Nullable String deviceName() {
        if (device == null || !device.matches("\\d+")) {
            return device;
        }
        List<MicrophoneSource.Device> devices = MicrophoneSource.devices();
        if (device.length() > 4 || Integer.parseInt(device) >= devices.size()) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    "no microphone number " + device + "; --list-devices shows " + devices.size());
        }
        return devices.get(Integer.parseInt(device)).name();
    }

    /** Prints the microphones, numbered as {@code --device} takes them. @return an exit code */
    public static int printDevices(PrintWriter out) {
        List<MicrophoneSource.Device> devices = MicrophoneSource.devices();
        if (devices.isEmpty()) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, "no microphone found; connect one, or start the sound server first");
        }
        for (int i = 0; i < devices.size(); i++) {
            out.printf(
                    "%2d  %s  (%s)%n", i, devices.get(i).name(), devices.get(i).description());
        }
        return ExitCode.OK;
    }
}
