package io.keyspike.testing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.FloatControl;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/**
 * A microphone that is not there, for {@link FakeMicrophones}. It offers one format and plays given samples in it; what goes
 * wrong with real ones can be asked for.
 */
public final class FakeMicrophone {

    /** What goes wrong. */
    public enum Fault {
        /** Another program records. */
        BUSY,
        /** Says that it supports every format, and opens only its own. */
        LIES,
        /** Was unplugged after it was listed. */
        GONE,
        /** Has nothing at its first reads. */
        HESITATES,
        /** Blocks in its first read after its last sample until it is closed. */
        BLOCKS,
        /** Ends with its last sample, as if unplugged, and is not listed for a while. */
        UNPLUGGED
    }

    /** The samples of a microphone, 16 bits each. */
    @FunctionalInterface
    public interface Samples {
        /**
         * A sample.
         *
         * @param index at the rate of the device
         * @param channel from 0
         * @return the sample in 16-bit units
         */
        int at(int index, int channel);
    }

    /** How often an unplugged device is missing from the list before it is back. */
    private static final int MISSING_LISTS = 3;

    final Mixer.Info info;
    final AudioFormat format;
    private final Samples samples;
    private final int length;
    private final List<Fault> faults;
    private final AtomicInteger missing = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile @Nullable FloatControl gain;

    /**
     * Describes a microphone.
     *
     * @param name as it is listed
     * @param format the only one it has
     * @param samples what it plays
     * @param length samples until it ends; afterwards it plays silence, unless a fault says otherwise
     * @param faults what goes wrong
     */
    public FakeMicrophone(String name, AudioFormat format, Samples samples, int length, Fault... faults) {
        this.info = new Info(name);
        this.format = format;
        this.samples = samples;
        this.length = length;
        this.faults = List.of(faults);
    }

    /** {@return how often it was opened} */
    public int opened() {
        return opened.get();
    }

    /**
     * Gives the line a control.
     *
     * @param db its value in dB
     * @return this
     */
    public FakeMicrophone withGain(float db) {
        gain = new FloatControl(FloatControl.Type.MASTER_GAIN, -80, 20, 1, 0, db, "dB") {};
        return this;
    }

    private static final class Info extends Mixer.Info {
        Info(String name) {
            super(name, "test", "a microphone for tests", "1");
        }
    }

    boolean has(Fault fault) {
        return faults.contains(fault);
    }

    boolean isListed() {
        return missing.get() == 0 || missing.getAndDecrement() == 0;
    }

    @Nullable
    FloatControl gain() {
        return gain;
    }

    boolean supports(Line.Info wanted) {
        if (!(wanted instanceof DataLine.Info line) || line.getLineClass() != TargetDataLine.class) {
            return false;
        }
        if (line.getFormats().length == 0 || has(Fault.LIES)) {
            return true;
        }
        for (AudioFormat each : line.getFormats()) {
            if (each.matches(format)) {
                return true;
            }
        }
        return false;
    }

    void check(AudioFormat wanted) throws LineUnavailableException {
        if (has(Fault.BUSY)) {
            throw new LineUnavailableException("line with format " + wanted + " not supported.");
        }
        if (!wanted.matches(format)) {
            throw new IllegalArgumentException("Line unsupported: " + wanted);
        }
        opened.incrementAndGet();
    }

    /** One opening of the device. */
    final class Recording {
        private int at;
        private int hesitated;
        private boolean isClosed;

        synchronized int read(byte[] bytes, int offset, int count) {
            if (has(Fault.HESITATES) && hesitated++ < 3) {
                return 0;
            }
            int frame = format.getFrameSize();
            int frames = count / frame;
            if (at >= length) {
                if (has(Fault.UNPLUGGED)) {
                    missing.set(MISSING_LISTS);
                    return -1;
                }
                if (has(Fault.BLOCKS)) {
                    awaitClose();
                    return 0;
                }
            }
            int left = has(Fault.UNPLUGGED) || has(Fault.BLOCKS) ? length - at : frames;
            for (int i = 0; i < Math.min(frames, left); i++) {
                for (int c = 0; c < format.getChannels(); c++) {
                    int value = at + i < length ? samples.at(at + i, c) : 0;
                    write(bytes, offset + i * frame + c * frame / format.getChannels(), value);
                }
            }
            at += Math.min(frames, left);
            return Math.min(frames, left) * frame;
        }

        private void awaitClose() {
            while (!isClosed) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        synchronized void close() {
            isClosed = true;
            notifyAll();
        }
    }

    /** A sample at the low end of its bytes, as ALSA has it. */
    private void write(byte[] bytes, int at, int value) {
        int size = format.getFrameSize() / format.getChannels();
        int bits = format.getSampleSizeInBits();
        long full = bits >= Short.SIZE ? (long) value << (bits - Short.SIZE) : value >> (Short.SIZE - bits);
        if (format.getEncoding().equals(AudioFormat.Encoding.PCM_FLOAT)) {
            float share = value / 32_768f;
            full = size == 4 ? Float.floatToIntBits(share) : Double.doubleToLongBits(share);
        } else if (format.getEncoding().equals(AudioFormat.Encoding.PCM_UNSIGNED)) {
            full += 1L << (bits - 1);
        }
        for (int b = 0; b < size; b++) {
            bytes[format.isBigEndian() ? at + size - 1 - b : at + b] = (byte) (full >> (Byte.SIZE * b));
        }
    }

    Recording record() {
        return new Recording();
    }
}
