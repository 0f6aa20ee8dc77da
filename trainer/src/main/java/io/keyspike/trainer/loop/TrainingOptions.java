package io.keyspike.trainer.loop;

import io.keyspike.trainer.cache.CacheMode;
import io.keyspike.trainer.cache.DiskCache;
import io.keyspike.trainer.cache.FrameCache;
import io.keyspike.trainer.common.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How to run a training, apart from what makes the model.
 *
 * @param backend {@code vector} or {@code scalar}; the model does not depend on it
 * @param threads the model does not depend on them
 * @param cacheWay where features are kept; the model does not depend on it
 * @param cacheFolder of features; null for none on disk
 * @param cacheLimitBytes of the cache folder
 * @param checkpoint file to stop and go on with; null for none. Whoever keeps the result deletes it
 * @param resume go on from the checkpoint if it is there
 * @param stopRequested asked after every batch
 * @param checkpointSeconds a checkpoint is written after so long without one, so that a killed run loses no more
 */
public record TrainingOptions(
        String backend,
        int threads,
        CacheMode cacheWay,
        @Nullable Path cacheFolder,
        long cacheLimitBytes,
        @Nullable Path checkpoint,
        boolean resume,
        BooleanSupplier stopRequested,
        double checkpointSeconds) {

    /** Of {@link #checkpointSeconds}. */
    public static final double DEFAULT_CHECKPOINT_SECONDS = 30;

    /** Features in memory if they fit, and the default time between checkpoints. */
    public TrainingOptions(
            String backend,
            int threads,
            @Nullable Path cacheFolder,
            @Nullable Path checkpoint,
            boolean resume,
            BooleanSupplier stopRequested) {
        this(backend, threads, cacheFolder, checkpoint, resume, stopRequested, DEFAULT_CHECKPOINT_SECONDS);
    }

    /** Features in memory if they fit. */
    public TrainingOptions(
            String backend,
            int threads,
            @Nullable Path cacheFolder,
            @Nullable Path checkpoint,
            boolean resume,
            BooleanSupplier stopRequested,
            double checkpointSeconds) {
        this(
                backend,
                threads,
                CacheMode.AUTO,
                cacheFolder,
                DiskCache.DEFAULT_LIMIT_BYTES,
                checkpoint,
                resume,
                stopRequested,
                checkpointSeconds);
    }

    /**
     * The cache that is asked for.
     *
     * @throws IOException if its folder cannot be made
     */
    FrameCache cache(Progress progress) throws IOException {
        DiskCache disk = cacheFolder == null ? null : new DiskCache(cacheFolder, cacheLimitBytes);
        return new FrameCache(cacheWay, disk, threads, progress);
    }

    /** These options with another backend and another number of threads. */
    public TrainingOptions with(String newBackend, int newThreads) {
        return new TrainingOptions(
                newBackend,
                newThreads,
                cacheWay,
                cacheFolder,
                cacheLimitBytes,
                checkpoint,
                resume,
                stopRequested,
                checkpointSeconds);
    }

    /** All cores, the fastest backend, nothing on disk. */
    public static TrainingOptions inMemory() {
        return new TrainingOptions(
                "vector", Runtime.getRuntime().availableProcessors(), null, null, false, () -> false);
    }
}
