package io.keyspike.audio;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A microphone, through Java Sound. {@link #open} asks for the wanted rate in one channel of 16 bits; if the device does not
 * support that, it takes what the device has, of 8 to 32 bits or float, with any number of channels at any rate, and converts
 * and resamples here (Java Sound's own conversion aliases everything above the new Nyquist frequency). The line's buffer holds
 * {@value MicrophoneLines#BUFFER_MILLIS} ms: with Java Sound's default of 500 ms sound arrives in bursts of 125 ms, with this
 * one every 20 ms.
 *
 * <p>A microphone that stops, because it is unplugged or delivers nothing for some seconds, is waited for and opened again, in
 * whatever format it then has; the samples continue where they stopped.
 *
 * <p>{@link #close} may be called from another thread; a blocked {@link #read} then returns -1.
 */
public final class MicrophoneSource implements AudioSource {

    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long WATCH_MILLIS = 500;
    private static final long REOPEN_MILLIS = 250;

    private final MicrophoneChoice choice;
    private final MicrophoneListener listener;
    private final int sampleRateHz;
    private final Object lock = new Object();
    private volatile MicrophoneLines.Opened opened;
    private volatile boolean closed;
    private volatile long earlierOverruns;

    /**
     * A device that can record.
     *
     * @param name as {@link #open} matches it
     * @param description what the driver says about it; may be empty
     */
    public record Device(String name, String description) {}

    private MicrophoneSource(
            MicrophoneLines.Opened opened, MicrophoneChoice choice, int sampleRateHz, MicrophoneListener listener) {
        this.opened = opened;
        this.choice = choice;
        this.sampleRateHz = sampleRateHz;
        this.listener = listener;
        Thread.ofVirtual().name("microphone-watch").start(this::watch);
    }

    /**
     * {@return the devices that can record, in the system's order; the first is the default; empty if there are none}
     */
    public static List<Device> devices() {
        return MicrophoneLines.recorders().stream()
                .map(info -> new Device(info.getName(), info.getDescription()))
                .toList();
    }

    /**
     * Opens a microphone and starts recording, without remarks; it is not waited for if it stops.
     *
     * @param device as in {@link MicrophoneChoice}
     * @param sampleRateHz rate of the output in Hz
     * @return a source that is already recording; the caller closes it
     * @throws NoMicrophoneException if there is no such device, or it cannot be opened
     */
    public static MicrophoneSource open(@Nullable String device, int sampleRateHz) throws NoMicrophoneException {
        return open(new MicrophoneChoice(device, 0, false), sampleRateHz, remark -> {});
    }

    /**
     * Opens a microphone and starts recording.
     *
     * @param choice which one; of several whose names match, and of all where none is chosen, the first that can be opened
     * @param sampleRateHz rate of the output in Hz
     * @param listener told if it is not the first, and when it stops and comes back
     * @return a source that is already recording; the caller closes it
     * @throws NoMicrophoneException if there is no such device, or it cannot be opened; the message says what it offers
     */
    public static MicrophoneSource open(MicrophoneChoice choice, int sampleRateHz, MicrophoneListener listener)
            throws NoMicrophoneException {
        return new MicrophoneSource(
                MicrophoneLines.open(choice, sampleRateHz, listener), choice, sampleRateHz, listener);
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public String description() {
        return opened.samples().description();
    }

    /**
     * What was opened, for people.
     *
     * @return format, channel and gain: {@code 48000 Hz, 2 channels (their mean), 16 bits little-endian, resampled to 16000 Hz;
     *     gain 6.0 dB}
     */
    public String details() {
        MicrophoneLines.Opened now = opened;
        LineFormat format = now.line().format();
        String channels = format.channels() == 1
                ? ""
                : format.channel() == 0 ? " (their mean)" : " (channel " + format.channel() + ")";
        String resampled = format.sampleRateHz() == sampleRateHz ? "" : ", resampled to " + sampleRateHz + " Hz";
        return format.text().replace(" channels", " channels" + channels) + resampled + "; "
                + MicrophoneGain.of(now.line().line(), now.device());
    }

    /**
     * How often the line's buffer was found full, so that sound was probably lost because it was not read in time. Java
     * Sound itself reports no loss.
     *
     * @return full buffers found since the microphone was opened
     */
    public long overruns() {
        return earlierOverruns + opened.line().overruns();
    }

    /**
     * As in {@link AudioSource}; waits for the microphone if it has stopped and is to be reopened.
     *
     * @throws NoMicrophoneException if it has stopped and is not to be reopened
     */
    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        while (!closed) {
            MicrophoneLines.Opened now = opened;
            try {
                int count = now.samples().read(buffer, offset, length);
                if (count >= 0 || closed) {
                    return count;
                }
            } catch (IOException | RuntimeException e) {
                if (closed) {
                    return -1;
                }
                if (!choice.reconnect()) {
                    throw new NoMicrophoneException(String.valueOf(e.getMessage()), e);
                }
            }
            if (!hasReopened(now)) {
                return -1;
            }
        }
        return -1;
    }

    private boolean hasReopened(MicrophoneLines.Opened lost) {
        closeQuietly(lost);
        String name = "microphone \"" + lost.device().getName() + "\"";
        listener.remark(name + " stopped; waiting for it to come back");
        while (!closed && listener.isWaiting()) {
            MicrophoneLines.Opened again = MicrophoneLines.reopen(lost.identity(), choice.channel(), sampleRateHz);
            if (again != null) {
                synchronized (lock) {
                    if (closed) {
                        closeQuietly(again);
                        return false;
                    }
                    earlierOverruns += lost.line().overruns();
                    opened = again;
                }
                listener.remark(name + " is back: " + details());
                return true;
            }
            if (!hasSlept(REOPEN_MILLIS)) {
                return false;
            }
        }
        return false;
    }

    /** A driver may block for ever in a read when its device is gone. */
    private void watch() {
        while (!closed && hasSlept(WATCH_MILLIS)) {
            LineSource line = opened.line();
            if (line.isStalled(STALLED_NANOS)) {
                line.cut();
            }
        }
    }

    private static boolean hasSlept(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void closeQuietly(MicrophoneLines.Opened lost) {
        try {
            lost.line().close();
        } catch (RuntimeException e) {
            // the driver of a device that is gone
        }
    }

    /** May be called from another thread; a blocked {@link #read} then returns -1. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            opened.samples().close();
        }
    }
}
