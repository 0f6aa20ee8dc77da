package io.keyspike.trainer;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How to run a training, apart from what makes the model.
 *
 * @param backend {@code vector} or {@code scalar}; the model does not depend on it
 * @param threads the model does not depend on them
 * @param cacheFolder of features; null keeps them in memory
 * @param checkpoint file to stop and go on with; null for none
 * @param resume go on from the checkpoint if it is there
 * @param stopRequested asked after every batch
 */
public record TrainingOptions(
        String backend,
        int threads,
        @Nullable Path cacheFolder,
        @Nullable Path checkpoint,
        boolean resume,
        BooleanSupplier stopRequested) {

    /** All cores, the fastest backend, nothing on disk. */
    public static TrainingOptions inMemory() {
        return new TrainingOptions(
                "vector", Runtime.getRuntime().availableProcessors(), null, null, false, () -> false);
    }
}
