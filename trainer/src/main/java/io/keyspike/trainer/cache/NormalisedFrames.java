package io.keyspike.trainer.cache;

import io.keyspike.audio.features.ChannelNormaliser;

/** Frames with a normaliser applied as they are read, so that caches do not depend on what it was fitted to. */
public final class NormalisedFrames implements FrameSource {
    private final FrameSource frames;
    private final ChannelNormaliser normaliser;

    /** @param normaliser of as many channels as a frame has values */
    public NormalisedFrames(FrameSource frames, ChannelNormaliser normaliser) {
        if (normaliser.channels() != frames.width()) {
            throw new IllegalArgumentException("normalised frames: expected a normaliser of " + frames.width()
                    + " channels, found one of " + normaliser.channels());
        }
        this.frames = frames;
        this.normaliser = normaliser;
    }

    @Override
    public int clips() {
        return frames.clips();
    }

    @Override
    public int frames() {
        return frames.frames();
    }

    @Override
    public int width() {
        return frames.width();
    }

    @Override
    public void read(int clip, int fromFrame, int count, float[] to, int toOffset) {
        frames.read(clip, fromFrame, count, to, toOffset);
        for (int f = 0; f < count; f++) {
            normaliser.apply(to, toOffset + f * width());
        }
    }
}
