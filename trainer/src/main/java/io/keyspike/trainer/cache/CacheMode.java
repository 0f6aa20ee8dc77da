package io.keyspike.trainer.cache;

/** Where frames are between two epochs. What is learnt does not depend on it. */
public enum CacheMode {
    /** In memory if they fit into half of what the JVM may use, else on disk. */
    AUTO,
    /** Nowhere: recomputed for every batch. */
    NONE,
    /** On disk: read and decoded for every batch. */
    DISK,
    /** In memory, sparse where that is smaller; on disk too if there is a folder, for the next run. */
    MEMORY,
    /** On the device that trains. */
    DEVICE
}
