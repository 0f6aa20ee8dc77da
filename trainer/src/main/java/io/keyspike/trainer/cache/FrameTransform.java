package io.keyspike.trainer.cache;

import io.keyspike.trainer.data.Clip;
import java.io.IOException;

/** From one sample to its frames: deterministic, of one size for all samples, safe to use from any thread. */
public interface FrameTransform {

    /** Every parameter that the frames depend on, as text, and the version of the code where it has one. */
    String recipe();

    /** Frames of every sample. */
    int frames();

    /** Values of a frame. */
    int width();

    /**
     * Makes a sample's frames.
     *
     * @param to {@code [frames, width]}, all written
     * @throws IOException if the sample cannot be read; one sentence that names it
     */
    void apply(Clip clip, float[] to) throws IOException;

    /**
     * What the transform makes of a fixed, made-up sample. It is part of the key under which frames are cached, so that code
     * that gives other values than it used to never meets the old ones, even where nobody thought of a new version.
     */
    float[] probe();
}
