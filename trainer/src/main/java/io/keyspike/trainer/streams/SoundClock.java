package io.keyspike.trainer.streams;

import io.keyspike.trainer.common.Progress;

/** Adds up how much of several recordings has been heard, and tells of every minute. */
final class SoundClock {
    private static final int TOLD_SECONDS = 60;

    private final Progress progress;
    private final double[] heard;
    private final long total;
    private long told;

    /** @param expectedSeconds by recording, roughly */
    SoundClock(Progress progress, long[] expectedSeconds) {
        this.progress = progress;
        this.heard = new double[expectedSeconds.length];
        long sum = 0;
        for (long seconds : expectedSeconds) {
            sum += seconds;
        }
        this.total = sum;
    }

    synchronized void heard(int recording, double seconds) {
        heard[recording] = seconds;
        double sum = 0;
        for (double part : heard) {
            sum += part;
        }
        if (sum >= told + TOLD_SECONDS || (sum >= total && told < total)) {
            told = (long) sum;
            progress.advanced("listening", told, Math.max(total, told));
        }
    }
}
