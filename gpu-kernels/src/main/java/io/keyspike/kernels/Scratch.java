package io.keyspike.kernels;

import java.util.Arrays;

/**
 * A thread's working arrays, kept from call to call so that a kernel allocates only while its sizes still grow. Each purpose
 * within a call has a slot of its own; contents are undefined unless zeros are asked for.
 */
final class Scratch {

    /** Slot of {@link ScalarRecurrence#weightGradient}, free of what the backends' synapses and neurons take. */
    static final int SHIFTED = 37;

    /** Slot of the transposed recurrent weights. */
    static final int TRANSPOSED = 36;

    private static final int SLOTS = 40;

    private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);

    private final float[][] arrays = new float[SLOTS][0];

    private int[] numbers = {};

    private Scratch() {}

    /** At least {@code length} ints; one slot only. */
    static int[] ints(int length) {
        Scratch scratch = LOCAL.get();
        if (scratch.numbers.length < length) {
            scratch.numbers = new int[length];
        }
        return scratch.numbers;
    }

    /** At least {@code length} floats. */
    static float[] floats(int slot, int length) {
        float[][] arrays = LOCAL.get().arrays;
        if (arrays[slot].length < length) {
            arrays[slot] = new float[length];
        }
        return arrays[slot];
    }

    /** At least {@code length} floats, the first {@code length} of them 0. */
    static float[] zeros(int slot, int length) {
        float[] array = floats(slot, length);
        Arrays.fill(array, 0, length, 0f);
        return array;
    }

    /** Values per neuron laid out one per lane. */
    static float[] perLane(int slot, float[] values, int neurons, int lanes) {
        float[] array = floats(slot, lanes);
        Lanes.repeat(values, neurons, array, lanes);
        return array;
    }
}
