package io.keyspike.trainer.cache;

import io.keyspike.trainer.data.Clip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Frames made by transforms whenever they are asked for, or taken from a disk where they have been made before. */
final class ComputedFrames implements FrameSource {
    private final List<FrameTransform> copies;
    private final List<Clip> clips;
    private final FrameKeys[] keys;
    private final @Nullable DiskCache disk;
    private final int frames;
    private final int width;

    /**
     * @param copies one transform a copy, all of one size; frames of clip c by transform k are {@code k·clips + c}
     * @param disk where frames are looked for and kept; null for nowhere
     */
    ComputedFrames(List<FrameTransform> copies, List<Clip> clips, @Nullable DiskCache disk) {
        this.copies = List.copyOf(copies);
        this.clips = List.copyOf(clips);
        this.disk = disk;
        keys = disk == null
                ? new FrameKeys[0]
                : copies.stream().map(FrameKeys::new).toArray(FrameKeys[]::new);
        frames = copies.getFirst().frames();
        width = copies.getFirst().width();
        for (FrameTransform copy : copies) {
            if (copy.frames() != frames || copy.width() != width) {
                throw new IllegalArgumentException("frames: expected copies of one size, found " + frames + " x "
                        + width + " and " + copy.frames() + " x " + copy.width());
            }
        }
    }

    @Override
    public int clips() {
        return copies.size() * clips.size();
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
        boolean whole = toOffset == 0 && count == frames && to.length == frames * width;
        float[] all = whole ? to : new float[frames * width];
        try {
            make(copies.get(clip / clips.size()), clip / clips.size(), clips.get(clip % clips.size()), all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!whole) {
            System.arraycopy(all, fromFrame * width, to, toOffset, count * width);
        }
    }

    private void make(FrameTransform transform, int copy, Clip clip, float[] all) throws IOException {
        if (disk == null) {
            transform.apply(clip, all);
            requireFinite(clip, all);
            return;
        }
        byte[] key = keys[copy].of(clip);
        if (!disk.read(key, all, all.length)) {
            transform.apply(clip, all);
            requireFinite(clip, all);
            disk.write(key, all);
        }
    }

    private void requireFinite(Clip clip, float[] all) throws IOException {
        for (int i = 0; i < all.length; i++) {
            if (!Float.isFinite(all[i])) {
                throw new IOException(clip.file() + ": expected finite features, found " + all[i] + " in frame "
                        + i / width + ", channel " + i % width + " of " + clip.name());
            }
        }
    }
}
