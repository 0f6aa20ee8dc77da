package io.keyspike.trainer.bench;

import io.keyspike.audio.WavWriter;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.CacheMode;
import io.keyspike.trainer.cache.DiskCache;
import io.keyspike.trainer.cache.FrameCache;
import io.keyspike.trainer.cache.FrameSource;
import io.keyspike.trainer.cache.FrameTransform;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.LoopConfig.PrefixConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.Sha256;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.events.Events;
import io.keyspike.trainer.features.Batch;
import io.keyspike.trainer.features.BatchBuilder;
import io.keyspike.trainer.features.BatchLoader;
import io.keyspike.trainer.features.ClipBatches;
import io.keyspike.trainer.features.EventTransform;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.features.SoundTransform;
import io.keyspike.trainer.features.TrainingFeatures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How fast batches come when features are recomputed, read from disk, held in memory or on the device: the four ways that
 * Lenz (2022, "Training spiking neural networks, fast") compares. Sound and events are made up by seed.
 */
public final class CachingBenchmark {
    private static final int SAMPLES = 128;
    private static final int BATCH = 32;
    private static final int SAMPLE_RATE_HZ = 16_000;
    private static final double LOUDNESS = 4_000;

    /** Events of a sample: a sensor of high resolution. */
    private static final int EVENTS = 100_000;

    private static final AugmentationConfig NO_CHANGE =
            new AugmentationConfig(0, 1, 0, List.of(1.0, 1.0), 0, List.of(0.0, 0.0), 0, List.of(0.0, 0.0), 0, 0, 0);

    private final Path folder;
    private final int workers;
    private final double seconds;

    /**
     * @param folder for recordings and cache; made by the caller and removed by it
     * @param workers threads that build batches
     * @param seconds measured for each way
     */
    public CachingBenchmark(Path folder, int workers, double seconds) {
        this.folder = folder;
        this.workers = workers;
        this.seconds = seconds;
    }

    /** @throws IOException if the folder cannot be written to */
    public List<CachingRow> run() throws IOException {
        List<Clip> clips = recordings();
        var rows = new ArrayList<CachingRow>();
        var filterbank = new ModelInput.Sound(FilterbankSpec.standard());
        measure("filterbank", filterbank, SoundTransform.of(filterbank.features(), 1), clips, rows);
        ModelInput.ClipSpectrogram spectrogram = ModelInput.ClipSpectrogram.standard();
        measure("log-mel", spectrogram, SoundTransform.of(spectrogram, 1), clips, rows);
        ModelInput.EventFrames events = ModelInput.EventFrames.standard();
        Map<String, Events> drawn = new HashMap<>();
        for (int i = 0; i < SAMPLES; i++) {
            drawn.put(clips.get(i).name(), EventTransform.random(events, EVENTS, i));
        }
        var transform = new EventTransform(events, clip -> Objects.requireNonNull(drawn.get(clip.name())));
        measure("events", events, transform, clips, rows);
        return rows;
    }

    private void measure(
            String workload, ModelInput input, FrameTransform transform, List<Clip> clips, List<CachingRow> rows)
            throws IOException {
        double none = 0;
        byte @Nullable [] bits = null;
        for (CacheMode way : List.of(CacheMode.NONE, CacheMode.DISK, CacheMode.MEMORY, CacheMode.DEVICE)) {
            if (way == CacheMode.DEVICE && FrameCache.device() == null) {
                rows.add(CachingRow.absent(workload, way));
                continue;
            }
            var disk = new DiskCache(folder.resolve("cache-" + workload), Long.MAX_VALUE);
            var cache = new FrameCache(way, disk, workers, Progress.NONE);
            FrameSource frames = cache.keep(cache.open(List.of(transform), clips));
            byte[] found = bits(frames);
            if (bits != null && !Arrays.equals(bits, found)) {
                throw new IllegalStateException(
                        workload + ": expected the same frames from every cache, found others in " + way);
            }
            bits = found;
            double speed = samplesPerSecond(input, frames);
            none = way == CacheMode.NONE ? speed : none;
            long bytes = way == CacheMode.DISK ? disk.usage().bytes() / SAMPLES : 0;
            rows.add(new CachingRow(workload, key(way), true, speed, speed / none, bytes));
        }
    }

    static String key(CacheMode way) {
        return way.name().toLowerCase(java.util.Locale.ROOT);
    }

    private double samplesPerSecond(ModelInput input, FrameSource frames) {
        var labelled = new LabelledFrames(frames, new int[SAMPLES]);
        var features = new TrainingFeatures(input, labelled, frames, 1, labelled);
        var builder = new BatchBuilder(features, NO_CHANGE, new PrefixConfig(0, 1, 1), 1, BATCH);
        try (var loader = new BatchLoader(new ClipBatches(builder, SAMPLES, BATCH, true, 1), BATCH, workers)) {
            // The first epoch fills the disk cache and lets the compiler see the code.
            epoch(loader, 0);
            long start = System.nanoTime();
            long samples = 0;
            int epoch = 1;
            do {
                samples += epoch(loader, epoch++);
            } while ((System.nanoTime() - start) * 1e-9 < seconds);
            return samples / ((System.nanoTime() - start) * 1e-9);
        }
    }

    private static int epoch(BatchLoader loader, int epoch) {
        loader.begin(epoch, 0, List.of());
        for (int b = 0; b < SAMPLES / BATCH; b++) {
            Batch batch = loader.next();
            loader.release(batch);
        }
        return SAMPLES;
    }

    private static byte[] bits(FrameSource frames) {
        var sum = new Sha256();
        float[] values = new float[frames.frames() * frames.width()];
        ByteBuffer bits = ByteBuffer.allocate(Float.BYTES * values.length);
        for (int i = 0; i < frames.clips(); i++) {
            frames.read(i, 0, frames.frames(), values, 0);
            bits.clear().asFloatBuffer().put(values);
            sum.bytes(bits.array());
        }
        return sum.digest();
    }

    /** One-second recordings of a tone that glides through noise. */
    private List<Clip> recordings() throws IOException {
        Path sounds = Files.createDirectories(folder.resolve("sounds"));
        return IntStream.range(0, SAMPLES)
                .mapToObj(i -> {
                    var random = new SplitMix(i);
                    short[] sound = new short[SAMPLE_RATE_HZ];
                    double phase = 0;
                    double from = random.between(0.02, 0.2);
                    double to = random.between(0.02, 0.2);
                    for (int k = 0; k < sound.length; k++) {
                        phase += Math.PI * (from + (to - from) * k / sound.length);
                        sound[k] = (short) (LOUDNESS * (Math.sin(phase) + random.nextDouble()));
                    }
                    Path file = sounds.resolve(i + ".wav");
                    try {
                        WavWriter.write(file, SAMPLE_RATE_HZ, sound);
                        return new Clip("sounds/" + i + ".wav", file, 0, "sound", Split.TRAINING, Sha256.of(file));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
    }
}
