package io.keyspike.audio;

import java.io.IOException;
import java.io.InputStream;

/** Raw samples, 16-bit little-endian, one channel, from a stream such as standard input. */
public final class PcmStreamSource implements AudioSource {
    private static final int BUFFER_SAMPLES = 2_048;

    private final InputStream in;
    private final int sampleRateHz;
    private final String description;
    private final byte[] bytes = new byte[Short.BYTES * BUFFER_SAMPLES + 1];
    private int filled;

    /**
     * Wraps a stream without reading from it.
     *
     * @param in little-endian PCM16; closed with this source
     * @param sampleRateHz rate of the samples in Hz, which the stream itself does not tell
     * @param description what to call the stream in errors and to people
     * @throws IllegalArgumentException if the rate is not above 0
     */
    public PcmStreamSource(InputStream in, int sampleRateHz, String description) {
        if (sampleRateHz <= 0) {
            throw new IllegalArgumentException("PCM stream: expected a rate above 0 Hz, found " + sampleRateHz);
        }
        this.in = in;
        this.sampleRateHz = sampleRateHz;
        this.description = description;
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public String description() {
        return description;
    }

    /** @throws CutOffException at the end, if the stream ends with half a sample */
    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        int wanted = Short.BYTES * Math.min(length, BUFFER_SAMPLES);
        while (filled < Short.BYTES) {
            int count = in.read(bytes, filled, wanted - filled);
            if (count < 0) {
                if (filled > 0) {
                    filled = 0;
                    throw new CutOffException(
                            description + ": expected whole 16-bit samples, found an odd byte at the end");
                }
                return -1;
            }
            filled += count;
        }
        int samples = filled / Short.BYTES;
        for (int i = 0; i < samples; i++) {
            buffer[offset + i] = Pcm.littleEndian(bytes, Short.BYTES * i);
        }
        filled -= Short.BYTES * samples;
        bytes[0] = bytes[Short.BYTES * samples]; // the odd byte, if there is one
        return samples;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
