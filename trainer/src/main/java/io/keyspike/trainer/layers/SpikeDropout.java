package io.keyspike.trainer.layers;

import io.keyspike.trainer.common.SplitMix;
import java.util.List;

/** Dropout (Srivastava et al. 2014) on single spikes: kept with probability 1 − p and scaled by 1 / (1 − p). */
final class SpikeDropout implements Stage {
    /** One 64-bit number decides about this many spikes, 16 bits each. */
    private static final int SPIKES_PER_DRAW = 4;

    private final int width;
    private final int layer;
    private final int keepBelow;
    private final float scale;
    private final float[] y;
    private final float[] factor;

    SpikeDropout(float probability, int layer, int width, int maximumRows) {
        this.width = width;
        this.layer = layer;
        keepBelow = Math.round((1 - probability) * 65_536);
        scale = 1 / (1 - probability);
        int size = maximumRows * width;
        y = new float[size];
        factor = new float[size + SPIKES_PER_DRAW];
    }

    @Override
    public float[] forward(Pass pass, float[] x) {
        var random = new SplitMix(pass.randomKey(), layer);
        int size = pass.rows() * width;
        for (int i = 0; i < size; i += SPIKES_PER_DRAW) {
            long bits = random.nextLong();
            factor[i] = (bits & 0xFFFF) < keepBelow ? scale : 0;
            factor[i + 1] = (bits >>> 16 & 0xFFFF) < keepBelow ? scale : 0;
            factor[i + 2] = (bits >>> 32 & 0xFFFF) < keepBelow ? scale : 0;
            factor[i + 3] = (bits >>> 48) < keepBelow ? scale : 0;
        }
        for (int i = 0; i < size; i++) {
            y[i] = x[i] * factor[i];
        }
        return y;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        int size = pass.rows() * width;
        for (int i = 0; i < size; i++) {
            dy[i] *= factor[i];
        }
        return dy;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }
}
