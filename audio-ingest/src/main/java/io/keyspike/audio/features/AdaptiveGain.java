package io.keyspike.audio.features;

/**
 * Online levelling, so that a quiet microphone fires as many spikes as a loud one.
 *
 * @param kind which law
 * @param tauSeconds time constant of the running level
 * @param target what the level is brought to
 * @param maximumGain limit of the amplification, so that silence stays silent
 */
public record AdaptiveGain(Kind kind, double tauSeconds, float target, float maximumGain) {

    /**
     * LEVEL: one gain for all channels, from the running level of their mean, quick to rise and slow to fall.
     * CHANNEL: per-channel energy normalisation (PCEN, Wang et al. 2017, with exponent 1): each channel divided by its own
     * running level.
     */
    public enum Kind {
        LEVEL,
        CHANNEL
    }
}
