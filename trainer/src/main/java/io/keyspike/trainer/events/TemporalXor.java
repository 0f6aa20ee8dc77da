package io.keyspike.trainer.events;

import io.keyspike.trainer.common.SplitMix;
import java.util.List;

/**
 * The temporal XOR task of Rockpool's tutorial on WaveSense: two stimuli, each A or B, with a delay between them that differs
 * from sample to sample; the class is whether they differ. It cannot be told before the second one, nor without the first.
 *
 * @param steps of a sample, of one millisecond each
 * @param stimulusSteps length of a stimulus
 * @param delaySteps mean silence between the stimuli
 * @param spreadSteps how much less than that or more it is, uniformly
 * @param mostSpikes of one channel in one step of a stimulus
 * @param channels A is on the upper half of them, B on the lower one
 * @param seed of the stimuli and the delays
 */
public record TemporalXor(
        int steps, int stimulusSteps, int delaySteps, int spreadSteps, int mostSpikes, int channels, long seed) {

    /** What the two classes are called. */
    public static final List<String> LABELS = List.of("same", "different");

    private static final int STEP_MICROS = 1_000;

    public TemporalXor {
        if (stimulusSteps < 1
                || channels < 2
                || mostSpikes < 1
                || spreadSteps < 0
                || spreadSteps > delaySteps
                || steps < 2 * stimulusSteps + delaySteps + spreadSteps) {
            throw new IllegalArgumentException(
                    "temporal XOR: expected stimuli and delays that fit into the steps, found " + stimulusSteps
                            + " and " + delaySteps + " plus or minus " + spreadSteps + " in " + steps);
        }
    }

    /** 100 steps, stimuli of 20 on 16 channels with up to 15 spikes, 30 plus or minus 20 steps of silence. */
    public static TemporalXor standard(long seed) {
        return new TemporalXor(100, 20, 30, 20, 15, 16, seed);
    }

    /** Index of a sample's class. */
    public int label(int sample) {
        return sample % 4 == 1 || sample % 4 == 2 ? 1 : 0;
    }

    /** A sample: AA, AB, BA and BB in turn, each with a delay of its own. */
    public Events sample(int sample) {
        int delay = delaySteps
                - spreadSteps
                + (int) (new SplitMix(seed, 1 + (long) sample).nextDouble() * (2 * spreadSteps + 1));
        var times = new java.util.ArrayList<Long>();
        var units = new java.util.ArrayList<Integer>();
        stimulus(sample % 4 >= 2, 0, times, units);
        stimulus(sample % 2 == 1, stimulusSteps + delay, times, units);
        return new Events(
                times.stream().mapToLong(Long::longValue).toArray(),
                units.stream().mapToInt(Integer::intValue).toArray(),
                new int[0]);
    }

    /** The same spikes in every sample; they lie in the middle of their step. */
    private void stimulus(boolean b, int from, List<Long> times, List<Integer> units) {
        var random = new SplitMix(seed, b ? -2 : -1);
        for (int t = 0; t < stimulusSteps; t++) {
            for (int c = 0; c < channels; c++) {
                int spikes = (int) (random.nextDouble() * (mostSpikes + 1));
                boolean silent = b ? c >= channels / 2 : c < channels / 2;
                // frames begin with the first event, which therefore is in the first step
                if (t == 0 && spikes == 0) {
                    spikes = 1;
                }
                for (int s = 0; s < spikes && !silent; s++) {
                    times.add((long) (from + t) * STEP_MICROS + STEP_MICROS / 2);
                    units.add(c);
                }
            }
        }
    }
}
