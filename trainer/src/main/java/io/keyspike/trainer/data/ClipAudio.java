package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import java.io.IOException;
import java.util.Arrays;

/** Samples of clips. */
public final class ClipAudio {

    private ClipAudio() {}

    /**
     * A clip's samples, padded with silence at the end or cut.
     *
     * @throws IOException if the file is defective anywhere, also where the clip does not reach
     */
    public static short[] read(Clip clip, int sampleRateHz, int samples) throws IOException {
        short[] all = AudioFiles.readAll(clip.file(), sampleRateHz);
        int from = Math.min(clip.item(), all.length);
        return all.length == samples && from == 0 ? all : Arrays.copyOfRange(all, from, from + samples);
    }
}
