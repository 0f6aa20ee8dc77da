package io.keyspike.app.cli.listen;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A microphone without hardware: a PulseAudio daemon of our own with a sink that goes nowhere; what is played into it can be
 * recorded from its monitor. Java Sound sees it through ALSA's bridge to PulseAudio.
 */
final class VirtualMicrophone implements AutoCloseable {

    private static final List<String> TOOLS = List.of("pulseaudio", "pactl", "pacat", "paplay");

    /** Time for the silent stream to take hold: without it the sink works in blocks of up to two seconds. */
    private static final long WARM_UP_SECONDS = 3;

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();

    private VirtualMicrophone(Path folder) {
        this.folder = folder;
    }

    /**
     * Starts it. Programs that are to record from it are started afterwards, with {@link #prepare}d environment.
     *
     * @param folder for the daemon's files, empty
     */
    static VirtualMicrophone start(Path folder) throws IOException, InterruptedException {
        for (String tool : TOOLS) {
            Assumptions.assumeTrue(
                    isInstalled(tool),
                    () -> "skipped: " + tool + " is not installed, so there is no"
                            + " microphone to test with (packages pulseaudio, pulseaudio-utils, libasound2-plugins)");
        }
        var microphone = new VirtualMicrophone(folder);
        try {
            microphone.startDaemon();
            return microphone;
        } catch (IOException | InterruptedException | RuntimeException e) {
            microphone.close();
            throw e;
        }
    }

    private static boolean isInstalled(String tool) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return true;
            }
        }
        return false;
    }

    private void startDaemon() throws IOException, InterruptedException {
        processes.add(begin(
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "-L",
                "module-null-sink sink_name=virtual rate=16000 channels=1",
                "-L",
                "module-native-protocol-unix"));
        long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (begin("pactl", "info").waitFor() != 0) {
            Assumptions.assumeTrue(System.nanoTime() < limit, "skipped: PulseAudio does not start on this machine");
            TimeUnit.MILLISECONDS.sleep(200);
        }
        if (begin("pactl", "set-default-source", "virtual.monitor").waitFor() != 0) {
            throw new IOException("pactl did not set the default source");
        }
        processes.add(
                begin("pacat", "--latency-msec=20", "--rate=16000", "--channels=1", "--format=s16le", "/dev/zero"));
        TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
    }

    private Process begin(String... command) throws IOException {
        return prepare(new ProcessBuilder(command))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log-" + command[0]).toFile())
                .start();
    }

    /** Lets a process find this daemon and no other. */
    ProcessBuilder prepare(ProcessBuilder builder) {
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        builder.environment().remove("PULSE_SERVER");
        return builder;
    }

    /** Plays a sound file into the microphone; returns when it has been heard. */
    void play(Path wav) throws IOException, InterruptedException {
        int exitCode = begin("paplay", "--latency-msec=20", wav.toString()).waitFor();
        if (exitCode != 0) {
            throw new IOException(
                    "paplay ended with " + exitCode + ": " + Files.readString(folder.resolve("log-paplay")));
        }
    }

    @Override
    public void close() {
        for (Process process : processes.reversed()) {
            process.destroy();
            if (process.onExit()
                    .completeOnTimeout(process, 5, TimeUnit.SECONDS)
                    .join()
                    .isAlive()) {
                process.destroyForcibly().onExit().join();
            }
        }
    }
}
