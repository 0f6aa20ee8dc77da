package io.keyspike.audio.features;

/**
 * Online levelling, so that a quiet microphone fires as many spikes as a loud one.
 *
 * <p>With {@code f} the compressed values of a step, {@code Δ} the seconds between two steps and all arithmetic in
 * float32, each operation rounded on its own:
 *
 * <pre>
 * LEVEL:    m = mean of f over the channels
 *           L ← L + a·(m − L),   a = 1 − exp(−Δ/τ·RISE_SPEED) where m &gt; L, else 1 − exp(−Δ/τ)
 *           f ← min(target / L, maximumGain) · f
 * CHANNEL:  M[c] ← M[c] + a·(f[c] − M[c]),   a = 1 − exp(−Δ/τ)
 *           f[c] ← min(target / M[c], maximumGain) · f[c]
 * </pre>
 *
 * The first step of a stream sets L or M to what it finds. So where the limit is not reached, a stream recorded at
 * another level gives the same features from the first step on; what comes out has the level {@code target}.
 *
 * <p>LEVEL follows the loud parts: it rises {@value #RISE_SPEED} times as fast as it falls, so that a word keeps its shape
 * and the pause after it stays quiet. It keeps the balance between the channels, which is what tells vowels apart; it
 * takes four bytes of state. CHANNEL also removes the colour of the room and the microphone, and steady noise in single
 * channels, at the price that a long vowel fades. A running percentile would need a histogram per stream for about the
 * effect that the quick rise has.
 *
 * @param kind which law
 * @param tauSeconds time constant of the running level
 * @param target what the level is brought to, in the unit of the compressed values
 * @param maximumGain limit of the amplification, so that silence stays silent
 */
public record AdaptiveGain(Kind kind, double tauSeconds, float target, float maximumGain) {

    /** How many times faster LEVEL rises than it falls. */
    public static final int RISE_SPEED = 16;

    /**
     * LEVEL: one gain for all channels, from the running level of their mean, quick to rise and slow to fall.
     * CHANNEL: per-channel energy normalisation (PCEN, Wang et al. 2017, with exponent 1): each channel divided by its own
     * running level.
     */
    public enum Kind {
        /** One gain for all channels. */
        LEVEL,
        /** A gain for each channel. */
        CHANNEL
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a number is not finite or not above 0
     */
    public AdaptiveGain {
        SpecChecks.above("adaptive gain", "tau in seconds", tauSeconds, 0);
        SpecChecks.above("adaptive gain", "target", target, 0);
        SpecChecks.above("adaptive gain", "maximum gain", maximumGain, 0);
    }

    /** Running levels a stream keeps. */
    int levels(int channels) {
        return kind == Kind.LEVEL ? 1 : channels;
    }
}
