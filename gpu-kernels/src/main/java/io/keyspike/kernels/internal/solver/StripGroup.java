package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.LifParameters;

/**
 * A few strips that are run side by side, a chunk of steps at a time. A strip that is run again need not run to its end: once
 * its membranes before the reset have the bits that stand there from the sweep before, everything after them would be the
 * same, since a step depends on nothing but the membrane and the current. Such a strip leaves the group.
 */
public final class StripGroup {

    /** Lanes in a group: enough vectors to hide the latency of a step, few enough for tasks of several threads. */
    public static final int LANES = 128;

    /** Steps in a chunk. */
    public static final int CHUNK = 16;

    private static final ThreadLocal<StripGroup> LOCAL = ThreadLocal.withInitial(StripGroup::new);

    private final int[] id = new int[LANES];
    private final int[] base = new int[LANES];
    private final int[] steps = new int[LANES];
    private final float[] decay = new float[LANES];
    private final float[] threshold = new float[LANES];
    private final float[] u = new float[LANES];
    private final float[] stood = new float[LANES];
    private final LifStrips.Strips strips = new LifStrips.Strips(base, decay, threshold, u);
    private LifStrips kernel = ScalarStrips.INSTANCE;
    private int width;
    private int count;

    private StripGroup() {}

    /** This thread's, empty. */
    static StripGroup local(LifStrips kernel) {
        StripGroup group = LOCAL.get();
        group.kernel = kernel;
        group.width = kernel.width();
        group.count = 0;
        return group;
    }

    /** Strips of such a width that fit. */
    static int capacity(int width) {
        return LANES / width;
    }

    /**
     * @param strip its number, which says where its start is and its end will be: {@code [strips, width]}
     * @param firstLane its first lane
     * @param firstElement index of that lane's first step in the sequence
     * @param length its steps
     */
    void add(int strip, int firstLane, int firstElement, int length, LifParameters parameters, float[] starts) {
        id[count] = strip;
        base[count] = firstElement;
        steps[count] = length;
        int neurons = parameters.neurons();
        for (int i = 0; i < width; i++) {
            int n = (firstLane + i) % neurons;
            decay[count * width + i] = parameters.decay()[n];
            threshold[count * width + i] = parameters.threshold()[n];
        }
        System.arraycopy(starts, strip * width, u, count * width, width);
        count++;
    }

    /**
     * Runs the strips to their ends, or until they meet what stands in the sequence.
     *
     * @param again whether the sequence holds an earlier sweep's membranes
     * @param ends receives the membranes after the last steps; where a strip met, its end stays
     * @return lane-steps run
     */
    long run(boolean again, LifStrips.Sequence sequence, float[] ends) {
        int lanes = sequence.stride();
        float[] membrane = sequence.membrane();
        long run = 0;
        while (count > 0) {
            int chunk = CHUNK;
            for (int strip = 0; strip < count; strip++) {
                chunk = Math.min(chunk, steps[strip]);
            }
            if (again) {
                remember(membrane, (chunk - 1) * lanes);
            }
            kernel.run(strips, count, chunk, sequence);
            run += (long) chunk * count * width;
            int kept = 0;
            for (int strip = 0; strip < count; strip++) {
                if (again && met(membrane, strip, (chunk - 1) * lanes)) {
                    continue;
                }
                if (steps[strip] == chunk) {
                    System.arraycopy(u, strip * width, ends, id[strip] * width, width);
                } else {
                    keep(strip, kept, chunk, lanes);
                    kept++;
                }
            }
            count = kept;
        }
        return run;
    }

    private void remember(float[] membrane, int offset) {
        for (int strip = 0; strip < count; strip++) {
            System.arraycopy(membrane, base[strip] + offset, stood, strip * width, width);
        }
    }

    private boolean met(float[] membrane, int strip, int offset) {
        int at = base[strip] + offset;
        for (int i = 0; i < width; i++) {
            if (Float.floatToIntBits(membrane[at + i]) != Float.floatToIntBits(stood[strip * width + i])) {
                return false;
            }
        }
        return true;
    }

    private void keep(int strip, int place, int done, int lanes) {
        id[place] = id[strip];
        base[place] = base[strip] + done * lanes;
        steps[place] = steps[strip] - done;
        if (place != strip) {
            System.arraycopy(decay, strip * width, decay, place * width, width);
            System.arraycopy(threshold, strip * width, threshold, place * width, width);
            System.arraycopy(u, strip * width, u, place * width, width);
        }
    }
}
