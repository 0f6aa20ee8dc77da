package io.keyspike.audio.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Power spectra and mel energies of as many frames as a vector has lanes, each bit for bit what {@link MelSpectrum} makes of it:
 * every lane goes through the additions and products of JTransforms' split-radix transform in the same order ({@link Twiddles}).
 * The passes go over all nodes of a size, plain ones and turned ones. Holds scratch memory, so it is for one thread.
 */
final class LaneSpectrum {
    static final VectorSpecies<Double> SPECIES =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** Below, the transform has other forms. */
    private static final int LEAST = 64;

    /** Above, the numbers of all lanes no longer fit a core's cache. */
    private static final int MOST = 4_096;

    private final int fftSize;
    private final int numbers;
    private final MelSpectrum spectrum;
    private final Pass[] passes;
    private final int[] order;
    private final double[] fold;
    private final LaneFrames turn = new LaneFrames();
    private final short[] silence;
    private final short[][] frames = new short[LANES][];
    private final double[] data; // [numbers, 2, LANES]
    private final double[] power; // [fftSize / 2 + 1, LANES]
    private final double[] energies; // [bands, LANES]

    /** All nodes of {@code n} numbers, by where they begin. */
    @SuppressWarnings("ArrayRecordComponent") // in use, never compared
    private record Pass(int n, int[] plain, int[] turned, double[] plainFactors, double[] turnedFactors) {}

    LaneSpectrum(LogMelSpec spec, MelSpectrum spectrum) {
        this.spectrum = spectrum;
        fftSize = spec.fftSize();
        numbers = fftSize / 2;
        passes = passes(numbers);
        order = new int[numbers];
        for (int k = 0; k < numbers; k++) {
            order[k] = 2 * LANES * (Integer.reverse(k) >>> (Integer.numberOfLeadingZeros(numbers) + 1));
        }
        fold = fold(fftSize);
        data = new double[2 * numbers * LANES];
        power = new double[(numbers + 1) * LANES];
        energies = new double[spec.bands() * LANES];
        silence = new short[fftSize];
        Arrays.fill(frames, silence);
    }

    /** Whether there is a transform of that length. */
    static boolean fits(int fftSize) {
        return LANES > 1 && fftSize >= LEAST && fftSize <= MOST;
    }

    private static Pass[] passes(int numbers) {
        var passes = new ArrayList<Pass>();
        var plain = List.of(0);
        var turned = List.<Integer>of();
        for (int n = numbers; n >= 2; n /= 4) {
            passes.add(new Pass(
                    n,
                    plain.stream().mapToInt(at -> 2 * LANES * at).toArray(),
                    turned.stream().mapToInt(at -> 2 * LANES * at).toArray(),
                    n >= 4 ? Twiddles.plain(n, n == numbers) : new double[0],
                    n >= 4 ? Twiddles.turned(n) : new double[0]));
            var plainParts = new ArrayList<Integer>();
            var turnedParts = new ArrayList<Integer>();
            int part = n / 4;
            for (int at : plain) {
                plainParts.addAll(List.of(at, at + 2 * part, at + 3 * part));
                turnedParts.add(at + part);
            }
            for (int at : turned) {
                plainParts.addAll(List.of(at, at + 2 * part));
                turnedParts.addAll(List.of(at + part, at + 3 * part));
            }
            plain = plainParts;
            turned = turnedParts;
        }
        return passes.toArray(Pass[]::new);
    }

    /** Of the step from N complex numbers to 2N real ones, {@code [N / 2, 2]}. */
    private static double[] fold(int fftSize) {
        double[] factors = new double[fftSize / 2];
        int quarter = fftSize / 4;
        int eighth = quarter / 2;
        double delta = Math.PI / 4 / eighth;
        for (int k = 1; k < quarter; k++) {
            int j = Math.min(k, quarter - k);
            double cos = k == eighth ? 0.5 * Twiddles.EIGHTH : 0.5 * Math.cos(delta * j);
            double sin = k == eighth ? 0.5 * Twiddles.EIGHTH : 0.5 * Math.sin(delta * j);
            factors[2 * k] = 0.5 - (k <= eighth ? sin : cos);
            factors[2 * k + 1] = k <= eighth ? cos : sin;
        }
        return factors;
    }

    /**
     * Takes a frame; {@link #run} reads it.
     *
     * @param frame {@code [fftSize]} samples
     * @param lane whose it is
     */
    void put(short[] frame, int lane) {
        frames[lane] = frame;
    }

    /** From the frames to their mel energies. */
    void run() {
        windowed();
        for (Pass pass : passes) {
            if (pass.n >= 4) {
                plain(pass);
                turned(pass);
            } else {
                pairs(pass);
            }
        }
        powers();
        mel();
    }

    /**
     * What became of a frame.
     *
     * @param lane whose
     * @param target receives {@code [bands]}
     */
    void take(int lane, double[] target) {
        for (int b = 0, at = lane; b < target.length; b++, at += LANES) {
            target[b] = energies[at];
        }
    }

    /** Frames times window. Lanes without a frame hear silence. */
    private void windowed() {
        int first = spectrum.firstOfWindow();
        int end = Math.min(fftSize, first + LaneFrames.whole(fftSize - 2 * first));
        // The passes have written where the window is 0.
        Arrays.fill(data, 0, first * LANES, 0);
        Arrays.fill(data, end * LANES, data.length, 0);
        turn.weigh(frames, spectrum.window(), first, end, data);
        Arrays.fill(frames, silence);
    }

    private void plain(Pass pass) {
        int m = pass.n / 4;
        double[] factors = pass.plainFactors;
        for (int at : pass.plain) {
            plainFirst(data, at, m);
            if (m > 1) {
                plainRange(data, at, m, factors, 1, m / 2);
                plainEighth(data, at, m);
                plainRange(data, at, m, factors, m / 2 + 1, m);
            }
        }
    }

    private void turned(Pass pass) {
        int m = pass.n / 4;
        double[] factors = pass.turnedFactors;
        for (int at : pass.turned) {
            turnedFirst(data, at, m);
            turnedRange(data, at, m, factors, 1, m);
        }
    }

    private static void plainFirst(double[] a, int at, int m) {
        int d1 = at + 2 * LANES * m;
        int d2 = d1 + 2 * LANES * m;
        int d3 = d2 + 2 * LANES * m;
        DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
        DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
        DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, d1);
        DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, d1 + LANES);
        DoubleVector a2r = DoubleVector.fromArray(SPECIES, a, d2);
        DoubleVector a2i = DoubleVector.fromArray(SPECIES, a, d2 + LANES);
        DoubleVector a3r = DoubleVector.fromArray(SPECIES, a, d3);
        DoubleVector a3i = DoubleVector.fromArray(SPECIES, a, d3 + LANES);
        DoubleVector x0r = a0r.add(a2r);
        DoubleVector x0i = a0i.add(a2i);
        DoubleVector x1r = a0r.sub(a2r);
        DoubleVector x1i = a0i.sub(a2i);
        DoubleVector x2r = a1r.add(a3r);
        DoubleVector x2i = a1i.add(a3i);
        DoubleVector x3r = a1r.sub(a3r);
        DoubleVector x3i = a1i.sub(a3i);
        x0r.add(x2r).intoArray(a, at);
        x0i.add(x2i).intoArray(a, at + LANES);
        x0r.sub(x2r).intoArray(a, d1);
        x0i.sub(x2i).intoArray(a, d1 + LANES);
        x1r.sub(x3i).intoArray(a, d2);
        x1i.add(x3r).intoArray(a, d2 + LANES);
        x1r.add(x3i).intoArray(a, d3);
        x1i.sub(x3r).intoArray(a, d3 + LANES);
    }

    private static void plainEighth(double[] a, int start, int m) {
        int at = start + LANES * m;
        int d1 = at + 2 * LANES * m;
        int d2 = d1 + 2 * LANES * m;
        int d3 = d2 + 2 * LANES * m;
        DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
        DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
        DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, d1);
        DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, d1 + LANES);
        DoubleVector a2r = DoubleVector.fromArray(SPECIES, a, d2);
        DoubleVector a2i = DoubleVector.fromArray(SPECIES, a, d2 + LANES);
        DoubleVector a3r = DoubleVector.fromArray(SPECIES, a, d3);
        DoubleVector a3i = DoubleVector.fromArray(SPECIES, a, d3 + LANES);
        DoubleVector x0r = a0r.add(a2r);
        DoubleVector x0i = a0i.add(a2i);
        DoubleVector x1r = a0r.sub(a2r);
        DoubleVector x1i = a0i.sub(a2i);
        DoubleVector x2r = a1r.add(a3r);
        DoubleVector x2i = a1i.add(a3i);
        DoubleVector x3r = a1r.sub(a3r);
        DoubleVector x3i = a1i.sub(a3i);
        x0r.add(x2r).intoArray(a, at);
        x0i.add(x2i).intoArray(a, at + LANES);
        x0r.sub(x2r).intoArray(a, d1);
        x0i.sub(x2i).intoArray(a, d1 + LANES);
        DoubleVector yr = x1r.sub(x3i);
        DoubleVector yi = x1i.add(x3r);
        DoubleVector zr = x1r.add(x3i);
        DoubleVector zi = x1i.sub(x3r);
        yr.sub(yi).mul(Twiddles.EIGHTH).intoArray(a, d2);
        yi.add(yr).mul(Twiddles.EIGHTH).intoArray(a, d2 + LANES);
        zr.add(zi).mul(-Twiddles.EIGHTH).intoArray(a, d3);
        zr.sub(zi).mul(Twiddles.EIGHTH).intoArray(a, d3 + LANES);
    }

    private static void plainRange(double[] a, int start, int m, double[] w, int from, int to) {
        for (int j = from; j < to; j++) {
            int at = start + 2 * LANES * j;
            int d1 = at + 2 * LANES * m;
            int d2 = d1 + 2 * LANES * m;
            int d3 = d2 + 2 * LANES * m;
            DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
            DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
            DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, d1);
            DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, d1 + LANES);
            DoubleVector a2r = DoubleVector.fromArray(SPECIES, a, d2);
            DoubleVector a2i = DoubleVector.fromArray(SPECIES, a, d2 + LANES);
            DoubleVector a3r = DoubleVector.fromArray(SPECIES, a, d3);
            DoubleVector a3i = DoubleVector.fromArray(SPECIES, a, d3 + LANES);
            DoubleVector x0r = a0r.add(a2r);
            DoubleVector x0i = a0i.add(a2i);
            DoubleVector x1r = a0r.sub(a2r);
            DoubleVector x1i = a0i.sub(a2i);
            DoubleVector x2r = a1r.add(a3r);
            DoubleVector x2i = a1i.add(a3i);
            DoubleVector x3r = a1r.sub(a3r);
            DoubleVector x3i = a1i.sub(a3i);
            x0r.add(x2r).intoArray(a, at);
            x0i.add(x2i).intoArray(a, at + LANES);
            x0r.sub(x2r).intoArray(a, d1);
            x0i.sub(x2i).intoArray(a, d1 + LANES);
            DoubleVector yr = x1r.sub(x3i);
            DoubleVector yi = x1i.add(x3r);
            DoubleVector zr = x1r.add(x3i);
            DoubleVector zi = x1i.sub(x3r);
            DoubleVector w1r = DoubleVector.broadcast(SPECIES, w[4 * j]);
            DoubleVector w1i = DoubleVector.broadcast(SPECIES, w[4 * j + 1]);
            DoubleVector w3r = DoubleVector.broadcast(SPECIES, w[4 * j + 2]);
            DoubleVector w3i = DoubleVector.broadcast(SPECIES, w[4 * j + 3]);
            w1r.mul(yr).sub(w1i.mul(yi)).intoArray(a, d2);
            w1r.mul(yi).add(w1i.mul(yr)).intoArray(a, d2 + LANES);
            w3r.mul(zr).sub(w3i.mul(zi)).intoArray(a, d3);
            w3r.mul(zi).add(w3i.mul(zr)).intoArray(a, d3 + LANES);
        }
    }

    private static void turnedFirst(double[] a, int at, int m) {
        int d1 = at + 2 * LANES * m;
        int d2 = d1 + 2 * LANES * m;
        int d3 = d2 + 2 * LANES * m;
        DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
        DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
        DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, d1);
        DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, d1 + LANES);
        DoubleVector a2r = DoubleVector.fromArray(SPECIES, a, d2);
        DoubleVector a2i = DoubleVector.fromArray(SPECIES, a, d2 + LANES);
        DoubleVector a3r = DoubleVector.fromArray(SPECIES, a, d3);
        DoubleVector a3i = DoubleVector.fromArray(SPECIES, a, d3 + LANES);
        DoubleVector pr = a0r.sub(a2i);
        DoubleVector pi = a0i.add(a2r);
        DoubleVector qr = a0r.add(a2i);
        DoubleVector qi = a0i.sub(a2r);
        DoubleVector rr = a1r.sub(a3i);
        DoubleVector ri = a1i.add(a3r);
        DoubleVector sr = a1r.add(a3i);
        DoubleVector si = a1i.sub(a3r);
        DoubleVector yr = rr.sub(ri).mul(Twiddles.EIGHTH);
        DoubleVector yi = ri.add(rr).mul(Twiddles.EIGHTH);
        pr.add(yr).intoArray(a, at);
        pi.add(yi).intoArray(a, at + LANES);
        pr.sub(yr).intoArray(a, d1);
        pi.sub(yi).intoArray(a, d1 + LANES);
        DoubleVector zr = sr.sub(si).mul(Twiddles.EIGHTH);
        DoubleVector zi = si.add(sr).mul(Twiddles.EIGHTH);
        qr.sub(zi).intoArray(a, d2);
        qi.add(zr).intoArray(a, d2 + LANES);
        qr.add(zi).intoArray(a, d3);
        qi.sub(zr).intoArray(a, d3 + LANES);
    }

    private static void turnedRange(double[] a, int start, int m, double[] w, int from, int to) {
        for (int j = from; j < to; j++) {
            int at = start + 2 * LANES * j;
            int d1 = at + 2 * LANES * m;
            int d2 = d1 + 2 * LANES * m;
            int d3 = d2 + 2 * LANES * m;
            DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
            DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
            DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, d1);
            DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, d1 + LANES);
            DoubleVector a2r = DoubleVector.fromArray(SPECIES, a, d2);
            DoubleVector a2i = DoubleVector.fromArray(SPECIES, a, d2 + LANES);
            DoubleVector a3r = DoubleVector.fromArray(SPECIES, a, d3);
            DoubleVector a3i = DoubleVector.fromArray(SPECIES, a, d3 + LANES);
            DoubleVector xr = a0r.sub(a2i);
            DoubleVector xi = a0i.add(a2r);
            DoubleVector fr = DoubleVector.broadcast(SPECIES, w[8 * j]);
            DoubleVector fi = DoubleVector.broadcast(SPECIES, w[8 * j + 1]);
            DoubleVector yr = fr.mul(xr).sub(fi.mul(xi));
            DoubleVector yi = fr.mul(xi).add(fi.mul(xr));
            xr = a1r.sub(a3i);
            xi = a1i.add(a3r);
            fr = DoubleVector.broadcast(SPECIES, w[8 * j + 2]);
            fi = DoubleVector.broadcast(SPECIES, w[8 * j + 3]);
            DoubleVector zr = fr.mul(xr).sub(fi.mul(xi));
            DoubleVector zi = fr.mul(xi).add(fi.mul(xr));
            yr.add(zr).intoArray(a, at);
            yi.add(zi).intoArray(a, at + LANES);
            yr.sub(zr).intoArray(a, d1);
            yi.sub(zi).intoArray(a, d1 + LANES);
            xr = a0r.add(a2i);
            xi = a0i.sub(a2r);
            fr = DoubleVector.broadcast(SPECIES, w[8 * j + 4]);
            fi = DoubleVector.broadcast(SPECIES, w[8 * j + 5]);
            yr = fr.mul(xr).sub(fi.mul(xi));
            yi = fr.mul(xi).add(fi.mul(xr));
            xr = a1r.add(a3i);
            xi = a1i.sub(a3r);
            fr = DoubleVector.broadcast(SPECIES, w[8 * j + 6]);
            fi = DoubleVector.broadcast(SPECIES, w[8 * j + 7]);
            zr = fr.mul(xr).sub(fi.mul(xi));
            zi = fr.mul(xi).add(fi.mul(xr));
            yr.add(zr).intoArray(a, d2);
            yi.add(zi).intoArray(a, d2 + LANES);
            yr.sub(zr).intoArray(a, d3);
            yi.sub(zi).intoArray(a, d3 + LANES);
        }
    }

    /** Nodes of two numbers. */
    private void pairs(Pass pass) {
        double[] a = data;
        for (int at : pass.plain) {
            DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
            DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
            DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, at + 2 * LANES);
            DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, at + 3 * LANES);
            a0r.add(a1r).intoArray(a, at);
            a0i.add(a1i).intoArray(a, at + LANES);
            a0r.sub(a1r).intoArray(a, at + 2 * LANES);
            a0i.sub(a1i).intoArray(a, at + 3 * LANES);
        }
        for (int at : pass.turned) {
            DoubleVector a0r = DoubleVector.fromArray(SPECIES, a, at);
            DoubleVector a0i = DoubleVector.fromArray(SPECIES, a, at + LANES);
            DoubleVector a1r = DoubleVector.fromArray(SPECIES, a, at + 2 * LANES);
            DoubleVector a1i = DoubleVector.fromArray(SPECIES, a, at + 3 * LANES);
            a0r.sub(a1i).intoArray(a, at);
            a0i.add(a1r).intoArray(a, at + LANES);
            a0r.add(a1i).intoArray(a, at + 2 * LANES);
            a0i.sub(a1r).intoArray(a, at + 3 * LANES);
        }
    }

    /** From the transform of half the length to the power of each bin of the whole. */
    private void powers() {
        double[] a = data;
        double[] p = power;
        DoubleVector r0 = DoubleVector.fromArray(SPECIES, a, 0);
        DoubleVector i0 = DoubleVector.fromArray(SPECIES, a, LANES);
        DoubleVector sum = r0.add(i0);
        DoubleVector difference = r0.sub(i0);
        sum.mul(sum).intoArray(p, 0);
        difference.mul(difference).intoArray(p, numbers * LANES);
        for (int k = 1; k < numbers / 2; k++) {
            int low = order[k];
            int high = order[numbers - k];
            DoubleVector lr = DoubleVector.fromArray(SPECIES, a, low);
            DoubleVector li = DoubleVector.fromArray(SPECIES, a, low + LANES);
            DoubleVector hr = DoubleVector.fromArray(SPECIES, a, high);
            DoubleVector hi = DoubleVector.fromArray(SPECIES, a, high + LANES);
            DoubleVector wr = DoubleVector.broadcast(SPECIES, fold[2 * k]);
            DoubleVector wi = DoubleVector.broadcast(SPECIES, fold[2 * k + 1]);
            DoubleVector xr = lr.sub(hr);
            DoubleVector xi = li.add(hi);
            DoubleVector yr = wr.mul(xr).sub(wi.mul(xi));
            DoubleVector yi = wr.mul(xi).add(wi.mul(xr));
            lr = lr.sub(yr);
            li = yi.sub(li);
            hr = hr.add(yr);
            hi = yi.sub(hi);
            lr.mul(lr).add(li.mul(li)).intoArray(p, k * LANES);
            hr.mul(hr).add(hi.mul(hi)).intoArray(p, (numbers - k) * LANES);
        }
        int middle = order[numbers / 2];
        DoubleVector mr = DoubleVector.fromArray(SPECIES, a, middle);
        DoubleVector mi = DoubleVector.fromArray(SPECIES, a, middle + LANES);
        mr.mul(mr).add(mi.mul(mi)).intoArray(p, numbers / 2 * LANES);
    }

    /** The sums of {@link MelBands#energy}; those of four bands at once, since each addition waits for the one before. */
    private void mel() {
        MelBands bands = spectrum.bands();
        int b = 0;
        for (; b + 4 <= bands.count(); b += 4) {
            fourBands(bands, b);
        }
        for (; b < bands.count(); b++) {
            DoubleVector.zero(SPECIES).intoArray(energies, b * LANES);
            add(bands.weights(b), 0, bands.firstBin(b) * LANES, b * LANES);
        }
    }

    private void fourBands(MelBands bands, int b) {
        double[] p = power;
        double[] w0 = bands.weights(b);
        double[] w1 = bands.weights(b + 1);
        double[] w2 = bands.weights(b + 2);
        double[] w3 = bands.weights(b + 3);
        int at0 = bands.firstBin(b) * LANES;
        int at1 = bands.firstBin(b + 1) * LANES;
        int at2 = bands.firstBin(b + 2) * LANES;
        int at3 = bands.firstBin(b + 3) * LANES;
        int common = Math.min(Math.min(w0.length, w1.length), Math.min(w2.length, w3.length));
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector s2 = s0;
        DoubleVector s3 = s0;
        for (int i = 0; i < common; i++) {
            int to = i * LANES;
            s0 = s0.add(DoubleVector.fromArray(SPECIES, p, at0 + to).mul(w0[i]));
            s1 = s1.add(DoubleVector.fromArray(SPECIES, p, at1 + to).mul(w1[i]));
            s2 = s2.add(DoubleVector.fromArray(SPECIES, p, at2 + to).mul(w2[i]));
            s3 = s3.add(DoubleVector.fromArray(SPECIES, p, at3 + to).mul(w3[i]));
        }
        int out = b * LANES;
        s0.intoArray(energies, out);
        s1.intoArray(energies, out + LANES);
        s2.intoArray(energies, out + 2 * LANES);
        s3.intoArray(energies, out + 3 * LANES);
        add(w0, common, at0, out);
        add(w1, common, at1, out + LANES);
        add(w2, common, at2, out + 2 * LANES);
        add(w3, common, at3, out + 3 * LANES);
    }

    /** A band's bins from {@code from} on. */
    private void add(double[] w, int from, int at, int out) {
        if (from == w.length) {
            return;
        }
        DoubleVector sum = DoubleVector.fromArray(SPECIES, energies, out);
        for (int i = from; i < w.length; i++) {
            sum = sum.add(DoubleVector.fromArray(SPECIES, power, at + i * LANES).mul(w[i]));
        }
        sum.intoArray(energies, out);
    }
}
