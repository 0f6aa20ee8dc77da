package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keyspike.kernels.Membranes;
import org.jspecify.annotations.Nullable;

/**
 * The training loop.
 *
 * @param repeats presentations of each clip per epoch, each time a different augmented copy
 * @param shuffle whether an epoch takes the clips in an order of its own
 * @param workers threads that build the next batches while one is learnt; the model does not depend on them
 * @param precision of the membranes kept from the forward to the backward pass; the forward pass is the same with either
 * @param parts that a batch is cut into, which can be learnt by as many processes; each takes the statistics of its
 *     normalisations from its own sequences. Null for 8, and for whole batches where there are normalisations
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
        PrefixConfig prefix,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer parts) {

    private static final int MOST_PARTS = 64;

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
        check(
                parts == null || (parts >= 1 && parts <= MOST_PARTS),
                "training.parts",
                "from 1 to " + MOST_PARTS,
                String.valueOf(parts));
    }

    LoopConfig withEpochs(int newEpochs) {
        return new LoopConfig(newEpochs, repeats, batch, shuffle, workers, seed, select, precision, prefix, parts);
    }

    LoopConfig withSeed(long newSeed) {
        return new LoopConfig(epochs, repeats, batch, shuffle, workers, newSeed, select, precision, prefix, parts);
    }
}
