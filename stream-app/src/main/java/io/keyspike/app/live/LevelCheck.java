package io.keyspike.app.live;

import java.util.Arrays;

/**
 * Whether a recording of a word is suitable for training.
 *
 * @param peakDb largest sample, relative to full scale
 * @param speechDb root mean square of the loudest 0.3 s
 * @param noiseDb root mean square of the quietest 0.2 s
 */
record LevelCheck(double peakDb, double speechDb, double noiseDb) {

    /** A word spoken at arm's length is 15 dB above this. */
    static final double QUIETEST_SPEECH_DB = -40;

    /** Below this the word is hard to separate from the background. */
    static final double LEAST_DISTANCE_DB = 12;

    /** Number of samples at full scale that counts as clipping. */
    private static final double CLIPPED_DB = -0.05;

    private static final double SPEECH_SECONDS = 0.3;
    private static final double NOISE_SECONDS = 0.2;
    private static final double FLOOR_DB = -96;

    /** The verdict. */
    enum Verdict {
        GOOD,
        TOO_QUIET,
        CLIPPED,
        NOISY
    }

    static LevelCheck of(short[] samples, int sampleRateHz) {
        int peak = 0;
        for (short sample : samples) {
            peak = Math.max(peak, Math.abs(sample));
        }
        double[] energies = prefix(samples);
        return new LevelCheck(
                db(peak / 32_768.0),
                db(Math.sqrt(extreme(energies, (int) (SPEECH_SECONDS * sampleRateHz), true))),
                db(Math.sqrt(extreme(energies, (int) (NOISE_SECONDS * sampleRateHz), false))));
    }

    Verdict verdict() {
        if (peakDb > CLIPPED_DB) {
            return Verdict.CLIPPED;
        }
        if (speechDb < QUIETEST_SPEECH_DB) {
            return Verdict.TOO_QUIET;
        }
        return speechDb - noiseDb < LEAST_DISTANCE_DB ? Verdict.NOISY : Verdict.GOOD;
    }

    /** The loudest stretch of the given length, or all samples if there are no more. */
    static short[] loudest(short[] samples, int length) {
        if (samples.length <= length) {
            return samples.clone();
        }
        double[] energies = prefix(samples);
        int best = 0;
        for (int i = 0; i + length <= samples.length; i++) {
            if (energies[i + length] - energies[i] > energies[best + length] - energies[best]) {
                best = i;
            }
        }
        return Arrays.copyOfRange(samples, best, best + length);
    }

    private static double[] prefix(short[] samples) {
        double[] sums = new double[samples.length + 1];
        for (int i = 0; i < samples.length; i++) {
            double x = samples[i] / 32_768.0;
            sums[i + 1] = sums[i] + x * x;
        }
        return sums;
    }

    /** Largest or smallest mean square over windows of the given length. */
    private static double extreme(double[] sums, int length, boolean largest) {
        int window = Math.max(1, Math.min(length, sums.length - 1));
        double found = largest ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i + window < sums.length; i++) {
            double mean = Math.max(0, (sums[i + window] - sums[i]) / window);
            found = largest ? Math.max(found, mean) : Math.min(found, mean);
        }
        return Double.isFinite(found) ? found : 0;
    }

    private static double db(double value) {
        return value <= 0 ? FLOOR_DB : Math.max(FLOOR_DB, 20 * Math.log10(value));
    }
}
