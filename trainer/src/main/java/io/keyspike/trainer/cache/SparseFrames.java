package io.keyspike.trainer.cache;

import java.util.Arrays;

/** Frames in memory that are mostly zero, such as events: of each sample only the values that are not. */
final class SparseFrames implements FrameSource {
    private final byte[][] clips;
    private final int frames;
    private final int width;

    SparseFrames(int clips, int frames, int width) {
        this.clips = new byte[clips][];
        this.frames = frames;
        this.width = width;
    }

    /** @param values {@code [frames, width]} */
    void write(float[] values, int clip) {
        clips[clip] = FrameEncoding.forMemory(values);
    }

    long byteSize() {
        return Arrays.stream(clips).mapToLong(c -> c.length).sum();
    }

    @Override
    public int clips() {
        return clips.length;
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int clip, int fromFrame, int count, float[] to, int toOffset) {
        byte[] bytes = clips[clip];
        if (count == frames) {
            FrameEncoding.decode(bytes, 0, bytes.length, to, toOffset, frames * width);
            return;
        }
        float[] all = new float[frames * width];
        FrameEncoding.decode(bytes, 0, bytes.length, all, 0, all.length);
        System.arraycopy(all, fromFrame * width, to, toOffset, count * width);
    }
}
