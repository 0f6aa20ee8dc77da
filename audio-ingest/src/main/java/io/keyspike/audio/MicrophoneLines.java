package io.keyspike.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/** Finds recording devices and opens them. Drivers may throw anything; here it only means the next format, or device. */
final class MicrophoneLines {

    /** Length of the line's buffer; at 16 kHz in one channel 1,280 bytes. */
    static final int BUFFER_MILLIS = 40;

    /** For all formats of one device together: a device that blocks in each must not be tried for minutes. */
    private static final long TRYING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private MicrophoneLines() {}

    /**
     * A device, recognised when it comes back.
     *
     * @param number its place among the devices of this name
     * @param equals how many there were of this name
     */
    record Identity(String name, String description, int number, int equals) {

        static Identity of(Mixer.Info device, List<Mixer.Info> all) {
            int equals = 0;
            int number = 0;
            for (Mixer.Info each : all) {
                if (each.equals(device)) {
                    number = equals;
                }
                equals += isNamed(each, device.getName(), device.getDescription()) ? 1 : 0;
            }
            return new Identity(device.getName(), device.getDescription(), number, equals);
        }

        /** Of several alike nobody can tell which one is missing: the device is back when all of them are. */
        Mixer.@Nullable Info find(List<Mixer.Info> all) {
            List<Mixer.Info> alike = all.stream()
                    .filter(each -> isNamed(each, name, description))
                    .toList();
            return alike.size() >= equals ? alike.get(number) : null;
        }

        private static boolean isNamed(Mixer.Info device, String name, String description) {
            return device.getName().equals(name) && device.getDescription().equals(description);
        }
    }

    /** An open line that is already recording. */
    record Opened(LineSource line, AudioSource samples, Mixer.Info device, Identity identity) {}

    /** The devices that can record, in the system's order. */
    static List<Mixer.Info> recorders() {
        var found = new ArrayList<Mixer.Info>();
        var anyLine = new DataLine.Info(TargetDataLine.class, null);
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            try {
                if (AudioSystem.getMixer(info).isLineSupported(anyLine)) {
                    found.add(info);
                }
            } catch (IllegalArgumentException e) {
                // unplugged since it was listed
            }
        }
        return found;
    }

    /**
     * Opens the first device of a choice that can be opened.
     *
     * @throws NoMicrophoneException if there is none; the message says what the devices offer
     */
    static Opened open(MicrophoneChoice choice, int sampleRateHz, MicrophoneListener listener)
            throws NoMicrophoneException {
        List<Mixer.Info> all = recorders();
        NoMicrophoneException first = null;
        for (Mixer.Info device : matching(choice, all)) {
            try {
                Opened opened = open(device, all, choice.channel(), sampleRateHz);
                if (first != null) {
                    listener.remark(first.getMessage() + "; using \"" + device.getName() + "\" instead");
                }
                return opened;
            } catch (NoMicrophoneException e) {
                first = first == null ? e : first;
            }
        }
        throw Objects.requireNonNull(first);
    }

    /** Opens a device that was open before, if it is there. @return null if it is not, or cannot be opened yet */
    static @Nullable Opened reopen(Identity identity, int channel, int sampleRateHz) {
        List<Mixer.Info> all = recorders();
        Mixer.Info device = identity.find(all);
        try {
            return device == null ? null : open(device, all, channel, sampleRateHz);
        } catch (NoMicrophoneException e) {
            return null;
        }
    }

    private static Opened open(Mixer.Info device, List<Mixer.Info> all, int channel, int sampleRateHz)
            throws NoMicrophoneException {
        String name = "microphone \"" + device.getName() + "\"";
        String offer = "";
        String reason = "no usable format";
        try {
            Mixer mixer = AudioSystem.getMixer(device);
            offer = LineFormats.offer(mixer);
            long limit = System.nanoTime() + TRYING_NANOS;
            for (AudioFormat format : LineFormats.of(mixer, sampleRateHz, channel)) {
                try {
                    return open(mixer, device, Identity.of(device, all), format, channel, sampleRateHz);
                } catch (LineUnavailableException | RuntimeException e) {
                    reason = e instanceof LineUnavailableException || reason.equals("no usable format")
                            ? String.valueOf(e.getMessage())
                            : reason;
                }
                if (System.nanoTime() > limit) {
                    break;
                }
            }
        } catch (RuntimeException e) {
            reason = String.valueOf(e.getMessage());
        }
        String wanted = channel == 0 ? "" : " with a channel " + channel;
        throw new NoMicrophoneException(
                name + " cannot be opened" + wanted + " (" + reason + "); it offers "
                        + (offer.isEmpty() ? "nothing" : offer)
                        + (reason.equals("no usable format")
                                ? ""
                                : "; is another program recording, or was it unplugged?"),
                null);
    }

    private static Opened open(
            Mixer mixer, Mixer.Info device, Identity identity, AudioFormat format, int channel, int sampleRateHz)
            throws LineUnavailableException {
        var line = (TargetDataLine) mixer.getLine(new DataLine.Info(TargetDataLine.class, format));
        try {
            line.open(format, LineSource.bytesFor(format, BUFFER_MILLIS));
            var source = new LineSource(line, device.getName(), channel);
            AudioSource samples = ResamplingSource.at(source, sampleRateHz);
            line.start();
            return new Opened(source, samples, device, identity);
        } catch (LineUnavailableException | RuntimeException e) {
            line.close();
            throw e;
        }
    }

    private static List<Mixer.Info> matching(MicrophoneChoice choice, List<Mixer.Info> all)
            throws NoMicrophoneException {
        if (all.isEmpty()) {
            throw new NoMicrophoneException(
                    "no microphone found; plug one in or start the sound server before this program", null);
        }
        String device = choice.device();
        if (device == null) {
            return all;
        }
        int number = choice.number();
        if (number >= 0) {
            if (number >= all.size()) {
                throw new NoMicrophoneException(
                        "no microphone number " + number + "; there are " + names(all) + ", numbered from 0", null);
            }
            return List.of(all.get(number));
        }
        String wanted = device.toLowerCase(Locale.ROOT);
        List<Mixer.Info> found =
                all.stream().filter(info -> info.getName().equals(device)).toList();
        if (found.isEmpty()) {
            found = all.stream()
                    .filter(info -> info.getName().equalsIgnoreCase(device))
                    .toList();
        }
        if (found.isEmpty()) {
            found = all.stream()
                    .filter(info -> info.getName().toLowerCase(Locale.ROOT).contains(wanted))
                    .toList();
        }
        if (found.isEmpty()) {
            throw new NoMicrophoneException(
                    "no microphone whose name contains \"" + device + "\"; there are " + names(all),
                    all.stream().map(Mixer.Info::getName).toList(),
                    null);
        }
        return found;
    }

    private static String names(List<Mixer.Info> all) {
        return all.stream().map(Mixer.Info::getName).collect(Collectors.joining("\", \"", "\"", "\""));
    }
}
