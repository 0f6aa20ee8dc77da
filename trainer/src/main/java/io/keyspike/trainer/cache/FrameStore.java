package io.keyspike.trainer.features;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Frames of clips of one length, {@code [clips, frames, width]}, float32 little-endian, outside the Java heap: in memory or
 * mapped from a cache file.
 */
public final class FrameStore implements FrameSource {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment values;
    private final int clips;
    private final int frames;
    private final int width;

    FrameStore(MemorySegment values, int clips, int frames, int width) {
        long expected = byteSize(clips, frames, width);
        if (values.byteSize() != expected) {
            throw new IllegalArgumentException("frame store: expected " + expected + " bytes for [" + clips + ", "
                    + frames + ", " + width + "], found " + values.byteSize());
        }
        this.values = values;
        this.clips = clips;
        this.frames = frames;
        this.width = width;
    }

    static long byteSize(int clips, int frames, int width) {
        return (long) clips * frames * width * Float.BYTES;
    }

    @Override
    public int clips() {
        return clips;
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
        long at = ((long) clip * frames + fromFrame) * width * Float.BYTES;
        MemorySegment.copy(values, FLOAT, at, to, toOffset, count * width);
    }

    void write(int clip, float[][] rows) {
        if (rows.length != frames) {
            throw new IllegalArgumentException(
                    "frame store: expected clips of " + frames + " frames, found one of " + rows.length);
        }
        long at = (long) clip * frames * width * Float.BYTES;
        for (float[] row : rows) {
            MemorySegment.copy(row, 0, values, FLOAT, at, width);
            at += (long) width * Float.BYTES;
        }
    }
}
