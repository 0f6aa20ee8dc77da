package io.keyspike.trainer.events;

import java.util.Arrays;

/**
 * The events of one sample, in the order of their times.
 *
 * @param times {@code [n]}, microseconds
 * @param units {@code [n]}, which channel of the sensor
 * @param polarities {@code [n]}, from 0; empty where the sensor has but one
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
public record Events(long[] times, int[] units, int[] polarities) {

    /** @throws IllegalArgumentException if the arrays do not have one length */
    public Events {
        if (units.length != times.length || (polarities.length != 0 && polarities.length != times.length)) {
            throw new IllegalArgumentException("events: expected as many units and polarities as times (" + times.length
                    + "), found " + units.length + " and " + polarities.length);
        }
    }

    public int count() {
        return times.length;
    }

    int polarity(int event) {
        return polarities.length == 0 ? 0 : polarities[event];
    }

    /** Units and times multiplied by factors, fractions cut off; events that fall together stay apart. */
    public Events downsampled(double unitFactor, double timeFactor) {
        int[] newUnits = new int[units.length];
        long[] newTimes = new long[times.length];
        for (int i = 0; i < units.length; i++) {
            newUnits[i] = (int) (units[i] * unitFactor);
            newTimes[i] = timeFactor == 1 ? times[i] : (long) (times[i] * timeFactor);
        }
        return new Events(newTimes, newUnits, polarities);
    }

    /** The events from one time to another, both included. */
    public Events cropped(long leastMicros, long mostMicros) {
        int from = firstFrom((double) leastMicros);
        int to = firstFrom((double) (mostMicros + 1));
        return new Events(
                Arrays.copyOfRange(times, from, to),
                Arrays.copyOfRange(units, from, to),
                polarities.length == 0 ? polarities : Arrays.copyOfRange(polarities, from, to));
    }

    /** Index of the first event at a time or after it. */
    int firstFrom(double time) {
        int low = 0;
        int high = times.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
