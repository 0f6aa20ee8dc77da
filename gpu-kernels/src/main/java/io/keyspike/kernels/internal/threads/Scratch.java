package io.keyspike.kernels.internal.threads;

import java.util.Arrays;

/**
 * A thread's working arrays, kept from call to call so that a kernel allocates only while its sizes still grow. Each purpose
 * within a call has a slot of its own; contents are undefined unless zeros are asked for.
 */
public final class Scratch {

    /** Slot of the gradient of recurrent weights, free of what the backends' synapses and neurons take. */
    public static final int SHIFTED = 37;

    /** Slot of the transposed recurrent weights. */
    public static final int TRANSPOSED = 36;

    private static final int SLOTS = 40;

    private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);

    private final float[][] arrays = new float[SLOTS][0];

    private int[] numbers = {};

    private Scratch() {}

    /** At least {@code length} ints; one slot only. */
    public static int[] ints(int length) {
        Scratch scratch = LOCAL.get();
        if (scratch.numbers.length < length) {
            scratch.numbers = new int[length];
        }
        return scratch.numbers;
    }

    /** At least {@code length} floats. */
    public static float[] floats(int slot, int length) {
        float[][] arrays = LOCAL.get().arrays;
        if (arrays[slot].length < length) {
            arrays[slot] = new float[length];
        }
        return arrays[slot];
    }

    /** At least {@code length} floats, the first {@code length} of them 0. */
    public static float[] zeros(int slot, int length) {
        float[] array = floats(slot, length);
        Arrays.fill(array, 0, length, 0f);
        return array;
    }

    /** Values per neuron laid out one per lane. */
    public static float[] perLane(int slot, float[] values, int neurons, int lanes) {
        float[] array = floats(slot, lanes);
        repeat(values, neurons, array, lanes);
        return array;
    }

    /** Repeats the first {@code neurons} values over {@code length}, a multiple of it. */
    public static void repeat(float[] values, int neurons, float[] repeated, int length) {
        for (int at = 0; at < length; at += neurons) { // no round for neurons = 0, which gives length 0
            System.arraycopy(values, 0, repeated, at, neurons);
        }
    }
}
