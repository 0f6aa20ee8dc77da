package io.keyspike.trainer.features;

import io.keyspike.trainer.layers.Pass;
import org.jspecify.annotations.Nullable;

/** Room for one batch, filled again and again by a {@link BatchBuilder}. */
public final class Batch {
    private final float[] input;
    private final int[] labels;
    final float[] frames;
    final float[] rolled;
    private @Nullable Pass pass;

    Batch(int inputs, int labels, int frames, int rolled) {
        input = new float[inputs];
        this.labels = new int[labels];
        this.frames = new float[frames];
        this.rolled = new float[rolled];
    }

    /** {@code [T, B, width]} at least, or {@code [B, width]} if the pass has a constant input. */
    public float[] input() {
        return input;
    }

    /** {@code [B]} at least. */
    public int[] labels() {
        return labels;
    }

    /**
     * The pass that the batch is for.
     *
     * @throws IllegalStateException if it has not been filled
     */
    public Pass pass() {
        if (pass == null) {
            throw new IllegalStateException("batch: expected one that has been filled, found an empty one");
        }
        return pass;
    }

    void filled(Pass newPass) {
        pass = newPass;
    }
}
