package io.keyspike.trainer.calibrate;

import io.keyspike.trainer.common.SplitMix;
import java.util.ArrayList;
import java.util.List;

/**
 * Clips in a row with gaps between them, as one recording: what a device might hear.
 *
 * @param clips where the clips lie, in order
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of samples, never compared
record ValidationStream(int sampleRateHz, short[] samples, List<Placed> clips) {
    /** Gaps are filled with noise this much quieter than recorded, for it is the background, not the event. */
    private static final double NOISE_GAIN = 0.3;

    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x57_8E;

    /**
     * A clip's place.
     *
     * @param label output that it stands for; -1 for a word that is no label
     */
    record Placed(int label, long start, long end) {}

    /** A clip to place. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of samples, never compared
    record Labelled(int label, short[] samples) {}

    /**
     * Places the clips in random order.
     *
     * @param gapSeconds shortest and longest gap
     * @param noises what fills the gaps; digital silence if empty
     */
    static ValidationStream of(
            int sampleRateHz, List<Labelled> clips, List<Double> gapSeconds, List<short[]> noises, long seed) {
        var random = new SplitMix(seed, PURPOSE);
        int[] order = random.permutation(clips.size());
        int[] gaps = new int[order.length + 1];
        int total = 0;
        for (int i = 0; i <= order.length; i++) {
            gaps[i] = (int) (random.between(gapSeconds.get(0), gapSeconds.get(1)) * sampleRateHz);
            total = Math.addExact(
                    total, gaps[i] + (i < order.length ? clips.get(order[i]).samples().length : 0));
        }
        short[] samples = new short[total];
        var placed = new ArrayList<Placed>();
        int at = 0;
        for (int i = 0; i <= order.length; i++) {
            if (!noises.isEmpty()) {
                short[] noise = noises.get(random.nextInt(noises.size()));
                int from = random.nextInt(noise.length);
                for (int k = 0; k < gaps[i]; k++) {
                    samples[at + k] = (short) (NOISE_GAIN * noise[(from + k) % noise.length]);
                }
            }
            at += gaps[i];
            if (i < order.length) {
                Labelled clip = clips.get(order[i]);
                System.arraycopy(clip.samples(), 0, samples, at, clip.samples().length);
                placed.add(new Placed(clip.label(), at, at + clip.samples().length));
                at += clip.samples().length;
            }
        }
        return new ValidationStream(sampleRateHz, samples, placed);
    }

    double hours() {
        return samples.length / (3_600.0 * sampleRateHz);
    }
}
