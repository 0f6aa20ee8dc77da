package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.AudioSource;
import java.io.IOException;

/** Samples of clips. */
public final class ClipAudio {

    private static final int CHUNK_SAMPLES = 4_096;

    private ClipAudio() {}

    /**
     * A clip's samples, padded with silence at the end or cut.
     *
     * @throws IOException if the file is defective anywhere, also where the clip does not reach
     */
    public static short[] read(Clip clip, int sampleRateHz, int samples) throws IOException {
        short[] heard = new short[samples];
        short[] chunk = new short[CHUNK_SAMPLES];
        try (AudioSource source = AudioFiles.open(clip.file(), sampleRateHz)) {
            long at = -(long) clip.item(); // of the chunk's first sample in the clip
            for (int read = source.read(chunk, 0, chunk.length);
                    read >= 0;
                    read = source.read(chunk, 0, chunk.length)) {
                int from = Math.clamp(-at, 0, read);
                int to = Math.clamp(samples - at, from, read);
                if (to > from) {
                    System.arraycopy(chunk, from, heard, (int) (at + from), to - from);
                }
                at += read;
            }
        }
        return heard;
    }
}
