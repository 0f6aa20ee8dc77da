package io.keyspike.trainer.cache;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Frames drawn from a clip's name and a factor, and how often they were made. */
final class CountingTransform implements FrameTransform {
    static final int FRAMES = 6;
    static final int WIDTH = 5;

    final AtomicInteger made = new AtomicInteger();
    private final String recipe;
    private final float factor;

    /** @param factor what the code does that the recipe does not tell */
    CountingTransform(String recipe, float factor) {
        this.recipe = recipe;
        this.factor = factor;
    }

    static List<Clip> clips(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> new Clip("a/" + i + ".wav", Path.of("a", i + ".wav"), 0, "a", Split.TRAINING, "hash" + i))
                .toList();
    }

    @Override
    public String recipe() {
        return recipe;
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public void apply(Clip clip, float[] to) {
        made.incrementAndGet();
        fill(clip.name() + clip.hash() + clip.item(), to);
    }

    private void fill(String seed, float[] to) {
        var random = new SplitMix(seed.hashCode());
        for (int i = 0; i < to.length; i++) {
            to[i] = factor * (float) random.nextGaussian();
        }
    }

    @Override
    public float[] probe() {
        float[] values = new float[FRAMES * WIDTH];
        fill("probe", values);
        return values;
    }

    float[] of(Clip clip) {
        float[] values = new float[FRAMES * WIDTH];
        fill(clip.name() + clip.hash() + clip.item(), values);
        return values;
    }

    static float[] read(FrameSource frames, int clip) {
        float[] values = new float[FRAMES * WIDTH];
        frames.read(clip, 0, FRAMES, values, 0);
        return values;
    }
}
