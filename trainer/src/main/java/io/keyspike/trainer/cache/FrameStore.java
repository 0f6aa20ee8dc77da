package io.keyspike.trainer.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Frames of clips of one length, {@code [clips, frames, width]}, float32 little-endian, outside the Java heap.
 */
public final class FrameStore implements FrameSource {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment values;
    private final int clips;
    private final int frames;
    private final int width;

    private FrameStore(MemorySegment values, int clips, int frames, int width) {
        this.values = values;
        this.clips = clips;
        this.frames = frames;
        this.width = width;
    }

    /** All zero; freed when it is no longer reachable. */
    public static FrameStore inMemory(int clips, int frames, int width) {
        MemorySegment values = Arena.ofAuto().allocate(byteSize(clips, frames, width));
        return new FrameStore(values, clips, frames, width);
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

    /**
     * Writes a clip's frames; any number of threads may, each its own clips.
     *
     * @param frameValues {@code [frames, width]}
     */
    public void write(float[] frameValues, int clip) {
        if (frameValues.length != frames * width) {
            throw new IllegalArgumentException(
                    "frame store: expected clips of " + frames * width + " values, found one of " + frameValues.length);
        }
        long at = (long) clip * frames * width * Float.BYTES;
        MemorySegment.copy(frameValues, 0, values, FLOAT, at, frameValues.length);
    }
}
