package io.keyspike.trainer.features;

import io.keyspike.trainer.SplitMix;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.LoopConfig.PrefixConfig;
import io.keyspike.trainer.layers.Pass;
import java.util.Arrays;

/**
 * Batches of training clips: of each clip a random copy, rolled and masked, behind the end of another clip where the batch
 * gets a prefix; then stacked as a stream would.
 */
public final class BatchBuilder {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0xBA_7C;

    private final TrainingFeatures features;
    private final FrameStacking stacking;
    private final FrameStacking shown;
    private final boolean constant;
    private final AugmentationConfig augmentation;
    private final PrefixConfig prefix;
    private final long seed;
    private final int clipFrames;
    private final int longestPrefix;
    private final float[] input;
    private final int[] labels;
    private final float[] frames;
    private final float[] rolled;

    public BatchBuilder(
            TrainingFeatures features,
            AugmentationConfig augmentation,
            PrefixConfig prefix,
            long seed,
            int maximumBatch) {
        this.features = features;
        this.stacking = features.stacking();
        this.augmentation = augmentation;
        this.prefix = prefix;
        this.seed = seed;
        clipFrames = features.training().frames();
        longestPrefix = prefix.probability() > 0 ? Math.min(prefix.maxFrames(), clipFrames) : 0;
        constant = longestPrefix == 0 && stacking.constant(clipFrames);
        shown = constant ? stacking.once() : stacking;
        input = new float[Math.multiplyExact(maximumBatch, shown.steps(clipFrames + longestPrefix) * stacking.width())];
        labels = new int[maximumBatch];
        frames = new float[(clipFrames + longestPrefix) * stacking.frameWidth()];
        rolled = new float[clipFrames * stacking.frameWidth()];
    }

    /** Steps of the longest batch. */
    public int maximumSteps() {
        return stacking.steps(clipFrames + longestPrefix);
    }

    /** {@code [T, B, width]} of the last {@link #build}, or {@code [B, width]} if its pass has a constant input. */
    public float[] input() {
        return input;
    }

    /** {@code [B]} of the last {@link #build}. */
    public int[] labels() {
        return labels;
    }

    /**
     * Builds a batch; the same for the same epoch and batch number.
     *
     * @param clips indices of training clips, counted on from the last to the first again
     * @param from first of them to take
     * @param count B
     */
    public Pass build(int epoch, int batch, int[] clips, int from, int count) {
        var random = new SplitMix(seed, PURPOSE, epoch, batch);
        int prefixFrames = 0;
        if (longestPrefix > 0 && random.nextDouble() < prefix.probability()) {
            int shortest = Math.min(prefix.minFrames(), longestPrefix);
            prefixFrames = shortest + random.nextInt(longestPrefix - shortest + 1);
        }
        for (int b = 0; b < count; b++) {
            int clip = clips[from + b] % features.cleanTraining().clips();
            labels[b] = features.cleanTraining().labels()[clip];
            if (prefixFrames > 0) {
                int other = random.nextInt(features.cleanTraining().clips());
                features.training().read(storeIndex(other, random), clipFrames - prefixFrames, prefixFrames, frames, 0);
            }
            features.training()
                    .read(storeIndex(clip, random), 0, clipFrames, frames, prefixFrames * stacking.frameWidth());
            change(prefixFrames, random);
            shown.stack(frames, prefixFrames + clipFrames, input, b, count);
        }
        var pass = new Pass(
                stacking.steps(prefixFrames + clipFrames), count, stacking.steps(prefixFrames), random.nextLong());
        return constant ? pass.withConstantInput() : pass;
    }

    private int storeIndex(int clip, SplitMix random) {
        return random.nextInt(features.copies()) * features.cleanTraining().clips() + clip;
    }

    private void change(int prefixFrames, SplitMix random) {
        int width = stacking.frameWidth();
        int start = prefixFrames * width;
        if (augmentation.rollFrames() > 0) {
            int by = Math.floorMod(
                    random.nextInt(2 * augmentation.rollFrames() + 1) - augmentation.rollFrames(), clipFrames);
            int cut = (clipFrames - by) * width;
            System.arraycopy(frames, start, rolled, by * width, cut);
            System.arraycopy(frames, start + cut, rolled, 0, by * width);
            System.arraycopy(rolled, 0, frames, start, rolled.length);
        }
        if (augmentation.frequencyMask() > 0) {
            int bands = random.nextInt(Math.min(augmentation.frequencyMask(), width) + 1);
            int first = random.nextInt(width - bands + 1);
            for (int f = 0; f < clipFrames; f++) {
                Arrays.fill(frames, start + f * width + first, start + f * width + first + bands, 0);
            }
        }
        if (augmentation.timeMask() > 0) {
            int masked = random.nextInt(Math.min(augmentation.timeMask(), clipFrames) + 1);
            int first = random.nextInt(clipFrames - masked + 1);
            Arrays.fill(frames, start + first * width, start + (first + masked) * width, 0);
        }
    }
}
