package io.keyspike.trainer.compose;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jtransforms.utils.CommonUtils;

/**
 * The split-radix transform of JTransforms' {@code FloatFFT_1D} in the lanes of vectors, a block of a signal in each: every lane goes
 * through the same additions and products in the same order, with the same factors, so that it gives the same numbers but for
 * the sign of a zero. Depth first, so that parts stay in the cache once they fit. Immutable, for any number of threads.
 *
 * <p>A transform of N complex numbers is a tree of plain and turned nodes. Of a node of n numbers, {@code a0 … a3} are the four
 * that lie n/4 apart; its four parts are plain, turned, plain and plain, those of a turned node plain, turned, plain and turned
 * (conjugate-pair form, as in Ooura's FFT package). The result is in bit-reversed order.
 */
final class LaneTransform {
    static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** What blocks of a signal need are a few sizes, each of many streams. */
    private static final Map<Integer, LaneTransform> BY_SIZE = new ConcurrentHashMap<>();

    /** Floats from one complex number to the next. */
    static final int NUMBER = 2 * LANES;

    /** Streams are composed by a few threads, one after another. */
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(() -> new Room(new float[0], new float[0]));

    private final int numbers;
    private final float eighth;

    /** By log2 of n: {@code [n/4, 4]}, of n complex numbers in a plain node. */
    private final float[][] plain = new float[Integer.SIZE][];

    /** By log2 of n: {@code [n/4, 8]}, of n complex numbers in a turned node. */
    private final float[][] turned = new float[Integer.SIZE][];

    /** Of the step between N complex numbers and 2·N real ones: {@code [N/2, 2]}. */
    private final float[] fold;

    private final int[] order;

    /** @param size of the real transform */
    private LaneTransform(int size) {
        numbers = size / 2;
        int factors = size / 2;
        float[] w = new float[size];
        int[] pointers = new int[size];
        CommonUtils.makewt(factors, pointers, w);
        eighth = w[1];
        for (int n = numbers; n >= 4; n /= 4) {
            int log = Integer.numberOfTrailingZeros(n);
            if (n == numbers) {
                plain[log] = root(w, factors - n / 2, n);
            } else {
                plain[log] = plain(w, factors - n, n);
                turned[log] = turned(w, factors - 2 * n, n);
            }
        }
        fold = fold(size, pointers);
        order = new int[numbers];
        for (int k = 0; k < numbers; k++) {
            order[k] = NUMBER * (Integer.reverse(k) >>> (Integer.numberOfLeadingZeros(numbers) + 1));
        }
    }

    /**
     * The transform of a size.
     *
     * @param size real numbers, a power of 2, at least 1,024: below, JTransforms' transform has other forms
     */
    static LaneTransform of(int size) {
        return BY_SIZE.computeIfAbsent(size, LaneTransform::new);
    }

    /**
     * What a thread convolves in.
     *
     * @param samples {@code [size or more, LANES]}
     * @param convolved {@code [size or more, LANES]}
     */
    @SuppressWarnings("ArrayRecordComponent") // scratch memory, never compared
    record Room(float[] samples, float[] convolved) {}

    /** The room of the thread that asks. */
    static Room room(int size) {
        Room room = ROOM.get();
        if (room.samples.length < size * LANES) {
            room = new Room(new float[size * LANES], new float[size * LANES]);
            ROOM.set(room);
        }
        return room;
    }

    /** Of the whole transform: every other factor is the mean of its neighbours, stretched. */
    private static float[] root(float[] w, int from, int n) {
        int m = n / 4;
        float[] factors = new float[4 * m];
        float eighth = w[from + 1];
        float stretch1 = w[from + 2];
        float stretch3 = w[from + 3];
        float[] before = {1, 0, 1, 0};
        for (int j = 1; 2 * j < m; j += 2) {
            float[] after = 2 * (j + 1) == m
                    ? new float[] {eighth, eighth, -eighth, -eighth}
                    : Arrays.copyOfRange(w, from + 2 * (j + 1), from + 2 * (j + 1) + 4);
            putPlain(
                    factors,
                    j,
                    stretch1 * (before[0] + after[0]),
                    stretch1 * (before[1] + after[1]),
                    stretch3 * (before[2] + after[2]),
                    stretch3 * (before[3] + after[3]));
            if (2 * (j + 1) < m) {
                putPlain(factors, j + 1, after[0], after[1], after[2], after[3]);
            }
            before = after;
        }
        return factors;
    }

    private static float[] plain(float[] w, int from, int n) {
        int m = n / 4;
        float[] factors = new float[4 * m];
        for (int j = 1; 2 * j < m; j++) {
            int at = from + 4 * j;
            if (n == 16) {
                putPlain(factors, j, w[at], w[at + 1], w[at + 1], -w[at]);
            } else {
                putPlain(factors, j, w[at], w[at + 1], w[at + 2], w[at + 3]);
            }
        }
        return factors;
    }

    /** Factors of j, and those of n/4 − j: of a quarter turn less the angle. */
    private static void putPlain(float[] factors, int j, float r1, float i1, float r3, float i3) {
        put(factors, j, r1, i1, r3, -i3);
        put(factors, factors.length / 4 - j, i1, r1, i3, -r3);
    }

    private static float[] turned(float[] w, int from, int n) {
        int m = n / 4;
        float[] factors = new float[8 * m];
        for (int j = 1; 2 * j < m; j++) {
            int k = m - j;
            int at = from + 4 * j;
            int mirrored = from + 4 * k;
            float r1 = w[at];
            float i1 = w[at + 1];
            float r3 = w[at + 2];
            float i3 = w[at + 3];
            // Of the turn of k, whose cosine is found as the sine of what is left to a quarter turn.
            float rk = n == 16 ? r3 : w[mirrored];
            float ik = n == 16 ? -i3 : w[mirrored + 1];
            float rk3 = n == 16 ? -i1 : w[mirrored + 2];
            float ik3 = n == 16 ? -r1 : w[mirrored + 3];
            put(factors, 2 * j, r1, i1, ik, rk);
            put(factors, 2 * j + 1, r3, -i3, ik3, -rk3);
            put(factors, 2 * k, rk, ik, i1, r1);
            put(factors, 2 * k + 1, rk3, -ik3, i3, -r3);
        }
        if (m > 1) {
            float r = w[from + 2 * m];
            float i = w[from + 2 * m + 1];
            put(factors, m, r, i, i, r);
            put(factors, m + 1, i, r, -r, -i);
        }
        return factors;
    }

    private static void put(float[] factors, int j, float a, float b, float c, float d) {
        factors[4 * j] = a;
        factors[4 * j + 1] = b;
        factors[4 * j + 2] = c;
        factors[4 * j + 3] = d;
    }

    private static float[] fold(int size, int[] pointers) {
        int quarter = size / 4;
        float[] c = new float[quarter];
        CommonUtils.makect(quarter, c, 0, pointers);
        float[] factors = new float[2 * quarter];
        for (int k = 1; k < quarter; k++) {
            factors[2 * k] = 0.5f - c[quarter - k];
            factors[2 * k + 1] = c[k];
        }
        return factors;
    }

    /**
     * Convolves the blocks with a response.
     *
     * @param a {@code [size, LANES]}, sample by sample; overwritten
     * @param response {@code [size]}, its spectrum as {@code FloatFFT_1D} packs it
     * @param result {@code [size, LANES]}, written; complex number k, samples 2k and 2k + 1 of each block, lies at {@link #at}, the
     *     second one with its sign changed, both without JTransforms' factor of 2 / size
     */
    void convolve(float[] a, float[] response, float[] result) {
        node(a, 0, numbers, false);
        multiply(a, response, result);
        node(result, 0, numbers, false);
    }

    /** Adds {@code count} numbers, a multiple of {@link #LANES}. */
    static void add(float[] from, int fromOffset, float[] to, int toOffset, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector.fromArray(SPECIES, to, toOffset + i)
                    .add(FloatVector.fromArray(SPECIES, from, fromOffset + i))
                    .intoArray(to, toOffset + i);
        }
    }

    /** Where complex number k of a result begins. */
    int at(int k) {
        return order[k];
    }

    private void node(float[] a, int at, int n, boolean isTurned) {
        if (n == 2) {
            if (isTurned) {
                turnedPair(a, at);
            } else {
                plainPair(a, at);
            }
            return;
        }
        int m = n / 4;
        int log = Integer.numberOfTrailingZeros(n);
        if (isTurned) {
            turnedFirst(a, at, m, eighth);
            turnedRange(a, at, m, turned[log]);
        } else {
            plainFirst(a, at, m);
            plainRange(a, at, m, plain[log], 1, m / 2);
            if (m > 1) {
                plainEighth(a, at, m, eighth);
            }
            plainRange(a, at, m, plain[log], m / 2 + 1, m);
        }
        if (m > 1) {
            int part = m * NUMBER;
            node(a, at, m, false);
            node(a, at + part, m, true);
            node(a, at + 2 * part, m, false);
            node(a, at + 3 * part, m, isTurned);
        }
    }

    private static void plainFirst(float[] a, int at, int m) {
        int d1 = at + NUMBER * m;
        int d2 = d1 + NUMBER * m;
        int d3 = d2 + NUMBER * m;
        FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
        FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
        FloatVector a1r = FloatVector.fromArray(SPECIES, a, d1);
        FloatVector a1i = FloatVector.fromArray(SPECIES, a, d1 + LANES);
        FloatVector a2r = FloatVector.fromArray(SPECIES, a, d2);
        FloatVector a2i = FloatVector.fromArray(SPECIES, a, d2 + LANES);
        FloatVector a3r = FloatVector.fromArray(SPECIES, a, d3);
        FloatVector a3i = FloatVector.fromArray(SPECIES, a, d3 + LANES);
        FloatVector x0r = a0r.add(a2r);
        FloatVector x0i = a0i.add(a2i);
        FloatVector x1r = a0r.sub(a2r);
        FloatVector x1i = a0i.sub(a2i);
        FloatVector x2r = a1r.add(a3r);
        FloatVector x2i = a1i.add(a3i);
        FloatVector x3r = a1r.sub(a3r);
        FloatVector x3i = a1i.sub(a3i);
        x0r.add(x2r).intoArray(a, at);
        x0i.add(x2i).intoArray(a, at + LANES);
        x0r.sub(x2r).intoArray(a, d1);
        x0i.sub(x2i).intoArray(a, d1 + LANES);
        x1r.sub(x3i).intoArray(a, d2);
        x1i.add(x3r).intoArray(a, d2 + LANES);
        x1r.add(x3i).intoArray(a, d3);
        x1i.sub(x3r).intoArray(a, d3 + LANES);
    }

    private static void plainEighth(float[] a, int start, int m, float eighth) {
        int at = start + LANES * m;
        int d1 = at + NUMBER * m;
        int d2 = d1 + NUMBER * m;
        int d3 = d2 + NUMBER * m;
        FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
        FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
        FloatVector a1r = FloatVector.fromArray(SPECIES, a, d1);
        FloatVector a1i = FloatVector.fromArray(SPECIES, a, d1 + LANES);
        FloatVector a2r = FloatVector.fromArray(SPECIES, a, d2);
        FloatVector a2i = FloatVector.fromArray(SPECIES, a, d2 + LANES);
        FloatVector a3r = FloatVector.fromArray(SPECIES, a, d3);
        FloatVector a3i = FloatVector.fromArray(SPECIES, a, d3 + LANES);
        FloatVector x0r = a0r.add(a2r);
        FloatVector x0i = a0i.add(a2i);
        FloatVector x1r = a0r.sub(a2r);
        FloatVector x1i = a0i.sub(a2i);
        FloatVector x2r = a1r.add(a3r);
        FloatVector x2i = a1i.add(a3i);
        FloatVector x3r = a1r.sub(a3r);
        FloatVector x3i = a1i.sub(a3i);
        x0r.add(x2r).intoArray(a, at);
        x0i.add(x2i).intoArray(a, at + LANES);
        x0r.sub(x2r).intoArray(a, d1);
        x0i.sub(x2i).intoArray(a, d1 + LANES);
        FloatVector yr = x1r.sub(x3i);
        FloatVector yi = x1i.add(x3r);
        FloatVector zr = x1r.add(x3i);
        FloatVector zi = x1i.sub(x3r);
        yr.sub(yi).mul(eighth).intoArray(a, d2);
        yi.add(yr).mul(eighth).intoArray(a, d2 + LANES);
        zr.add(zi).mul(-eighth).intoArray(a, d3);
        zr.sub(zi).mul(eighth).intoArray(a, d3 + LANES);
    }

    private static void plainRange(float[] a, int start, int m, float[] w, int from, int to) {
        for (int j = from; j < to; j++) {
            int at = start + NUMBER * j;
            int d1 = at + NUMBER * m;
            int d2 = d1 + NUMBER * m;
            int d3 = d2 + NUMBER * m;
            FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
            FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
            FloatVector a1r = FloatVector.fromArray(SPECIES, a, d1);
            FloatVector a1i = FloatVector.fromArray(SPECIES, a, d1 + LANES);
            FloatVector a2r = FloatVector.fromArray(SPECIES, a, d2);
            FloatVector a2i = FloatVector.fromArray(SPECIES, a, d2 + LANES);
            FloatVector a3r = FloatVector.fromArray(SPECIES, a, d3);
            FloatVector a3i = FloatVector.fromArray(SPECIES, a, d3 + LANES);
            FloatVector x0r = a0r.add(a2r);
            FloatVector x0i = a0i.add(a2i);
            FloatVector x1r = a0r.sub(a2r);
            FloatVector x1i = a0i.sub(a2i);
            FloatVector x2r = a1r.add(a3r);
            FloatVector x2i = a1i.add(a3i);
            FloatVector x3r = a1r.sub(a3r);
            FloatVector x3i = a1i.sub(a3i);
            x0r.add(x2r).intoArray(a, at);
            x0i.add(x2i).intoArray(a, at + LANES);
            x0r.sub(x2r).intoArray(a, d1);
            x0i.sub(x2i).intoArray(a, d1 + LANES);
            FloatVector yr = x1r.sub(x3i);
            FloatVector yi = x1i.add(x3r);
            FloatVector zr = x1r.add(x3i);
            FloatVector zi = x1i.sub(x3r);
            FloatVector w1r = FloatVector.broadcast(SPECIES, w[4 * j]);
            FloatVector w1i = FloatVector.broadcast(SPECIES, w[4 * j + 1]);
            FloatVector w3r = FloatVector.broadcast(SPECIES, w[4 * j + 2]);
            FloatVector w3i = FloatVector.broadcast(SPECIES, w[4 * j + 3]);
            w1r.mul(yr).sub(w1i.mul(yi)).intoArray(a, d2);
            w1r.mul(yi).add(w1i.mul(yr)).intoArray(a, d2 + LANES);
            w3r.mul(zr).sub(w3i.mul(zi)).intoArray(a, d3);
            w3r.mul(zi).add(w3i.mul(zr)).intoArray(a, d3 + LANES);
        }
    }

    private static void turnedFirst(float[] a, int at, int m, float eighth) {
        int d1 = at + NUMBER * m;
        int d2 = d1 + NUMBER * m;
        int d3 = d2 + NUMBER * m;
        FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
        FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
        FloatVector a1r = FloatVector.fromArray(SPECIES, a, d1);
        FloatVector a1i = FloatVector.fromArray(SPECIES, a, d1 + LANES);
        FloatVector a2r = FloatVector.fromArray(SPECIES, a, d2);
        FloatVector a2i = FloatVector.fromArray(SPECIES, a, d2 + LANES);
        FloatVector a3r = FloatVector.fromArray(SPECIES, a, d3);
        FloatVector a3i = FloatVector.fromArray(SPECIES, a, d3 + LANES);
        FloatVector pr = a0r.sub(a2i);
        FloatVector pi = a0i.add(a2r);
        FloatVector qr = a0r.add(a2i);
        FloatVector qi = a0i.sub(a2r);
        FloatVector rr = a1r.sub(a3i);
        FloatVector ri = a1i.add(a3r);
        FloatVector sr = a1r.add(a3i);
        FloatVector si = a1i.sub(a3r);
        FloatVector yr = rr.sub(ri).mul(eighth);
        FloatVector yi = ri.add(rr).mul(eighth);
        pr.add(yr).intoArray(a, at);
        pi.add(yi).intoArray(a, at + LANES);
        pr.sub(yr).intoArray(a, d1);
        pi.sub(yi).intoArray(a, d1 + LANES);
        FloatVector zr = sr.sub(si).mul(eighth);
        FloatVector zi = si.add(sr).mul(eighth);
        qr.sub(zi).intoArray(a, d2);
        qi.add(zr).intoArray(a, d2 + LANES);
        qr.add(zi).intoArray(a, d3);
        qi.sub(zr).intoArray(a, d3 + LANES);
    }

    private static void turnedRange(float[] a, int start, int m, float[] w) {
        for (int j = 1; j < m; j++) {
            int at = start + NUMBER * j;
            int d1 = at + NUMBER * m;
            int d2 = d1 + NUMBER * m;
            int d3 = d2 + NUMBER * m;
            FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
            FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
            FloatVector a1r = FloatVector.fromArray(SPECIES, a, d1);
            FloatVector a1i = FloatVector.fromArray(SPECIES, a, d1 + LANES);
            FloatVector a2r = FloatVector.fromArray(SPECIES, a, d2);
            FloatVector a2i = FloatVector.fromArray(SPECIES, a, d2 + LANES);
            FloatVector a3r = FloatVector.fromArray(SPECIES, a, d3);
            FloatVector a3i = FloatVector.fromArray(SPECIES, a, d3 + LANES);
            FloatVector xr = a0r.sub(a2i);
            FloatVector xi = a0i.add(a2r);
            FloatVector fr = FloatVector.broadcast(SPECIES, w[8 * j]);
            FloatVector fi = FloatVector.broadcast(SPECIES, w[8 * j + 1]);
            FloatVector yr = fr.mul(xr).sub(fi.mul(xi));
            FloatVector yi = fr.mul(xi).add(fi.mul(xr));
            xr = a1r.sub(a3i);
            xi = a1i.add(a3r);
            fr = FloatVector.broadcast(SPECIES, w[8 * j + 2]);
            fi = FloatVector.broadcast(SPECIES, w[8 * j + 3]);
            FloatVector zr = fr.mul(xr).sub(fi.mul(xi));
            FloatVector zi = fr.mul(xi).add(fi.mul(xr));
            yr.add(zr).intoArray(a, at);
            yi.add(zi).intoArray(a, at + LANES);
            yr.sub(zr).intoArray(a, d1);
            yi.sub(zi).intoArray(a, d1 + LANES);
            xr = a0r.add(a2i);
            xi = a0i.sub(a2r);
            fr = FloatVector.broadcast(SPECIES, w[8 * j + 4]);
            fi = FloatVector.broadcast(SPECIES, w[8 * j + 5]);
            yr = fr.mul(xr).sub(fi.mul(xi));
            yi = fr.mul(xi).add(fi.mul(xr));
            xr = a1r.add(a3i);
            xi = a1i.sub(a3r);
            fr = FloatVector.broadcast(SPECIES, w[8 * j + 6]);
            fi = FloatVector.broadcast(SPECIES, w[8 * j + 7]);
            zr = fr.mul(xr).sub(fi.mul(xi));
            zi = fr.mul(xi).add(fi.mul(xr));
            yr.add(zr).intoArray(a, d2);
            yi.add(zi).intoArray(a, d2 + LANES);
            yr.sub(zr).intoArray(a, d3);
            yi.sub(zi).intoArray(a, d3 + LANES);
        }
    }

    private static void plainPair(float[] a, int at) {
        FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
        FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
        FloatVector a1r = FloatVector.fromArray(SPECIES, a, at + NUMBER);
        FloatVector a1i = FloatVector.fromArray(SPECIES, a, at + NUMBER + LANES);
        a0r.add(a1r).intoArray(a, at);
        a0i.add(a1i).intoArray(a, at + LANES);
        a0r.sub(a1r).intoArray(a, at + NUMBER);
        a0i.sub(a1i).intoArray(a, at + NUMBER + LANES);
    }

    private static void turnedPair(float[] a, int at) {
        FloatVector a0r = FloatVector.fromArray(SPECIES, a, at);
        FloatVector a0i = FloatVector.fromArray(SPECIES, a, at + LANES);
        FloatVector a1r = FloatVector.fromArray(SPECIES, a, at + NUMBER);
        FloatVector a1i = FloatVector.fromArray(SPECIES, a, at + NUMBER + LANES);
        a0r.sub(a1i).intoArray(a, at);
        a0i.add(a1r).intoArray(a, at + LANES);
        a0r.add(a1i).intoArray(a, at + NUMBER);
        a0i.sub(a1r).intoArray(a, at + NUMBER + LANES);
    }

    /** From a transform of the blocks, in bit-reversed order, to the conjugates of what the inverse transform begins with. */
    private void multiply(float[] a, float[] response, float[] result) {
        FloatVector r0 = FloatVector.fromArray(SPECIES, a, 0);
        FloatVector i0 = FloatVector.fromArray(SPECIES, a, LANES);
        FloatVector first = r0.add(i0).mul(response[0]);
        FloatVector last = r0.sub(i0).mul(response[1]);
        FloatVector half = first.sub(last).mul(0.5f);
        first.sub(half).intoArray(result, 0);
        half.neg().intoArray(result, LANES);
        for (int k = 1; k < numbers / 2; k++) {
            pair(a, response, result, k);
        }
        int middle = numbers / 2;
        FloatVector mr = FloatVector.fromArray(SPECIES, a, order[middle]);
        FloatVector mi =
                FloatVector.fromArray(SPECIES, a, order[middle] + LANES).neg();
        FloatVector wr = FloatVector.broadcast(SPECIES, response[2 * middle]);
        FloatVector wi = FloatVector.broadcast(SPECIES, response[2 * middle + 1]);
        mr.mul(wr).sub(mi.mul(wi)).intoArray(result, middle * NUMBER);
        mr.mul(wi).add(mi.mul(wr)).intoArray(result, middle * NUMBER + LANES);
    }

    /** Frequencies k and N − k: from half the length to the whole, times the response, and back. */
    private void pair(float[] a, float[] response, float[] result, int k) {
        int low = order[k];
        int high = order[numbers - k];
        FloatVector lr = FloatVector.fromArray(SPECIES, a, low);
        FloatVector li = FloatVector.fromArray(SPECIES, a, low + LANES);
        FloatVector hr = FloatVector.fromArray(SPECIES, a, high);
        FloatVector hi = FloatVector.fromArray(SPECIES, a, high + LANES);
        FloatVector wr = FloatVector.broadcast(SPECIES, fold[2 * k]);
        FloatVector wi = FloatVector.broadcast(SPECIES, fold[2 * k + 1]);
        FloatVector xr = lr.sub(hr);
        FloatVector xi = li.add(hi);
        FloatVector yr = wr.mul(xr).sub(wi.mul(xi));
        FloatVector yi = wr.mul(xi).add(wi.mul(xr));
        lr = lr.sub(yr);
        li = yi.sub(li);
        hr = hr.add(yr);
        hi = yi.sub(hi);
        FloatVector sr = FloatVector.broadcast(SPECIES, response[2 * k]);
        FloatVector si = FloatVector.broadcast(SPECIES, response[2 * k + 1]);
        FloatVector tr = FloatVector.broadcast(SPECIES, response[2 * (numbers - k)]);
        FloatVector ti = FloatVector.broadcast(SPECIES, response[2 * (numbers - k) + 1]);
        FloatVector pr = lr.mul(sr).sub(li.mul(si));
        FloatVector pi = lr.mul(si).add(li.mul(sr));
        FloatVector qr = hr.mul(tr).sub(hi.mul(ti));
        FloatVector qi = hr.mul(ti).add(hi.mul(tr));
        xr = pr.sub(qr);
        xi = pi.add(qi);
        yr = wr.mul(xr).sub(wi.mul(xi));
        yi = wr.mul(xi).add(wi.mul(xr));
        pr.sub(yr).intoArray(result, k * NUMBER);
        pi.sub(yi).intoArray(result, k * NUMBER + LANES);
        qr.add(yr).intoArray(result, (numbers - k) * NUMBER);
        qi.sub(yi).intoArray(result, (numbers - k) * NUMBER + LANES);
    }
}
