package io.keyspike.audio;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.TargetDataLine;

/** An open Java Sound line, at its own rate, converted to one channel of 16-bit samples. */
final class LineSource implements AudioSource {
    private static final int READ_MILLIS = 20;

    /** A driver may have nothing for a moment; one whose device is gone has nothing any more. */
    private static final long NOTHING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long PAUSE_MILLIS = 5;

    private final TargetDataLine line;
    private final String description;
    private final LineFormat format;
    private final byte[] bytes;
    private final AtomicLong overruns = new AtomicLong();
    private volatile long readingSince;
    private volatile boolean closed;

    LineSource(TargetDataLine line, String description) {
        this(line, description, 0);
    }

    /**
     * @param channel the channel to take, from 1, or 0 for the mean of all
     * @throws IllegalArgumentException if the line's format cannot be converted
     */
    LineSource(TargetDataLine line, String description, int channel) {
        this.line = line;
        this.description = description;
        format = LineFormat.of(line.getFormat(), channel);
        bytes = new byte[Math.max(1, format.sampleRateHz() * READ_MILLIS / 1_000) * format.frameBytes()];
    }

    static int bytesFor(AudioFormat format, int millis) {
        return Math.round(format.getSampleRate() * millis / 1_000) * format.getFrameSize();
    }

    @Override
    public int sampleRateHz() {
        return format.sampleRateHz();
    }

    @Override
    public String description() {
        return description;
    }

    LineFormat format() {
        return format;
    }

    TargetDataLine line() {
        return line;
    }

    long overruns() {
        return overruns.get();
    }

    /** Whether a read has been waiting for longer than this. */
    boolean isStalled(long nanos) {
        long since = readingSince;
        return since != 0 && System.nanoTime() - since > nanos;
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        int frameBytes = format.frameBytes();
        if (!closed && line.available() >= line.getBufferSize()) {
            overruns.incrementAndGet();
        }
        int count = 0;
        readingSince = System.nanoTime() | 1;
        try {
            long limit = System.nanoTime() + NOTHING_NANOS;
            while (!closed && count == 0) {
                count = line.read(bytes, 0, Math.min(length * frameBytes, bytes.length));
                if (count < 0 || (count == 0 && !hasPaused(limit))) {
                    break;
                }
            }
        } finally {
            readingSince = 0;
        }
        if (count <= 0) {
            if (closed) {
                return -1;
            }
            throw new IOException("microphone " + description + " stopped; was it unplugged?");
        }
        int samples = count / frameBytes;
        for (int i = 0; i < samples; i++) {
            buffer[offset + i] = format.sample(bytes, i * frameBytes);
        }
        return samples;
    }

    private static boolean hasPaused(long limit) {
        if (System.nanoTime() > limit) {
            return false;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Makes a blocked {@link #read} fail, as if the device had stopped. May be called from another thread. */
    void cut() {
        line.stop();
        line.close();
    }

    /** May be called from another thread; a blocked {@link #read} then returns. */
    @Override
    public void close() {
        closed = true;
        line.stop();
        line.close();
    }
}
