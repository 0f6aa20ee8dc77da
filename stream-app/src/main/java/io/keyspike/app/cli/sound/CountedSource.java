package io.keyspike.app.cli.sound;

import io.keyspike.audio.AudioSource;
import java.io.IOException;
import java.util.function.LongConsumer;

/** Reports the number of samples of each read. Closing it does not close the underlying source. */
public record CountedSource(AudioSource source, LongConsumer read) implements AudioSource {

    @Override
    public int sampleRateHz() {
        return source.sampleRateHz();
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        int count = source.read(buffer, offset, length);
        if (count > 0) {
            read.accept(count);
        }
        return count;
    }

    @Override
    public void close() {}

    /** Number of samples until the end of a source; reads and closes it. */
    public static long length(AudioSource source) throws IOException {
        try (source) {
            short[] block = new short[4_096];
            long length = 0;
            int count;
            while ((count = source.read(block, 0, block.length)) >= 0) {
                length += count;
            }
            return length;
        }
    }
}
