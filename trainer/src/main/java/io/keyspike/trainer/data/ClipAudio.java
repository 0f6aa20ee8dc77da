package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Samples of clips. */
public final class ClipAudio {

    private ClipAudio() {}

    /**
     * All samples of a file, padded with silence at the end or cut.
     *
     * @throws IOException if the file is defective anywhere, also behind the cut
     */
    public static short[] read(Path file, int sampleRateHz, int samples) throws IOException {
        return fit(AudioFiles.readAll(file, sampleRateHz), samples);
    }

    static short[] fit(short[] samples, int length) {
        return samples.length == length ? samples : Arrays.copyOf(samples, length);
    }
}
