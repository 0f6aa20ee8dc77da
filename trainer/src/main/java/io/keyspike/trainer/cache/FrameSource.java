package io.keyspike.trainer.cache;

/** Frames of samples of one length, {@code [clips, frames, width]}, wherever they are kept; safe to read from any thread. */
public interface FrameSource {

    int clips();

    /** Frames of each clip. */
    int frames();

    /** Values of a frame. */
    int width();

    /**
     * Copies frames of a clip.
     *
     * @param fromFrame first frame
     * @param count how many
     * @param to {@code [count, width]} from {@code toOffset}, written
     */
    void read(int clip, int fromFrame, int count, float[] to, int toOffset);
}
