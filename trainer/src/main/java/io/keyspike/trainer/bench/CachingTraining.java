package io.keyspike.trainer.bench;

import io.keyspike.trainer.cache.CacheMode;
import io.keyspike.trainer.cache.DiskCache;
import io.keyspike.trainer.cache.FrameCache;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.loop.Trainer;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.loop.TrainingOptions;
import io.keyspike.trainer.loop.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a network learns when its features are recomputed in each epoch, read from disk, or held in memory or on the device,
 * as Lenz (2022) compares them: the whole training loop, forward and backward, of the first epoch and of the last one.
 */
public final class CachingTraining {
    private final TrainingConfig config;
    private final Path data;
    private final Path folder;
    private final int threads;

    /**
     * @param config at least two epochs, so that the last one finds what the first one has kept
     * @param data data set that the configuration is for
     * @param folder for the caches; made by the caller and removed by it
     * @param threads of kernels
     */
    public CachingTraining(TrainingConfig config, Path data, Path folder, int threads) {
        this.config = config;
        this.data = data;
        this.folder = folder;
        this.threads = threads;
    }

    /**
     * Trains once for each way.
     *
     * @throws IOException if the data cannot be read or the folder not be written to
     * @throws IllegalStateException if the ways give different models
     */
    public List<CachingRow> run() throws IOException {
        var rows = new ArrayList<CachingRow>();
        double[] none = new double[2];
        List<Double> losses = List.of();
        for (CacheMode way : List.of(CacheMode.NONE, CacheMode.DISK, CacheMode.MEMORY, CacheMode.DEVICE)) {
            if (way == CacheMode.DEVICE && FrameCache.device() == null) {
                rows.add(CachingRow.absent("training", way));
                continue;
            }
            Path cache = folder.resolve("training-" + CachingBenchmark.key(way));
            var options = new TrainingOptions(
                    "vector", threads, way, cache, Long.MAX_VALUE, null, false, () -> false, Double.MAX_VALUE);
            TrainingResult result = new Trainer(config, options, new TrainingListener() {}).run(data);
            List<Double> found = result.history().stream().map(e -> e.loss()).toList();
            if (!losses.isEmpty() && !found.equals(losses)) {
                throw new IllegalStateException("training: expected the same losses from every cache, found others in "
                        + CachingBenchmark.key(way));
            }
            losses = found;
            double[] speeds = {
                result.history().getFirst().samplesPerSecond(),
                result.history().getLast().samplesPerSecond()
            };
            none = way == CacheMode.NONE ? speeds : none;
            long bytes = way == CacheMode.DISK
                    ? new DiskCache(cache, Long.MAX_VALUE).usage().bytes()
                            / Math.max(1, result.data().clips().size())
                    : 0;
            String key = CachingBenchmark.key(way);
            rows.add(new CachingRow("first epoch", key, true, speeds[0], speeds[0] / none[0], 0));
            rows.add(new CachingRow("last epoch", key, true, speeds[1], speeds[1] / none[1], bytes));
        }
        return rows;
    }
}
