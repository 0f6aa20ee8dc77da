package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.trainer.common.SplitMix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dropout (Srivastava et al. 2014) on single spikes: kept with probability 1 − p and scaled by 1 / (1 − p). Where the neurons give
 * bits, so does this: those that are kept, with the scale as their height.
 */
final class SpikeDropout implements Stage {
    /** One 64-bit number decides about this many spikes, 16 bits each. */
    private static final int SPIKES_PER_DRAW = 4;

    private static final int DRAW_BITS = 16;
    private static final int DRAWS_PER_WORD = Long.SIZE / SPIKES_PER_DRAW;

    /** Words of a step that are made together. */
    private static final int WORDS = 4;

    private static final int DRAWS = WORDS * DRAWS_PER_WORD;

    private final KernelBackend backend;
    private final Stage before;
    private final int width;
    private final int layer;
    private final int keepBelow;
    private final float scale;

    /** What the gradients of four neighbours are multiplied by, for each way to keep some of them. */
    private final float[] factors = new float[(1 << SPIKES_PER_DRAW) * SPIKES_PER_DRAW];

    /** {@link SpikeBits} of what is kept, spike or not. */
    private final long[] kept;

    private final long @Nullable [] bits;
    private final float[] y;

    /**
     * @param backend on whose threads it runs
     * @param before the neurons
     */
    SpikeDropout(
            KernelBackend backend,
            Stage before,
            float probability,
            int layer,
            int width,
            int maximumSteps,
            int maximumBatch) {
        this.backend = backend;
        this.before = before;
        this.width = width;
        this.layer = layer;
        keepBelow = Math.round((1 - probability) * (1 << DRAW_BITS));
        scale = 1 / (1 - probability);
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (((i / SPIKES_PER_DRAW) >>> (i % SPIKES_PER_DRAW)) & 1) * scale;
        }
        var largest = new SequenceShape(maximumSteps, maximumBatch, width);
        int words = Math.multiplyExact(maximumSteps, SpikeBits.wordsPerStep(largest.lanes()));
        kept = new long[words];
        bits = before.spikeBits() == null ? null : new long[words];
        y = new float[bits == null ? largest.size() : 0];
    }

    @Override
    public float[] forward(Pass pass, float[] x) {
        var random = new SplitMix(pass.randomKey(), layer);
        SequenceShape shape = pass.shape(width);
        long[] spikes = before.spikeBits();
        int words = SpikeBits.wordsPerStep(shape.lanes());
        backend.forEach(shape.steps(), t -> {
            draw(random, shape, t);
            if (bits != null && spikes != null) {
                for (int word = t * words; word < (t + 1) * words; word++) {
                    bits[word] = spikes[word] & kept[word];
                }
            } else {
                multiply(shape, t, x, y);
            }
        });
        return y;
    }

    /** What is kept of a step: draw {@code i / 4} is for the values i to i + 3 of the sequence. */
    private void draw(SplitMix random, SequenceShape shape, int t) {
        int lanes = shape.lanes();
        int from = t * lanes;
        int first = t * SpikeBits.wordsPerStep(lanes);
        int shift = from % SPIKES_PER_DRAW;
        // One draw more for the last word's bits where words and draws do not begin together.
        long[] draws = new long[DRAWS + (shift == 0 ? 0 : 1)];
        for (int lane = 0; lane < lanes; lane += DRAWS * SPIKES_PER_DRAW) {
            random.ahead((from + lane) / SPIKES_PER_DRAW, draws);
            for (int d = 0; d < draws.length; d++) {
                draws[d] = keeps(draws[d]);
            }
            int words = Math.min(WORDS, SpikeBits.wordsPerStep(lanes - lane));
            for (int word = 0; word < words; word++) {
                kept[first + lane / Long.SIZE + word] = word(draws, word * DRAWS_PER_WORD, shift);
            }
        }
    }

    /** 64 bits of four from each draw, without the first {@code shift}. */
    private static long word(long[] draws, int at, int shift) {
        long word = draws[at] >>> shift;
        for (int d = 1; d < DRAWS_PER_WORD; d++) {
            word |= draws[at + d] << (d * SPIKES_PER_DRAW - shift);
        }
        return shift == 0 ? word : word | (draws[at + DRAWS_PER_WORD] << (Long.SIZE - shift));
    }

    /** Bit by bit whether each of four spikes is kept. */
    private long keeps(long draw) {
        return keeps(draw, 0) | (keeps(draw, 1) << 1) | (keeps(draw, 2) << 2) | (keeps(draw, 3) << 3);
    }

    private long keeps(long draw, int part) {
        return (((draw >>> (part * DRAW_BITS)) & 0xFFFF) - keepBelow) >>> (Long.SIZE - 1);
    }

    /** {@code to = from · (kept ? scale : 0)} in a step. */
    private void multiply(SequenceShape shape, int t, float[] from, float[] to) {
        int lanes = shape.lanes();
        int base = t * lanes;
        int first = t * SpikeBits.wordsPerStep(lanes);
        int lane = 0;
        for (; lane + SPIKES_PER_DRAW <= lanes; lane += SPIKES_PER_DRAW) {
            int four = (int) (kept[first + lane / Long.SIZE] >>> lane) & ((1 << SPIKES_PER_DRAW) - 1);
            for (int i = 0; i < SPIKES_PER_DRAW; i++) {
                to[base + lane + i] = from[base + lane + i] * factors[four * SPIKES_PER_DRAW + i];
            }
        }
        for (; lane < lanes; lane++) {
            boolean keeps = ((kept[first + lane / Long.SIZE] >>> lane) & 1) != 0;
            to[base + lane] = from[base + lane] * (keeps ? scale : 0f);
        }
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        SequenceShape shape = pass.shape(width);
        backend.forEach(shape.steps(), t -> multiply(shape, t, dy, dy));
        return dy;
    }

    @Override
    public long @Nullable [] spikeBits() {
        return bits;
    }

    @Override
    public float spikeHeight() {
        return scale;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }
}
