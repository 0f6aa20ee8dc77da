package io.keyspike.trainer.data;

import io.keyspike.trainer.common.SplitMix;

/**
 * Splits recordings of connected speech by speaker, at random by seed: a speaker is always in the same split, whatever other
 * recordings there are.
 *
 * @param validation share of the speakers, 0 to 1
 * @param testing likewise; the rest is for training
 * @param seed another seed, another split
 */
public record SpeakerSplit(double validation, double testing, long seed) {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x5_70C;

    /** The split of what a key names, such as a folder and a speaker. */
    public Split of(String key) {
        double at = new SplitMix(seed, PURPOSE, key.hashCode()).nextDouble();
        return at < validation ? Split.VALIDATION : at < validation + testing ? Split.TESTING : Split.TRAINING;
    }
}
