package io.keyspike.audio;

import io.keyspike.audio.flac.FlacDecoder;
import io.keyspike.audio.flac.FlacException;
import io.keyspike.audio.flac.StreamInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A FLAC stream at its own rate, any number of channels, mixed down to their mean. Damage is an error that names the file; all
 * samples before it were delivered and are right, except where the MD5 of the whole is wrong: that is known only at the end.
 */
final class FlacSource implements Recording {
    private static final int LOWEST_RATE_HZ = 1_000;

    private final InputStream in;
    private final String name;
    private final FlacDecoder decoder;
    private final SoundFormat format;
    private short[] mono = new short[0];
    private int at;
    private int end;

    /**
     * Reads the metadata; closes the stream if that fails.
     *
     * @param in positioned at "fLaC"; closed with this source
     * @param name what to call the stream in errors
     * @throws IOException if it is no FLAC stream that this class reads
     */
    FlacSource(InputStream in, String name) throws IOException {
        this.in = in;
        this.name = name;
        try {
            decoder = new FlacDecoder(in);
            StreamInfo info = decoder.info();
            if (info.sampleRateHz() < LOWEST_RATE_HZ) {
                throw new IOException(name + ": expected a sample rate of at least " + LOWEST_RATE_HZ + " Hz, found "
                        + info.sampleRateHz());
            }
            format = new SoundFormat("FLAC", "FLAC", info.sampleRateHz(), info.channels(), info.bits());
        } catch (FlacException e) {
            in.close();
            throw named(e);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private IOException named(FlacException e) {
        return new IOException(name + ": damaged FLAC file (" + e.getMessage() + ")", e);
    }

    @Override
    public SoundFormat format() {
        return format;
    }

    @Override
    public List<String> warnings() {
        return decoder.remark().stream().toList();
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        while (at == end) {
            int count;
            try {
                count = decoder.next();
            } catch (FlacException e) {
                throw named(e);
            }
            if (count < 0) {
                return -1;
            }
            mix(count);
        }
        int count = Math.min(length, end - at);
        System.arraycopy(mono, at, buffer, offset, count);
        at += count;
        return count;
    }

    private void mix(int count) {
        if (mono.length < count) {
            mono = new short[count];
        }
        int[] first = decoder.samples(0);
        if (format.channels() == 1 && format.bits() == Short.SIZE) {
            for (int i = 0; i < count; i++) {
                mono[i] = (short) first[i];
            }
        } else if (format.bits() == Short.SIZE && format.channels() == 2) {
            int[] second = decoder.samples(1);
            for (int i = 0; i < count; i++) {
                mono[i] = (short) ((first[i] + second[i] + 1) >> 1);
            }
        } else {
            double unit = Math.scalb(1.0, Short.SIZE - format.bits());
            for (int i = 0; i < count; i++) {
                long sum = 0;
                for (int c = 0; c < format.channels(); c++) {
                    sum += decoder.samples(c)[i];
                }
                mono[i] = Pcm.rounded(sum * unit / format.channels());
            }
        }
        at = 0;
        end = count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
