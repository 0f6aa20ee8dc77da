package io.keyspike.trainer.evaluate;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;

/** Runs a network over clips, each from a fresh state, in batches of a fixed size. */
public final class ClipRun {
    private static final int BATCH = 64;

    private ClipRun() {}

    /** Sees what a network made of a batch. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * @param from index of the batch's first clip
         * @param count B
         * @param steps T
         * @param input {@code [T, B, inputs]}
         */
        void batch(int from, int count, int steps, float[] input, SequenceNetwork.Result result);
    }

    /** Shows every batch to a visitor, in order. */
    public static void over(
            Network network, KernelBackend backend, FrameStacking stacking, LabelledFrames clips, Visitor visitor) {
        var sequence = new SequenceNetwork(network, backend);
        int frameCount = clips.frames().frames();
        int steps = stacking.steps(frameCount);
        float[] frames = new float[frameCount * stacking.frameWidth()];
        for (int from = 0; from < clips.clips(); from += BATCH) {
            int count = Math.min(BATCH, clips.clips() - from);
            float[] input = new float[steps * count * stacking.width()];
            for (int b = 0; b < count; b++) {
                clips.frames().read(from + b, 0, frameCount, frames, 0);
                stacking.stack(frames, frameCount, input, b, count);
            }
            visitor.batch(from, count, steps, input, sequence.forward(steps, count, input));
        }
    }
}
