package io.keyspike.trainer.loop;

import io.keyspike.trainer.loss.LossParts;

/** Sums over an epoch's clips. */
final class EpochTotals {
    double classification;
    double rate;
    double magnitude;
    long correct;
    long clips;

    void add(LossParts parts) {
        classification += parts.classification() * parts.clips();
        rate += parts.rate() * parts.clips();
        magnitude += parts.magnitude() * parts.clips();
        correct += parts.correct();
        clips += parts.clips();
    }
}
