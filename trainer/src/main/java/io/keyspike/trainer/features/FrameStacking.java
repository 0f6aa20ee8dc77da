package io.keyspike.trainer.features;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;

/**
 * How a spec's steps are made of its normalised frames. Caches keep frames, not steps: a frame is stored once instead of
 * in every step that sees it, and shifting or joining clips by frames gives what a stream would.
 *
 * @param frameSpec the spec whose steps are single frames
 * @param frameWidth values per frame
 * @param context frames per step, oldest first; frame 0 stands in for those before it
 * @param stride frames from one step to the next
 */
public record FrameStacking(FeatureSpec frameSpec, int frameWidth, int context, int stride) {

    /** The stacking of a spec. */
    public static FrameStacking of(FeatureSpec spec) {
        return switch (spec) {
            case FilterbankSpec filterbank -> new FrameStacking(filterbank, filterbank.width(), 1, 1);
            case LogMelSpec logMel ->
                new FrameStacking(
                        logMel.withoutContext(), logMel.bands(), logMel.contextFrames(), logMel.strideFrames());
        };
    }

    /** Values per step. */
    public int width() {
        return frameWidth * context;
    }

    /** Steps that so many frames make: frames 0, stride, 2·stride, … each end one. */
    public int steps(int frames) {
        return (frames + stride - 1) / stride;
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
            int to = (t * batchSize + b) * width();
            for (int c = 0; c < context; c++) {
                int frame = Math.max(0, t * stride - (context - 1) + c);
                System.arraycopy(frames, frame * frameWidth, batch, to + c * frameWidth, frameWidth);
            }
        }
    }
}
