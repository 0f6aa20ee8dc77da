package io.keyspike.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Another source at another rate. Closing it closes the other. */
public final class ResamplingSource implements AudioSource {
    private static final int CHUNK = 1_024;

    private final AudioSource source;
    private final int sampleRateHz;
    private final PolyphaseResampler resampler;
    private final short[] in = new short[CHUNK];
    private final short[] out;
    private int at;
    private int end;
    private boolean finished;
    private @Nullable IOException failure;

    /**
     * Resamples a source, whether or not the rates differ.
     *
     * @param source closed with this one
     * @param sampleRateHz rate of the output in Hz
     * @throws IllegalArgumentException if the pair of rates is beyond {@link PolyphaseResampler}
     */
    public ResamplingSource(AudioSource source, int sampleRateHz) {
        this.source = source;
        this.sampleRateHz = sampleRateHz;
        resampler = new PolyphaseResampler(source.sampleRateHz(), sampleRateHz);
        out = new short[resampler.maximumOutput(CHUNK)];
    }

    /**
     * Resamples only where that is needed.
     *
     * @param source read from its current position
     * @param sampleRateHz wanted rate in Hz
     * @return the source itself if it already has that rate, otherwise one that resamples it
     * @throws IllegalArgumentException if the pair of rates is beyond {@link PolyphaseResampler}
     */
    public static AudioSource at(AudioSource source, int sampleRateHz) {
        return source.sampleRateHz() == sampleRateHz ? source : new ResamplingSource(source, sampleRateHz);
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        while (at == end) {
            if (finished) {
                if (failure != null) {
                    throw failure;
                }
                return -1;
            }
            int count = read();
            finished = count < 0;
            at = 0;
            end = finished ? resampler.finish(out, 0) : resampler.process(in, 0, count, out, 0);
        }
        int count = Math.min(length, end - at);
        System.arraycopy(out, at, buffer, offset, count);
        at += count;
        return count;
    }

    /** -1 also where the source fails: what it gave before is heard to its last sample, and then the failure is thrown. */
    private int read() {
        try {
            return source.read(in, 0, in.length);
        } catch (IOException e) {
            failure = e;
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
