package io.keyspike.app.kafka.service;

import java.util.Random;

/**
 * Synthetic audio for a {@link WarmUp}: one-second turns of a buzzing tone with a moving pitch, of noise, and of near silence,
 * so that the activity gate opens and closes and every band has something to do. The same samples every time.
 */
final class WarmUpSound {

    private static final int SECONDS = 12;

    /** Amplitude of the tone and of the noise, about -15 dBFS. */
    private static final double LOUD = 6_000;

    /** Amplitude in the pauses, about -70 dBFS. */
    private static final double FAINT = 10;

    private static final double LOWEST_PITCH_HZ = 90;
    private static final double PITCH_RANGE_HZ = 160;
    private static final int HARMONICS = 12;

    private final int rateHz;
    private final short[] samples;

    WarmUpSound(int rateHz) {
        this.rateHz = rateHz;
        this.samples = new short[SECONDS * rateHz];
        var random = new Random(1);
        double phase = 0;
        for (int i = 0; i < samples.length; i++) {
            double second = (double) i / rateHz;
            double within = second - Math.floor(second);
            phase += (LOWEST_PITCH_HZ + PITCH_RANGE_HZ * Math.abs(Math.sin(second))) / rateHz;
            double noise = random.nextGaussian();
            double value = switch ((int) second % 3) {
                case 0 -> LOUD * Math.sin(Math.PI * within) * buzz(phase) + FAINT * noise;
                case 1 -> LOUD * Math.sin(Math.PI * within) * noise / 3;
                default -> FAINT * noise;
            };
            samples[i] = (short) Math.clamp(Math.round(value), Short.MIN_VALUE, Short.MAX_VALUE);
        }
    }

    private static double buzz(double phase) {
        double sum = 0;
        for (int harmonic = 1; harmonic <= HARMONICS; harmonic++) {
            sum += Math.sin(2 * Math.PI * harmonic * phase) / harmonic;
        }
        return sum / 2;
    }

    int rateHz() {
        return rateHz;
    }

    /** Copies samples from a position, counted over as many repetitions as it takes. */
    void read(long position, short[] into) {
        int from = (int) (position % samples.length);
        for (int done = 0; done < into.length; ) {
            int count = Math.min(into.length - done, samples.length - from);
            System.arraycopy(samples, from, into, done, count);
            done += count;
            from = 0;
        }
    }
}
