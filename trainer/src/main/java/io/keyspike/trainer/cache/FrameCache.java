package io.keyspike.trainer.cache;

import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.data.Clip;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens frames the way that was chosen. */
public final class FrameCache {
    private static final Logger LOG = LoggerFactory.getLogger(FrameCache.class);

    /** Share of the memory that the JVM may use which {@link CacheMode#AUTO} fills with frames. */
    private static final double MEMORY_SHARE = 0.5;

    /** Frames are kept sparse where that takes at most this share of their dense form. */
    private static final double WORTH_SPARSE = 0.5;

    /** So many samples are looked at to decide it. */
    private static final int LOOKED_AT = 64;

    private final CacheMode way;
    private final @Nullable DiskCache disk;
    private final int threads;
    private final Progress progress;

    /**
     * @param disk null for none
     * @throws IllegalArgumentException if the way needs a disk or a device that is not there
     */
    public FrameCache(CacheMode way, @Nullable DiskCache disk, int threads, Progress progress) {
        if (way == CacheMode.DISK && disk == null) {
            throw new IllegalArgumentException("cache: expected a folder to keep frames on disk, found none");
        }
        if (way == CacheMode.DEVICE && device() == null) {
            throw new IllegalArgumentException("cache: expected a device to keep frames on, found none");
        }
        this.way = way;
        this.disk = disk;
        this.threads = threads;
        this.progress = progress;
    }

    /** The device that frames can be kept on, or null where there is none. */
    public static @Nullable DeviceFrames device() {
        return ServiceLoader.load(DeviceFrames.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(DeviceFrames::available)
                .findFirst()
                .orElse(null);
    }

    /**
     * Frames of clips, made as they are read, or read from the disk where they have been made before.
     *
     * @param copies one transform a copy; clip c of copy k is {@code k·clips + c}
     */
    public FrameSource open(List<? extends FrameTransform> copies, List<Clip> clips) {
        return new ComputedFrames(List.copyOf(copies), clips, way == CacheMode.NONE ? null : disk);
    }

    /**
     * The same frames, kept where this cache keeps them; reads all of them if that is in memory or on a device.
     *
     * @throws IOException if a sample cannot be read, or there is no room
     */
    public FrameSource keep(FrameSource frames) throws IOException {
        return switch (way) {
            case NONE, DISK -> frames;
            case MEMORY -> inMemory(frames);
            case DEVICE -> onDevice(frames);
            case AUTO -> automatic(frames);
        };
    }

    private FrameSource automatic(FrameSource frames) throws IOException {
        long room = (long) (MEMORY_SHARE * Runtime.getRuntime().maxMemory());
        if (disk == null || FrameStore.byteSize(frames.clips(), frames.frames(), frames.width()) <= room) {
            return inMemory(frames);
        }
        LOG.info(
                "features of {} samples stay on disk: they would fill more than {} MB of memory",
                frames.clips(),
                room >> 20);
        return frames;
    }

    private FrameSource onDevice(FrameSource frames) {
        DeviceFrames device = device();
        if (device == null) {
            throw new IllegalStateException("cache: expected the device that was available before, found none");
        }
        return device.load(frames);
    }

    private FrameSource inMemory(FrameSource frames) throws IOException {
        try {
            return isMostlyZero(frames) ? sparse(frames) : dense(frames);
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        } catch (OutOfMemoryError e) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "features of %d samples: expected room for %d MB in memory, found less (%s); keep them on"
                                    + " disk, or give the JVM more (-Xmx)",
                            frames.clips(),
                            FrameStore.byteSize(frames.clips(), frames.frames(), frames.width()) >> 20,
                            e.getMessage()),
                    e);
        }
    }

    private static boolean isMostlyZero(FrameSource frames) {
        int looked = Math.min(LOOKED_AT, frames.clips());
        float[] values = new float[frames.frames() * frames.width()];
        long sparse = 0;
        for (int i = 0; i < looked; i++) {
            frames.read(i, 0, frames.frames(), values, 0);
            sparse += FrameEncoding.forMemory(values).length;
        }
        return sparse <= WORTH_SPARSE * looked * values.length * Float.BYTES;
    }

    private FrameSource sparse(FrameSource frames) {
        var kept = new SparseFrames(frames.clips(), frames.frames(), frames.width());
        readAll(frames, kept::write);
        LOG.debug("{} samples in memory, {} MB, sparse", frames.clips(), kept.byteSize() >> 20);
        return kept;
    }

    private FrameSource dense(FrameSource frames) {
        var kept = FrameStore.inMemory(frames.clips(), frames.frames(), frames.width());
        readAll(frames, kept::write);
        return kept;
    }

    private void readAll(FrameSource frames, java.util.function.ObjIntConsumer<float[]> to) {
        Parallel.forEach(frames.clips(), threads, "reading features", progress, i -> {
            float[] values = new float[frames.frames() * frames.width()];
            frames.read(i, 0, frames.frames(), values, 0);
            to.accept(values, i);
        });
    }
}
