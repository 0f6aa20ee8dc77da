package io.keyspike.trainer.streams;

/** Scores of one keyword in the order of time. */
interface TimedScores {
    int size();

    /** Seconds since the stream's start, not falling from one to the next. */
    double seconds(int index);

    float score(int index);
}
