package io.keyspike.audio.features;

import org.jspecify.annotations.Nullable;

/** Post-processing of a finished step: adaptive gain, then normaliser. For the equations see the two records. */
final class StepShaping {

    /** A running level that has not seen a step yet. */
    static final float UNSET = -1f;

    private final @Nullable AdaptiveGain gain;
    private final float fall;
    private final float rise;
    private final @Nullable ChannelNormaliser normaliser;

    StepShaping(@Nullable AdaptiveGain gain, @Nullable Normaliser normaliser, double stepSeconds) {
        this.gain = gain;
        double steps = gain == null ? 0 : stepSeconds / gain.tauSeconds();
        fall = (float) -StrictMath.expm1(-steps);
        rise = (float) -StrictMath.expm1(-steps * AdaptiveGain.RISE_SPEED);
        this.normaliser = normaliser == null ? null : new ChannelNormaliser(normaliser);
    }

    /**
     * The adaptive gain's part.
     *
     * @param values {@code [channels or more]}, changed in place where each channel has a gain of its own
     * @param levels running levels of the stream, updated
     * @return the gain of all channels, for {@link #shape}
     */
    float level(float[] values, int channels, float[] levels) {
        if (gain == null) {
            return 1f;
        }
        return switch (gain.kind()) {
            case LEVEL -> levelled(gain, values, channels, levels);
            case CHANNEL -> {
                channelLevelled(gain, values, channels, levels);
                yield 1f;
            }
        };
    }

    /** The rest: what {@link #level} returned, then the normaliser. */
    void shape(FilterKernel kernel, float[] values, int channels, float factor) {
        kernel.shape(values, channels, factor, normaliser);
    }

    /** Normalises one channel group in place, from {@code at}; nothing where there is no normaliser. */
    void normalise(float[] values, int at) {
        if (normaliser != null) {
            normaliser.apply(values, at);
        }
    }

    /** @return the gain */
    private float levelled(AdaptiveGain law, float[] values, int channels, float[] levels) {
        float sum = 0;
        for (int c = 0; c < channels; c++) {
            sum += values[c];
        }
        float found = sum / channels;
        levels[0] = followed(levels[0], found, found > levels[0] ? rise : fall);
        return Math.min(law.target() / levels[0], law.maximumGain());
    }

    private void channelLevelled(AdaptiveGain law, float[] values, int channels, float[] levels) {
        for (int c = 0; c < channels; c++) {
            levels[c] = followed(levels[c], values[c], fall);
            values[c] *= Math.min(law.target() / levels[c], law.maximumGain());
        }
    }

    private static float followed(float level, float found, float speed) {
        return level < 0 ? found : level + speed * (found - level);
    }
}
