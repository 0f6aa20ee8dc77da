package io.keyspike.trainer.layers;

/**
 * Values {@code from} to below {@code to} of an array.
 *
 * @param values shared
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
public record FloatRange(float[] values, int from, int to) {

    public int length() {
        return to - from;
    }
}
