package io.keyspike.app.cli.sound;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.audio.MicrophoneChoice;
import io.keyspike.audio.MicrophoneListener;
import io.keyspike.audio.MicrophoneSource;
import io.keyspike.audio.NoMicrophoneException;
import io.keyspike.models.description.Spelling;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which microphone to record from, and how. */
public final class MicrophoneOptions {

    private static final String ALL_CHANNELS = "mix";

    @Option(
            names = "--device",
            paramLabel = "NAME|INDEX",
            description = "Microphone: its number in --list-devices, its name, or part of its name.")
    private @Nullable String device;

    @Option(
            names = "--channel",
            paramLabel = "N|mix",
            defaultValue = ALL_CHANNELS,
            description =
                    "Channel of a microphone with several, from 1, or the mean of all (default: ${DEFAULT-VALUE}).")
    private String channel = ALL_CHANNELS;

    @Option(
            names = "--reconnect",
            negatable = true,
            description = "Wait for a microphone that was unplugged and open it again; otherwise end with exit code 3"
                    + " (default: wait).")
    private @Nullable Boolean reconnect;

    @Option(names = "--list-devices", description = "List the microphones and exit.")
    private boolean listDevices;

    boolean listDevices() {
        return listDevices;
    }

    /** @throws CommandException if an option is set that has no meaning without a microphone, or is not valid */
    void check(boolean isMicrophone) {
        if (device != null && !isMicrophone) {
            throw new CommandException(
                    ExitCode.USAGE, "--device selects a microphone and cannot be combined with --file or --stdin");
        }
        if (!channel.equals(ALL_CHANNELS) && !isMicrophone) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--channel selects a microphone's channel and cannot be combined with --file or --stdin");
        }
        choice();
    }

    private MicrophoneChoice choice() {
        if (!channel.matches("mix|[1-9]\\d{0,2}")) {
            throw new CommandException(
                    ExitCode.USAGE, "--channel: expected a channel number from 1, or mix, found " + channel);
        }
        return new MicrophoneChoice(
                device, channel.equals(ALL_CHANNELS) ? 0 : Integer.parseInt(channel), !Boolean.FALSE.equals(reconnect));
    }

    MicrophoneSource open(int sampleRateHz, MicrophoneListener listener) throws IOException {
        try {
            return MicrophoneSource.open(choice(), sampleRateHz, listener);
        } catch (NoMicrophoneException e) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, e.getMessage() + hint(e) + " (or use --file or --stdin)", e);
        }
    }

    private String hint(NoMicrophoneException e) {
        return device == null ? "" : Spelling.hint(device, e.names());
    }

    /** Prints the microphones, numbered as {@code --device} takes them. @return an exit code */
    static int printDevices(PrintWriter out) {
        List<MicrophoneSource.Device> devices = MicrophoneSource.devices();
        if (devices.isEmpty()) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT, "no microphone found; connect one, or start the sound server first");
        }
        for (int i = 0; i < devices.size(); i++) {
            out.printf(
                    "%2d  %s  (%s)%n",
                    i,
                    Printable.line(devices.get(i).name()),
                    Printable.line(devices.get(i).description()));
        }
        return ExitCode.OK;
    }
}
