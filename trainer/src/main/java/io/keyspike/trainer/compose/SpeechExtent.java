package io.keyspike.trainer.compose;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds where in a recording the speech is, by energy: frames of 20 ms, 10 ms apart, count as speech when they lie 8 dB
 * above the recording's quiet frames and within 32 dB of its loudest; runs of them that are less than 0.4 s apart are one;
 * of the runs of at least 0.3 s the one with the most energy is the speech, so that a click is not taken for a word.
 */
public final class SpeechExtent {
    private static final double FRAME_SECONDS = 0.02;
    private static final double HOP_SECONDS = 0.01;
    private static final double ABOVE_QUIET_DB = 8;
    private static final double BELOW_LOUDEST_DB = 32;

    /** At least this far below the loudest frame, also in a recording without quiet frames. */
    private static final double LEAST_BELOW_LOUDEST_DB = 6;

    private static final double QUIET_QUANTILE = 0.1;
    private static final double DIGITAL_SILENCE_DB = -95;
    private static final double JOINED_SECONDS = 0.4;
    private static final double SHORTEST_SECONDS = 0.3;

    /** Frames this close to the loudest make the level. */
    private static final double LEVEL_RANGE_DB = 20;

    private SpeechExtent() {}

    /**
     * The one word or phrase of a recording.
     *
     * @param samples PCM16
     * @return null if there is nothing but digital silence
     */
    public static @Nullable Utterance find(String name, short[] samples, int sampleRateHz) {
        return find(name, samples, sampleRateHz, false);
    }

    /**
     * The whole of a recording of connected speech, from the first speech in it to the last.
     *
     * @param samples PCM16
     * @return null if there is nothing but digital silence
     */
    public static @Nullable Utterance findAll(String name, short[] samples, int sampleRateHz) {
        return find(name, samples, sampleRateHz, true);
    }

    private static @Nullable Utterance find(String name, short[] samples, int sampleRateHz, boolean all) {
        int hop = (int) (HOP_SECONDS * sampleRateHz);
        int length = (int) (FRAME_SECONDS * sampleRateHz);
        double[] db = levels(samples, length, hop);
        if (db.length == 0) {
            return null;
        }
        double loudest = Arrays.stream(db).max().orElseThrow();
        if (loudest <= DIGITAL_SILENCE_DB) {
            return null;
        }
        double threshold = threshold(db, loudest);
        int[] run = all ? span(db, threshold) : strongest(db, threshold);
        double level = level(db, run[0], run[1]);
        return new Utterance(name, samples, run[0] * hop, Math.min(samples.length, run[1] * hop + length), level);
    }

    private static double[] levels(short[] samples, int length, int hop) {
        int frames = samples.length < length ? 0 : 1 + (samples.length - length) / hop;
        double[] db = new double[frames];
        for (int f = 0; f < frames; f++) {
            double energy = 0;
            for (int i = f * hop; i < f * hop + length; i++) {
                energy += (double) samples[i] * samples[i];
            }
            db[f] = 10 * Math.log10(energy / length / (32768.0 * 32768.0) + 1e-12);
        }
        return db;
    }

    private static double threshold(double[] db, double loudest) {
        double[] heard =
                Arrays.stream(db).filter(d -> d > DIGITAL_SILENCE_DB).sorted().toArray();
        double quiet = heard[(int) (QUIET_QUANTILE * (heard.length - 1))];
        return Math.min(Math.max(quiet + ABOVE_QUIET_DB, loudest - BELOW_LOUDEST_DB), loudest - LEAST_BELOW_LOUDEST_DB);
    }

    private static int[] span(double[] db, double threshold) {
        int first = 0;
        while (db[first] <= threshold) {
            first++;
        }
        int last = db.length - 1;
        while (db[last] <= threshold) {
            last--;
        }
        return new int[] {first, last};
    }

    /** The run of speech with the most energy in dB above the threshold; if all are short, the strongest of those. */
    private static int[] strongest(double[] db, double threshold) {
        int joined = (int) Math.round(JOINED_SECONDS / HOP_SECONDS);
        int shortest = (int) Math.round(SHORTEST_SECONDS / HOP_SECONDS);
        int[] best = {0, 0};
        double bestMass = -1;
        boolean bestLong = false;
        int f = 0;
        while (f < db.length) {
            if (db[f] <= threshold) {
                f++;
                continue;
            }
            int from = f;
            int to = f;
            double mass = 0;
            for (; f < db.length && f - to < joined; f++) {
                if (db[f] > threshold) {
                    to = f;
                    mass += db[f] - threshold;
                }
            }
            boolean isLong = to - from >= shortest;
            if ((isLong && !bestLong) || (isLong == bestLong && mass > bestMass)) {
                best = new int[] {from, to};
                bestMass = mass;
                bestLong = isLong;
            }
        }
        return best;
    }

    /** Of the speech alone: what is outside it, such as a click, may be far louder. */
    private static double level(double[] db, int first, int last) {
        double loudest = Double.NEGATIVE_INFINITY;
        for (int f = first; f <= last; f++) {
            loudest = Math.max(loudest, db[f]);
        }
        double power = 0;
        int count = 0;
        for (int f = first; f <= last; f++) {
            if (db[f] > loudest - LEVEL_RANGE_DB) {
                power += Math.pow(10, db[f] / 10);
                count++;
            }
        }
        return Math.sqrt(power / count);
    }
}
