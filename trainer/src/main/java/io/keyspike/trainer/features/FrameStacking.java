package io.keyspike.trainer.features;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.models.description.ModelInput;

/**
 * How a network's steps are made of frames. Caches keep frames, not steps: a frame is stored once instead of in every step
 * that sees it, and shifting or joining clips by frames gives what a stream would.
 *
 * @param frameWidth values per frame
 * @param context frames per step, oldest first; frame 0 stands in for those before it
 * @param stride frames from one step to the next
 * @param repeats steps that are all the same, one after another: more than 1 for images
 */
public record FrameStacking(int frameWidth, int context, int stride, int repeats) {

    /** The stacking of an input. */
    public static FrameStacking of(ModelInput input) {
        return switch (input) {
            case ModelInput.Sound sound -> of(sound.features());
            case ModelInput.ClipSpectrogram clip -> new FrameStacking(clip.width(), 1, 1, 1);
            case ModelInput.EventFrames events -> new FrameStacking(events.width(), 1, 1, 1);
            case ModelInput.Image image -> new FrameStacking(image.width(), 1, 1, image.steps());
        };
    }

    private static FrameStacking of(FeatureSpec spec) {
        return switch (spec) {
            case FilterbankSpec filterbank -> new FrameStacking(filterbank.width(), 1, 1, 1);
            case LogMelSpec logMel ->
                new FrameStacking(logMel.bands(), logMel.contextFrames(), logMel.strideFrames(), 1);
        };
    }

    /** Values per step. */
    public int width() {
        return frameWidth * context;
    }

    /** Steps made from {@code frames} frames: frames 0, stride, 2·stride, … each end one, and each is repeated. */
    public int steps(int frames) {
        return (frames + stride - 1) / stride * repeats;
    }

    /** Whether all steps made from that number of frames are the same. */
    boolean constant(int frames) {
        return repeats > 1 && steps(frames) == repeats;
    }

    /** The same without repeats. */
    FrameStacking once() {
        return new FrameStacking(frameWidth, context, stride, 1);
    }

    /**
     * Stacks one clip into a batch.
     *
     * @param frames {@code [count, frameWidth]}
     * @param batch {@code [T, B, width]}, of which clip {@code b}'s part is written
     */
    public void stack(float[] frames, int count, float[] batch, int b, int batchSize) {
        int steps = steps(count);
        for (int t = 0; t < steps; t++) {
            step(frames, t, batch, (t * batchSize + b) * width());
        }
    }

    /**
     * One step of a clip.
     *
     * @param frames {@code [count, frameWidth]}
     * @param t the step, of {@link #steps}
     * @param into {@link #width} values are written
     * @param at where they begin
     */
    public void step(float[] frames, int t, float[] into, int at) {
        int newest = t / repeats * stride;
        int oldest = newest - (context - 1);
        if (oldest >= 0) {
            System.arraycopy(frames, oldest * frameWidth, into, at, width());
            return;
        }
        for (int c = 0; c < context; c++) {
            int frame = Math.max(0, oldest + c);
            System.arraycopy(frames, frame * frameWidth, into, at + c * frameWidth, frameWidth);
        }
    }
}
