package io.keyspike.audio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/**
 * A microphone, through Java Sound. {@link #open} asks for the wanted rate in one channel; if the device does not support
 * that, it uses another rate or two channels and mixes down and resamples here (Java Sound's own conversion aliases
 * everything above the new Nyquist frequency). The line's buffer holds {@value #BUFFER_MILLIS} ms: with Java
 * Sound's default of 500 ms sound arrives in bursts of 125 ms, with this one every 20 ms.
 *
 * <p>{@link #close} may be called from another thread; a blocked {@link #read} then returns -1.
 */
public final class MicrophoneSource implements AudioSource {

    /** Length of the line's buffer; at 16 kHz in one channel 1,280 bytes. */
    private static final int BUFFER_MILLIS = 40;

    private static final int[] OTHER_RATES_HZ = {48_000, 44_100, 32_000, 96_000};

    private final LineSource line;
    private final AudioSource samples;

    /**
     * A device that can record.
     *
     * @param name as {@link #open} matches it
     * @param description what the driver says about it; may be empty
     */
    public record Device(String name, String description) {}

    private MicrophoneSource(LineSource line, int sampleRateHz) {
        this.line = line;
        samples = ResamplingSource.at(line, sampleRateHz);
    }

    /**
     * {@return the devices that can record, in the system's order; the first is the default; empty if there are none}
     */
    public static List<Device> devices() {
        return recorders().stream()
                .map(info -> new Device(info.getName(), info.getDescription()))
                .toList();
    }

    private static List<Mixer.Info> recorders() {
        var found = new ArrayList<Mixer.Info>();
        for (Mixer.Info info : AudioSystem.getMixerInfo()) {
            var anyLine = new DataLine.Info(TargetDataLine.class, null);
            if (AudioSystem.getMixer(info).isLineSupported(anyLine)) {
                found.add(info);
            }
        }
        return found;
    }

    /**
     * Opens a microphone and starts recording.
     *
     * @param device part of a device's name, ignoring case, or null for the default
     * @param sampleRateHz rate of the output in Hz
     * @return a source that is already recording; the caller closes it
     * @throws NoMicrophoneException if there is no such device, or it cannot be opened
     */
    public static MicrophoneSource open(@Nullable String device, int sampleRateHz) throws NoMicrophoneException {
        LineUnavailableException busy = null;
        for (Mixer.Info info : matching(device)) {
            Mixer mixer = AudioSystem.getMixer(info);
            for (AudioFormat format : formats(sampleRateHz)) {
                var wanted = new DataLine.Info(TargetDataLine.class, format);
                if (mixer.isLineSupported(wanted)) {
                    try {
                        var line = (TargetDataLine) mixer.getLine(wanted);
                        line.open(format, LineSource.bytesFor(format, BUFFER_MILLIS));
                        line.start();
                        return new MicrophoneSource(new LineSource(line, info.getName()), sampleRateHz);
                    } catch (LineUnavailableException e) {
                        busy = e;
                    }
                }
            }
        }
        String name = device == null ? "the default microphone" : "microphone \"" + device + "\"";
        throw new NoMicrophoneException(
                name + " provides no 16-bit audio (" + (busy == null ? "no usable format" : busy.getMessage())
                        + "); is another program recording?",
                busy);
    }

    private static List<Mixer.Info> matching(@Nullable String device) throws NoMicrophoneException {
        List<Mixer.Info> all = recorders();
        if (all.isEmpty()) {
            throw new NoMicrophoneException(
                    "no microphone found; plug one in or start the sound server before this program", null);
        }
        if (device == null) {
            return all;
        }
        String part = device.toLowerCase(Locale.ROOT);
        List<Mixer.Info> found = all.stream()
                .filter(info -> info.getName().toLowerCase(Locale.ROOT).contains(part))
                .toList();
        if (found.isEmpty()) {
            String names = all.stream().map(Mixer.Info::getName).collect(Collectors.joining("\", \"", "\"", "\""));
            throw new NoMicrophoneException(
                    "no microphone whose name contains \"" + device + "\"; there are " + names, null);
        }
        return found;
    }

    /** Formats in order of preference: the wanted rate, then others; one channel before two. */
    static List<AudioFormat> formats(int sampleRateHz) {
        var formats = new ArrayList<AudioFormat>();
        for (int channels = 1; channels <= 2; channels++) {
            formats.add(new AudioFormat(sampleRateHz, Short.SIZE, channels, true, false));
        }
        for (int rate : OTHER_RATES_HZ) {
            for (int channels = 1; channels <= 2; channels++) {
                formats.add(new AudioFormat(rate, Short.SIZE, channels, true, false));
            }
        }
        return formats;
    }

    @Override
    public int sampleRateHz() {
        return samples.sampleRateHz();
    }

    @Override
    public String description() {
        return samples.description();
    }

    /**
     * How often the line's buffer was found full, so that sound was probably lost because it was not read in time. Java
     * Sound itself reports no loss.
     *
     * @return full buffers found since the microphone was opened
     */
    public long overruns() {
        return line.overruns();
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        return samples.read(buffer, offset, length);
    }

    /** May be called from another thread; a blocked {@link #read} then returns what it has, or -1. */
    @Override
    public void close() throws IOException {
        samples.close();
    }
}
