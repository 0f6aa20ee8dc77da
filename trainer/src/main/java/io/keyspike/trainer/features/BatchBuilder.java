package io.keyspike.trainer.features;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.LoopConfig.PrefixConfig;
import io.keyspike.trainer.layers.Pass;
import java.util.Arrays;

/**
 * Fills batches with training clips: of each clip a random copy, rolled and masked, behind the end of another clip where
 * the batch gets a prefix; then stacked as a stream would. What becomes of a clip depends on seed, epoch and clip alone, not
 * on its batch or on which thread builds it. Immutable.
 */
public final class BatchBuilder {
    /** Apart from every other use of random numbers. */
    private static final long BATCHES = 0xBA_7C;

    private static final long CLIPS = 0xC1_1B;

    private final TrainingFeatures features;
    private final FrameStacking stacking;
    private final FrameStacking shown;
    private final boolean constant;
    private final AugmentationConfig augmentation;
    private final PrefixConfig prefix;
    private final long seed;
    private final int maximumBatch;
    private final int clipFrames;
    private final int longestPrefix;

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
        this.maximumBatch = maximumBatch;
        clipFrames = features.training().frames();
        longestPrefix = prefix.probability() > 0 ? Math.min(prefix.maxFrames(), clipFrames) : 0;
        constant = longestPrefix == 0 && stacking.constant(clipFrames);
        shown = constant ? stacking.once() : stacking;
    }

    /** Steps of the longest batch. */
    public int maximumSteps() {
        return stacking.steps(clipFrames + longestPrefix);
    }

    /** Room for any batch of this builder. */
    public Batch newBatch() {
        return new Batch(
                Math.multiplyExact(maximumBatch, shown.steps(clipFrames + longestPrefix) * stacking.width()),
                maximumBatch,
                (clipFrames + longestPrefix) * stacking.frameWidth(),
                clipFrames * stacking.frameWidth());
    }

    /**
     * Fills a batch; the same for the same epoch and batch number.
     *
     * @param clips indices of training clips, counted on from the last to the first again
     * @param from first of them to take
     * @param count B
     * @param into made by {@link #newBatch}
     */
    public void build(int epoch, int batch, int[] clips, int from, int count, Batch into) {
        var random = new SplitMix(seed, BATCHES, epoch, batch);
        int prefixFrames = 0;
        if (longestPrefix > 0 && random.nextDouble() < prefix.probability()) {
            int shortest = Math.min(prefix.minFrames(), longestPrefix);
            prefixFrames = shortest + random.nextInt(longestPrefix - shortest + 1);
        }
        for (int b = 0; b < count; b++) {
            int clip = clips[from + b] % features.cleanTraining().clips();
            into.labels()[b] = features.cleanTraining().labels()[clip];
            fill(clip, new SplitMix(seed, CLIPS, epoch, clips[from + b]), prefixFrames, into);
            shown.stack(into.frames, prefixFrames + clipFrames, into.input(), b, count);
        }
        var pass = new Pass(
                stacking.steps(prefixFrames + clipFrames), count, stacking.steps(prefixFrames), random.nextLong());
        into.filled(constant ? pass.withConstantInput() : pass);
    }

    private void fill(int clip, SplitMix random, int prefixFrames, Batch into) {
        if (prefixFrames > 0) {
            int other = random.nextInt(features.cleanTraining().clips());
            features.training()
                    .read(storeIndex(other, random), clipFrames - prefixFrames, prefixFrames, into.frames, 0);
        }
        features.training()
                .read(storeIndex(clip, random), 0, clipFrames, into.frames, prefixFrames * stacking.frameWidth());
        change(into, prefixFrames, random);
    }

    private int storeIndex(int clip, SplitMix random) {
        return random.nextInt(features.copies()) * features.cleanTraining().clips() + clip;
    }

    private void change(Batch into, int prefixFrames, SplitMix random) {
        float[] frames = into.frames;
        int width = stacking.frameWidth();
        int start = prefixFrames * width;
        if (augmentation.rollFrames() > 0) {
            int by = Math.floorMod(
                    random.nextInt(2 * augmentation.rollFrames() + 1) - augmentation.rollFrames(), clipFrames);
            int cut = (clipFrames - by) * width;
            System.arraycopy(frames, start, into.rolled, by * width, cut);
            System.arraycopy(frames, start + cut, into.rolled, 0, by * width);
            System.arraycopy(into.rolled, 0, frames, start, into.rolled.length);
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
