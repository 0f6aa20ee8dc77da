package io.keyspike.audio.features;

/** A {@link Normaliser} ready to run; the one place of its arithmetic, in streams and in training. Immutable. */
public final class ChannelNormaliser {
    private final float[] mean;
    private final float[] deviation;
    private final float scale;
    private final float offset;
    private final boolean rectified;

    public ChannelNormaliser(Normaliser normaliser) {
        int n = normaliser.mean().size();
        mean = new float[n];
        deviation = new float[n];
        for (int i = 0; i < n; i++) {
            mean[i] = normaliser.mean().get(i);
            deviation[i] = normaliser.deviation().get(i);
        }
        scale = normaliser.gain();
        offset = normaliser.offset();
        rectified = normaliser.rectified();
    }

    public int channels() {
        return mean.length;
    }

    /** Normalises one channel group, {@code values[at … at + channels − 1]}, in place. */
    public void apply(float[] values, int at) {
        for (int c = 0; c < mean.length; c++) {
            float x = scale * (values[at + c] - mean[c]) / deviation[c] + offset;
            values[at + c] = rectified ? Math.max(0f, x) : x;
        }
    }
}
