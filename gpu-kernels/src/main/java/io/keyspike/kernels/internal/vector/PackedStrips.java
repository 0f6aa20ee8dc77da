package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.solver.StripGroup.CHUNK;
import static io.keyspike.kernels.internal.solver.StripGroup.LANES;

import io.keyspike.kernels.internal.solver.LifStrips;

/**
 * Strips of one lane each, for lanes that fill no vector: copied side by side, so that a vector holds lanes of
 * several blocks, run as {@link VectorStrips}, and copied back. Unchecked.
 */
final class PackedStrips implements LifStrips {

    static final PackedStrips INSTANCE = new PackedStrips();

    private static final ThreadLocal<float[][]> LOCAL = ThreadLocal.withInitial(() -> new float[3][CHUNK * LANES]);

    /** Where the vectors of a packed step begin. */
    private static final int[] BASE = new int[LANES / Lanes.LENGTH];

    static {
        for (int vector = 0; vector < BASE.length; vector++) {
            BASE[vector] = vector * Lanes.LENGTH;
        }
    }

    private PackedStrips() {}

    @Override
    public int width() {
        return 1;
    }

    @Override
    public void run(Strips strips, int count, int steps, Sequence sequence) {
        int[] base = strips.base();
        int stride = sequence.stride();
        float[] current = sequence.current();
        float[] membrane = sequence.membrane();
        float[] spikes = sequence.spikes();
        float[][] packed = LOCAL.get();
        float[] x = packed[0];
        float[] p = packed[1];
        float[] s = packed[2];
        for (int strip = 0; strip < count; strip++) {
            int at = base[strip];
            for (int t = 0, to = strip; t < steps; t++, to += LANES, at += stride) {
                x[to] = current[at];
            }
        }
        int vectors = Lanes.vectors(count); // what lies beyond the strips is run too, and not used
        VectorStrips.INSTANCE.run(
                new Strips(BASE, strips.decay(), strips.threshold(), strips.u()),
                vectors,
                steps,
                new Sequence(LANES, sequence.reset(), sequence.floor(), x, p, s));
        for (int strip = 0; strip < count; strip++) {
            int at = base[strip];
            for (int t = 0, from = strip; t < steps; t++, from += LANES, at += stride) {
                membrane[at] = p[from];
                spikes[at] = s[from];
            }
        }
    }
}
