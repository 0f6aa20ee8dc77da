package io.keyspike.audio.features;

import java.util.Random;

/** Sound made up for tests. */
final class TestSound {

    private TestSound() {}

    /** Tones that come and go in noise, with stretches of digital silence and of full scale. */
    static short[] random(long seed, int samples) {
        var random = new Random(seed);
        short[] sound = new short[samples];
        double amplitude = 0;
        double frequency = 0.1;
        for (int i = 0; i < samples; i++) {
            if (i % 400 == 0) {
                amplitude = random.nextInt(4) == 0 ? 0 : Math.pow(10, random.nextDouble() * 4.5);
                frequency = random.nextDouble() * Math.PI;
            }
            double value = amplitude * (Math.sin(frequency * i) + 0.3 * random.nextGaussian());
            sound[i] = (short) Math.clamp(Math.round(value), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return sound;
    }
}
