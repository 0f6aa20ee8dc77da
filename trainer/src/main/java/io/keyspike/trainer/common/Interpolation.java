package io.keyspike.trainer.common;

import io.keyspike.kernels.backends.Backends;

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
        return cubic(sample(samples, at - 1), b, sample(samples, at + 1), sample(samples, at + 2), f);
    }

    private static double cubic(double a, double b, double c, double d, double f) {
        return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
    }

    /**
     * Adds a recording at another speed: {@code into[at + i] += factor·cubic(samples, from + i·speed)} for {@code begin ≤ i < end}.
     *
     * @param samples PCM16
     * @param from position of i = 0
     * @param speed samples of the recording for each of the result
     */
    public static void add(
            short[] samples, int from, double speed, double factor, float[] into, int at, int begin, int end) {
        if (speed == 1 && from + begin >= 0 && from + end <= samples.length) {
            for (int i = begin; i < end; i++) {
                into[at + i] += (float) (factor * samples[from + i]);
            }
            return;
        }
        int first = begin;
        if (Backends.vectorAvailable() && LaneInterpolation.fits(speed)) {
            int inside = Math.clamp((long) Math.ceil((1 - from) / speed), begin, end);
            addOneByOne(samples, from, speed, factor, into, at, begin, inside);
            first = LaneInterpolation.add(samples, from, speed, factor, into, at, inside, end);
        }
        addOneByOne(samples, from, speed, factor, into, at, first, end);
    }

    private static void addOneByOne(
            short[] samples, int from, double speed, double factor, float[] into, int at, int begin, int end) {
        for (int i = begin; i < end; i++) {
            double position = from + i * speed;
            int before = (int) position;
            double f = position - before;
            // Where all four samples are there, and the position is not before 0, nothing has to be asked.
            double value = before > 0 && before < samples.length - 2 && f != 0
                    ? cubic(samples[before - 1], samples[before], samples[before + 1], samples[before + 2], f)
                    : cubic(samples, position);
            into[at + i] += (float) (factor * value);
        }
    }

    private static double sample(short[] samples, int at) {
        return at < 0 || at >= samples.length ? 0 : samples[at];
    }
}
