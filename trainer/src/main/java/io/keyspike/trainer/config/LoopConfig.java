package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import io.keyspike.kernels.Membranes;

/**
 * The training loop.
 *
 * @param repeats presentations of each clip per epoch, each time a different augmented copy
 * @param shuffle whether an epoch takes the clips in an order of its own
 * @param workers threads that build the next batches while one is learnt; the model does not depend on them
 * @param precision of the membranes kept from the forward to the backward pass; the forward pass is the same with either
 */
public record LoopConfig(
        int epochs,
        int repeats,
        int batch,
        boolean shuffle,
        int workers,
        long seed,
        Select select,
        Membranes.Precision precision,
        PrefixConfig prefix) {

    /** Which epoch's weights become the model. */
    public enum Select {
        BEST,
        LAST
    }

    /**
     * Other speech in front of the clips of a batch.
     *
     * @param probability of a batch to get one
     * @param minFrames shortest, in feature frames
     */
    public record PrefixConfig(double probability, int minFrames, int maxFrames) {
        public PrefixConfig {
            checkProbability("training.prefix.probability", probability);
            check(
                    minFrames >= 1 && maxFrames >= minFrames,
                    "training.prefix",
                    "1 <= min_frames <= max_frames",
                    minFrames + " and " + maxFrames);
        }
    }

    public LoopConfig {
        check(epochs >= 1, "training.epochs", "at least 1", epochs);
        check(repeats >= 1, "training.repeats", "at least 1", repeats);
        check(batch >= 1, "training.batch", "at least 1", batch);
        check(workers >= 1, "training.workers", "at least 1", workers);
    }

    LoopConfig withEpochs(int newEpochs) {
        return new LoopConfig(newEpochs, repeats, batch, shuffle, workers, seed, select, precision, prefix);
    }

    LoopConfig withSeed(long newSeed) {
        return new LoopConfig(epochs, repeats, batch, shuffle, workers, newSeed, select, precision, prefix);
    }
}
