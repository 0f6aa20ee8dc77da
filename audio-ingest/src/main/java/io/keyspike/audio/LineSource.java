package io.keyspike.audio;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.TargetDataLine;

/** An open Java Sound line of 16-bit little-endian samples, at its own rate, mixed down to one channel. */
final class LineSource implements AudioSource {
    private static final int READ_MILLIS = 20;

    private final TargetDataLine line;
    private final String description;
    private final int sampleRateHz;
    private final int channels;
    private final byte[] bytes;
    private final AtomicLong overruns = new AtomicLong();
    private volatile boolean closed;

    LineSource(TargetDataLine line, String description) {
        this.line = line;
        this.description = description;
        AudioFormat format = line.getFormat();
        sampleRateHz = Math.round(format.getSampleRate());
        channels = format.getChannels();
        bytes = new byte[bytesFor(format, READ_MILLIS)];
    }

    static int bytesFor(AudioFormat format, int millis) {
        return Math.round(format.getSampleRate() * millis / 1_000) * format.getFrameSize();
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public String description() {
        return description;
    }

    long overruns() {
        return overruns.get();
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        if (closed) {
            return -1;
        }
        int frameBytes = Short.BYTES * channels;
        if (line.available() >= line.getBufferSize()) {
            overruns.incrementAndGet();
        }
        int count = line.read(bytes, 0, Math.min(length * frameBytes, bytes.length));
        if (count <= 0) {
            if (closed) {
                return -1;
            }
            throw new IOException("microphone " + description + " stopped; was it unplugged?");
        }
        int samples = count / frameBytes;
        for (int i = 0; i < samples; i++) {
            int sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += Pcm.littleEndian(bytes, i * frameBytes + c * Short.BYTES);
            }
            buffer[offset + i] = Pcm.mean(sum, channels);
        }
        return samples;
    }

    /** May be called from another thread; a blocked {@link #read} then returns. */
    @Override
    public void close() {
        closed = true;
        line.stop();
        line.close();
    }
}
