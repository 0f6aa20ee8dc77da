package io.keyspike.trainer.bench;

import io.keyspike.trainer.cache.CacheMode;

/**
 * One way of keeping features, measured.
 *
 * @param workload which transform
 * @param way none, disk, memory or device
 * @param available false where the machine has no such place; all else is 0 then
 * @param samplesPerSecond of batches built, nothing learnt
 * @param timesNone speed relative to recomputing the features
 * @param bytesPerSample on disk
 */
public record CachingRow(
        String workload,
        String way,
        boolean available,
        double samplesPerSecond,
        double timesNone,
        long bytesPerSample) {

    static CachingRow absent(String workload, CacheMode way) {
        return new CachingRow(workload, CachingBenchmark.key(way), false, 0, 0, 0);
    }
}
