package io.keyspike.kernels.internal.threads;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A thread's working arrays, kept from call to call so that a kernel allocates only while its sizes still grow. Each purpose
 * has a {@link Slot} of its own, which the kernel that uses it declares as a constant; contents are undefined unless zeros
 * are asked for.
 */
public final class Scratch {

    private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);

    private static final float[] NONE = {};

    private static final int CACHE_LINE = 64;

    private float[][] arrays = {};

    private MemorySegment[] segments = {};

    private int[] numbers = {};

    private Scratch() {}

    /**
     * One of a thread's arrays. Every slot is another array, so two kernels on one thread share one only if they name the same
     * constant.
     */
    public static final class Slot {

        private static final AtomicInteger MADE = new AtomicInteger();

        private final int index = MADE.getAndIncrement();
    }

    /** At least {@code length} ints; one array only. */
    public static int[] ints(int length) {
        Scratch scratch = LOCAL.get();
        if (scratch.numbers.length < length) {
            scratch.numbers = new int[length];
        }
        return scratch.numbers;
    }

    /** At least {@code length} floats. */
    public static float[] floats(Slot slot, int length) {
        Scratch scratch = LOCAL.get();
        int before = scratch.arrays.length;
        if (slot.index >= before) {
            scratch.arrays = Arrays.copyOf(scratch.arrays, slot.index + 1);
            Arrays.fill(scratch.arrays, before, slot.index + 1, NONE);
        }
        float[][] arrays = scratch.arrays;
        if (arrays[slot.index].length < length) {
            arrays[slot.index] = new float[length];
        }
        return arrays[slot.index];
    }

    /** At least {@code bytes} outside of the heap, from the beginning of a cache line on. */
    public static MemorySegment segment(Slot slot, long bytes) {
        Scratch scratch = LOCAL.get();
        int before = scratch.segments.length;
        if (slot.index >= before) {
            scratch.segments = Arrays.copyOf(scratch.segments, slot.index + 1);
            Arrays.fill(scratch.segments, before, slot.index + 1, MemorySegment.NULL);
        }
        if (scratch.segments[slot.index].byteSize() < bytes) {
            scratch.segments[slot.index] = onLines(bytes);
        }
        return scratch.segments[slot.index];
    }

    /** Zeros outside of the heap, from the beginning of a cache line on, for as long as something refers to them. */
    public static MemorySegment onLines(long bytes) {
        return Arena.ofAuto().allocate(bytes, CACHE_LINE);
    }

    /** At least {@code length} floats, the first {@code length} of them 0. */
    public static float[] zeros(Slot slot, int length) {
        float[] array = floats(slot, length);
        Arrays.fill(array, 0, length, 0f);
        return array;
    }

    /** Values per neuron laid out one per lane. */
    public static float[] perLane(Slot slot, float[] values, int neurons, int lanes) {
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
