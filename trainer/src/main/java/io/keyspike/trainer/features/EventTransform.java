package io.keyspike.trainer.features;

import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.FrameTransform;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.events.EventFile;
import io.keyspike.trainer.events.Events;
import io.keyspike.trainer.events.Slicing;
import io.keyspike.trainer.events.ToFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Events to frames: Downsample, CropTime and ToFrame with a time window and the incomplete one at the end, then filled with
 * empty frames to one number.
 */
public final class EventTransform implements FrameTransform {
    /** To be raised with every change of what this class makes of the same events. */
    private static final int VERSION = 1;

    /** Apart from every other use of random numbers. */
    private static final long PROBE = 0xE_0BE;

    private static final int PROBE_EVENTS = 2_000;

    private final ModelInput.EventFrames spec;
    private final ToFrame toFrame;
    private final Source source;

    /** Where a sample's events come from. */
    @FunctionalInterface
    public interface Source {
        /** @throws IOException if they cannot be read; one sentence that names the file */
        Events read(Clip clip) throws IOException;
    }

    public EventTransform(ModelInput.EventFrames spec, Source source) {
        this.spec = spec;
        this.source = source;
        toFrame = new ToFrame(spec.channels(), 1, new Slicing.TimeWindow(spec.windowMicros(), 0, true, null, null));
    }

    /** Of event files, each opened once. */
    static EventTransform ofFiles(ModelInput.EventFrames spec) {
        Map<Path, EventFile> files = new ConcurrentHashMap<>();
        return new EventTransform(spec, clip -> {
            EventFile file = files.get(clip.file());
            if (file == null) {
                file = new EventFile(clip.file());
                files.put(clip.file(), file);
            }
            return file.read(clip.item());
        });
    }

    @Override
    public String recipe() {
        return "events " + VERSION + ", " + spec;
    }

    @Override
    public int frames() {
        return spec.frames();
    }

    @Override
    public int width() {
        return spec.channels();
    }

    @Override
    public void apply(Clip clip, float[] to) throws IOException {
        Events events = source.read(clip);
        for (int unit : events.units()) {
            if (unit < 0 || unit >= spec.units()) {
                throw new IOException(clip.file() + ": expected units from 0 to " + (spec.units() - 1) + ", found "
                        + unit + " in sample " + clip.item());
            }
        }
        apply(events, to);
    }

    private void apply(Events events, float[] to) {
        Events small =
                events.downsampled((double) spec.channels() / spec.units(), 1).cropped(0, spec.cropMicros());
        float[][] rows = toFrame.apply(small);
        java.util.Arrays.fill(to, 0);
        for (int f = 0; f < Math.min(rows.length, spec.frames()); f++) {
            System.arraycopy(rows[f], 0, to, f * spec.channels(), spec.channels());
        }
    }

    /** Events at random, some of them after the crop. */
    public static Events random(ModelInput.EventFrames spec, int count, long seed) {
        var random = new SplitMix(PROBE, seed);
        long[] times = random.longs(count, 0, spec.cropMicros() + spec.cropMicros() / 5L + 1)
                .sorted()
                .toArray();
        int[] units = random.ints(count, 0, spec.units()).toArray();
        return new Events(times, units, new int[0]);
    }

    @Override
    public float[] probe() {
        float[] values = new float[spec.frames() * spec.channels()];
        apply(random(spec, PROBE_EVENTS, 0), values);
        return values;
    }
}
