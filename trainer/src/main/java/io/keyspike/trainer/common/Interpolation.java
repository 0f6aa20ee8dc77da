package io.keyspike.trainer.common;

/** Samples of a recording between its samples: how a recording is played at another speed. */
public final class Interpolation {

    private Interpolation() {}

    /**
     * Catmull-Rom cubic through the four samples around a position; silence outside the recording.
     *
     * @param samples PCM16
     * @param position in samples, also before 0 or after the end
     */
    public static double cubic(short[] samples, double position) {
        int at = (int) Math.floor(position);
        double f = position - at;
        double b = sample(samples, at);
        if (f == 0) {
            return b;
        }
        double a = sample(samples, at - 1);
        double c = sample(samples, at + 1);
        double d = sample(samples, at + 2);
        return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
    }

    private static double sample(short[] samples, int at) {
        return at < 0 || at >= samples.length ? 0 : samples[at];
    }
}
