package io.keyspike.trainer.compose;

import io.keyspike.trainer.common.SplitMix;
import java.util.Arrays;

/** Impulse responses, each beginning with the direct sound and scaled so that it has the energy 1. */
final class Room {
    /** Longest response that is used; what comes later is below hearing in living rooms. */
    private static final double LONGEST_SECONDS = 1.0;

    private static final double DECAY_OF_60_DB = Math.log(1_000);

    private Room() {}

    /** A measured response, from its loudest sample on. */
    static float[] measured(short[] response, int sampleRateHz) {
        int loudest = 0;
        for (int i = 1; i < response.length; i++) {
            if (Math.abs(response[i]) > Math.abs(response[loudest])) {
                loudest = i;
            }
        }
        int length = (int) Math.min(response.length - loudest, Math.round(LONGEST_SECONDS * sampleRateHz));
        float[] taps = new float[Math.max(1, length)];
        for (int i = 0; i < length; i++) {
            taps[i] = response[loudest + i];
        }
        return scaled(taps);
    }

    /**
     * A diffuse room (Polack's statistical model, 1988): noise that decays by 60 dB in T60, behind the direct sound and a few
     * early reflections.
     *
     * @param directDb level of the direct sound relative to the whole reverberation
     */
    static float[] simulated(double t60, double directDb, int sampleRateHz, SplitMix random) {
        int length = Math.max(1, (int) (Math.min(t60, LONGEST_SECONDS) * sampleRateHz));
        float[] taps = new float[length];
        int predelay = (int) (random.between(0.002, 0.02) * sampleRateHz);
        double energy = 0;
        for (int i = predelay; i < length; i++) {
            double value = random.nextGaussian() * Math.exp(-DECAY_OF_60_DB * i / (t60 * sampleRateHz));
            taps[i] = (float) value;
            energy += value * value;
        }
        int reflections = 1 + random.nextInt(6);
        double direct = Math.sqrt(Math.max(energy, 1e-9)) * Math.pow(10, directDb / 20);
        for (int r = 0; r < reflections; r++) {
            int at = (int) (random.between(0.001, 0.03) * sampleRateHz);
            if (at < length) {
                taps[at] += (float) (direct * random.between(-0.6, 0.6));
            }
        }
        taps[0] = (float) direct;
        return scaled(taps);
    }

    private static float[] scaled(float[] taps) {
        double energy = 0;
        for (float t : taps) {
            energy += (double) t * t;
        }
        if (energy == 0) {
            Arrays.fill(taps, 0);
            taps[0] = 1;
            return taps;
        }
        float factor = (float) (1 / Math.sqrt(energy));
        for (int i = 0; i < taps.length; i++) {
            taps[i] *= factor;
        }
        return taps;
    }
}
