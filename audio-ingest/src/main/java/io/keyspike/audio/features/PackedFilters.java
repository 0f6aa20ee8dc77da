package io.keyspike.audio.features;

import static io.keyspike.audio.features.VectorFilterKernel.LANES;
import static io.keyspike.audio.features.VectorFilterKernel.ROUNDED;
import static io.keyspike.audio.features.VectorFilterKernel.WIDEST;
import static io.keyspike.audio.features.VectorFilterKernel.settled;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;

/**
 * Three streams' filters in five vectors instead of six, for as many channels as leave the second vector of each stream little more
 * than half full (13 of 16 lanes, in the models for H1): the channels after the first {@link VectorFilterKernel#LANES} of all
 * three go side by side.
 *
 * <pre>
 * p0 … p7    q0 … q7    r0 … r7    p8 … p12 q8 q9 q10    q11 q12 r8 … r12 –
 * </pre>
 *
 * Full-wave rectified. Channels do not touch each other, so every bit is that of {@link VectorFilterKernel}.
 */
final class PackedFilters {

    /** AVX-512, which takes lanes out of two vectors in one instruction. */
    private static final boolean PERMUTES = WIDEST.vectorShape() == VectorShape.S_512_BIT;

    // What takes the place of which stream's samples.
    private static final int FIRSTS = 0;
    private static final int SECONDS = 1;
    private static final int SUMS = 2;

    /** Length that each row of scratch has at least. */
    static final int SCRATCH = 5 * LANES;

    private final BandPassSections sections;

    /** Channels after the first {@link VectorFilterKernel#LANES}. */
    private final int rest;

    /** Negated, of the first vector of each stream, then of the two in which streams meet. */
    private final double[] b0;

    private final double[] a1;
    private final double[] a2;

    /** What a bin starts from. */
    private final double[] zeros;

    // Of two vectors one after the other, which number a lane takes; as numbers of the kind that it takes.
    private final double[] firstOfPq;
    private final double[] secondOfQr;
    private final double[] toP;
    private final double[] toQ;
    private final double[] toR;

    /** Whether so many channels of three streams fit five vectors, and two streams meet in a vector, not three. */
    static boolean fits(int channels) {
        int rest = channels - LANES;
        return PERMUTES && 2 * rest >= LANES && 3 * rest < 2 * LANES;
    }

    /** @param sections of so many channels as {@link #fits}, padded to two vectors */
    PackedFilters(BandPassSections sections) {
        this.sections = sections;
        rest = sections.channels() - LANES;
        int split = LANES - rest; // of q's, in the first of the two vectors
        int silent = 2 * LANES - 1;
        firstOfPq = new double[LANES];
        secondOfQr = new double[LANES];
        toP = new double[LANES];
        toQ = new double[LANES];
        toR = new double[LANES];
        for (int i = 0; i < LANES; i++) {
            firstOfPq[i] = i < rest ? i : LANES + i - rest;
            int ofR = i - (rest - split);
            secondOfQr[i] = ofR < 0 ? split + i : ofR < rest ? LANES + ofR : silent;
            toP[i] = i < rest ? i : silent;
            toQ[i] = i < split ? rest + i : i < rest ? LANES + i - split : silent;
            toR[i] = i < rest ? LANES + rest - split + i : silent;
        }
        b0 = lanes(sections.b0());
        a1 = lanes(sections.a1());
        a2 = lanes(sections.a2());
        zeros = new double[2 * LANES];
    }

    private double[] lanes(double[] coefficients) {
        double[] lanes = new double[3 * LANES];
        for (int i = 0; i < LANES; i++) {
            lanes[i] = -coefficients[i];
            lanes[LANES + i] = -coefficients[LANES + (int) firstOfPq[i] % LANES];
            lanes[2 * LANES + i] = -coefficients[LANES + (int) secondOfQr[i] % LANES];
        }
        return lanes;
    }

    /** Whether this was made for these. */
    @SuppressWarnings("ReferenceEquality") // one filterbank has one object of them
    boolean isFor(BandPassSections sections) {
        return sections == this.sections;
    }

    /**
     * Runs {@code count} samples of each stream.
     *
     * @param p state of the first stream
     * @param q of the second
     * @param r of the third
     * @param scratch samples of each stream, as doubles; overwritten
     */
    void run(FilterbankState p, FilterbankState q, FilterbankState r, double[][] scratch, int count) {
        filter(p, q, r, p.sum, q.sum, r.sum, scratch[0], scratch[1], scratch[2], count);
        give(scratch[FIRSTS], p.s1, q.s1, r.s1);
        give(scratch[SECONDS], p.s2, q.s2, r.s2);
        give(scratch[SUMS], p.sum, q.sum, r.sum);
    }

    /**
     * {@link #run} to the end of a bin of every stream. Its values leave, and sums are zero again; those of streams that had not
     * begun the bin before are not touched, so that what is read of them is only the delays.
     *
     * @param p state of the first stream
     * @param q of the second
     * @param r of the third
     * @param scratch samples of each stream, as doubles; overwritten
     * @param factor of the sums, before the square root
     * @param features of each stream, {@code [two vectors or more]}
     */
    void complete(
            FilterbankState p,
            FilterbankState q,
            FilterbankState r,
            double[][] scratch,
            int count,
            double factor,
            float[][] features) {
        boolean fresh = (p.filled | q.filled | r.filled) == 0;
        double[] sumP = fresh ? zeros : p.sum;
        double[] sumQ = fresh ? zeros : q.sum;
        double[] sumR = fresh ? zeros : r.sum;
        filter(p, q, r, sumP, sumQ, sumR, scratch[0], scratch[1], scratch[2], count);
        finish(p, q, r, scratch[FIRSTS], scratch[SECONDS], scratch[SUMS], factor, features);
        if (!fresh) {
            Arrays.fill(sumP, 0);
            Arrays.fill(sumQ, 0);
            Arrays.fill(sumR, 0);
        }
    }

    /**
     * The loop, in a method of its own with no more than it needs: the compiler takes up vectors of a method only up to some number.
     *
     * @param sumP of the first stream, which is not written, and so on
     * @param xp samples of the first stream, then the first delays of all streams, in five vectors
     * @param xq samples of the second, then the second delays
     * @param xr samples of the third, then the sums
     */
    private void filter(
            FilterbankState p,
            FilterbankState q,
            FilterbankState r,
            double[] sumP,
            double[] sumQ,
            double[] sumR,
            double[] xp,
            double[] xq,
            double[] xr,
            int count) {
        VectorMask<Double> ofQ = VectorMask.fromLong(WIDEST, -1L << rest);
        VectorMask<Double> ofR = VectorMask.fromLong(WIDEST, -1L << (2 * rest - LANES));
        DoubleVector first = DoubleVector.fromArray(WIDEST, firstOfPq, 0);
        DoubleVector second = DoubleVector.fromArray(WIDEST, secondOfQr, 0);
        DoubleVector b0 = DoubleVector.fromArray(WIDEST, this.b0, 0);
        DoubleVector b0t = DoubleVector.fromArray(WIDEST, this.b0, LANES);
        DoubleVector b0u = DoubleVector.fromArray(WIDEST, this.b0, 2 * LANES);
        DoubleVector a1 = DoubleVector.fromArray(WIDEST, this.a1, 0);
        DoubleVector a1t = DoubleVector.fromArray(WIDEST, this.a1, LANES);
        DoubleVector a1u = DoubleVector.fromArray(WIDEST, this.a1, 2 * LANES);
        DoubleVector a2 = DoubleVector.fromArray(WIDEST, this.a2, 0);
        DoubleVector a2t = DoubleVector.fromArray(WIDEST, this.a2, LANES);
        DoubleVector a2u = DoubleVector.fromArray(WIDEST, this.a2, 2 * LANES);
        DoubleVector pFirst = DoubleVector.fromArray(WIDEST, p.s1, 0);
        DoubleVector qFirst = DoubleVector.fromArray(WIDEST, q.s1, 0);
        DoubleVector rFirst = DoubleVector.fromArray(WIDEST, r.s1, 0);
        DoubleVector uFirst = DoubleVector.fromArray(WIDEST, q.s1, LANES);
        DoubleVector tFirst = first.selectFrom(DoubleVector.fromArray(WIDEST, p.s1, LANES), uFirst);
        uFirst = second.selectFrom(uFirst, DoubleVector.fromArray(WIDEST, r.s1, LANES));
        DoubleVector pSecond = DoubleVector.fromArray(WIDEST, p.s2, 0);
        DoubleVector qSecond = DoubleVector.fromArray(WIDEST, q.s2, 0);
        DoubleVector rSecond = DoubleVector.fromArray(WIDEST, r.s2, 0);
        DoubleVector uSecond = DoubleVector.fromArray(WIDEST, q.s2, LANES);
        DoubleVector tSecond = first.selectFrom(DoubleVector.fromArray(WIDEST, p.s2, LANES), uSecond);
        uSecond = second.selectFrom(uSecond, DoubleVector.fromArray(WIDEST, r.s2, LANES));
        DoubleVector pSum = DoubleVector.fromArray(WIDEST, sumP, 0);
        DoubleVector qSum = DoubleVector.fromArray(WIDEST, sumQ, 0);
        DoubleVector rSum = DoubleVector.fromArray(WIDEST, sumR, 0);
        DoubleVector uSum = DoubleVector.fromArray(WIDEST, sumQ, LANES);
        DoubleVector tSum = first.selectFrom(DoubleVector.fromArray(WIDEST, sumP, LANES), uSum);
        uSum = second.selectFrom(uSum, DoubleVector.fromArray(WIDEST, sumR, LANES));
        for (int i = 0; i < count; i++) {
            DoubleVector ofP = DoubleVector.broadcast(WIDEST, xp[i]);
            DoubleVector x = DoubleVector.broadcast(WIDEST, xq[i]);
            DoubleVector v = b0.mul(ofP);
            DoubleVector y = pFirst.sub(v);
            pFirst = a1.fma(y, pSecond);
            pSecond = a2.fma(y, v);
            pSum = pSum.add(y.lanewise(VectorOperators.ABS));
            v = b0t.mul(ofP.blend(x, ofQ));
            y = tFirst.sub(v);
            tFirst = a1t.fma(y, tSecond);
            tSecond = a2t.fma(y, v);
            tSum = tSum.add(y.lanewise(VectorOperators.ABS));
            v = b0.mul(x);
            y = qFirst.sub(v);
            qFirst = a1.fma(y, qSecond);
            qSecond = a2.fma(y, v);
            qSum = qSum.add(y.lanewise(VectorOperators.ABS));
            DoubleVector last = DoubleVector.broadcast(WIDEST, xr[i]);
            v = b0u.mul(x.blend(last, ofR));
            y = uFirst.sub(v);
            uFirst = a1u.fma(y, uSecond);
            uSecond = a2u.fma(y, v);
            uSum = uSum.add(y.lanewise(VectorOperators.ABS));
            v = b0.mul(last);
            y = rFirst.sub(v);
            rFirst = a1.fma(y, rSecond);
            rSecond = a2.fma(y, v);
            rSum = rSum.add(y.lanewise(VectorOperators.ABS));
        }
        pFirst.intoArray(xp, 0);
        qFirst.intoArray(xp, LANES);
        rFirst.intoArray(xp, 2 * LANES);
        tFirst.intoArray(xp, 3 * LANES);
        uFirst.intoArray(xp, 4 * LANES);
        pSecond.intoArray(xq, 0);
        qSecond.intoArray(xq, LANES);
        rSecond.intoArray(xq, 2 * LANES);
        tSecond.intoArray(xq, 3 * LANES);
        uSecond.intoArray(xq, 4 * LANES);
        pSum.intoArray(xr, 0);
        qSum.intoArray(xr, LANES);
        rSum.intoArray(xr, 2 * LANES);
        tSum.intoArray(xr, 3 * LANES);
        uSum.intoArray(xr, 4 * LANES);
    }

    /** Five vectors back to the streams. */
    private void give(double[] packed, double[] p, double[] q, double[] r) {
        DoubleVector t = DoubleVector.fromArray(WIDEST, packed, 3 * LANES);
        DoubleVector u = DoubleVector.fromArray(WIDEST, packed, 4 * LANES);
        DoubleVector.fromArray(WIDEST, packed, 0).intoArray(p, 0);
        DoubleVector.fromArray(WIDEST, packed, LANES).intoArray(q, 0);
        DoubleVector.fromArray(WIDEST, packed, 2 * LANES).intoArray(r, 0);
        DoubleVector.fromArray(WIDEST, toP, 0).selectFrom(t, u).intoArray(p, LANES);
        DoubleVector.fromArray(WIDEST, toQ, 0).selectFrom(t, u).intoArray(q, LANES);
        DoubleVector.fromArray(WIDEST, toR, 0).selectFrom(t, u).intoArray(r, LANES);
    }

    /**
     * The end of a bin. As long as it is, the compiler does not take it into a method whose vectors would then be too many.
     *
     * @param firsts five vectors
     * @param seconds five vectors
     * @param sums five vectors
     */
    private void finish(
            FilterbankState p,
            FilterbankState q,
            FilterbankState r,
            double[] firsts,
            double[] seconds,
            double[] sums,
            double factor,
            float[][] features) {
        DoubleVector ofP = DoubleVector.fromArray(WIDEST, toP, 0);
        DoubleVector ofQ = DoubleVector.fromArray(WIDEST, toQ, 0);
        DoubleVector ofR = DoubleVector.fromArray(WIDEST, toR, 0);
        DoubleVector t =
                DoubleVector.fromArray(WIDEST, sums, 3 * LANES).mul(factor).sqrt();
        DoubleVector u =
                DoubleVector.fromArray(WIDEST, sums, 4 * LANES).mul(factor).sqrt();
        rounded(DoubleVector.fromArray(WIDEST, sums, 0).mul(factor).sqrt(), features[0], 0);
        rounded(DoubleVector.fromArray(WIDEST, sums, LANES).mul(factor).sqrt(), features[1], 0);
        rounded(DoubleVector.fromArray(WIDEST, sums, 2 * LANES).mul(factor).sqrt(), features[2], 0);
        rounded(ofP.selectFrom(t, u), features[0], LANES);
        rounded(ofQ.selectFrom(t, u), features[1], LANES);
        rounded(ofR.selectFrom(t, u), features[2], LANES);
        DoubleVector zero = DoubleVector.zero(WIDEST);
        DoubleVector limit = DoubleVector.broadcast(WIDEST, FilterKernel.SILENCE);
        for (int i = 0; i < 2; i++) {
            double[] delays = i == 0 ? firsts : seconds;
            double[] ofStreamP = i == 0 ? p.s1 : p.s2;
            double[] ofStreamQ = i == 0 ? q.s1 : q.s2;
            double[] ofStreamR = i == 0 ? r.s1 : r.s2;
            t = settled(DoubleVector.fromArray(WIDEST, delays, 3 * LANES), zero, limit);
            u = settled(DoubleVector.fromArray(WIDEST, delays, 4 * LANES), zero, limit);
            settled(DoubleVector.fromArray(WIDEST, delays, 0), zero, limit).intoArray(ofStreamP, 0);
            settled(DoubleVector.fromArray(WIDEST, delays, LANES), zero, limit).intoArray(ofStreamQ, 0);
            settled(DoubleVector.fromArray(WIDEST, delays, 2 * LANES), zero, limit)
                    .intoArray(ofStreamR, 0);
            ofP.selectFrom(t, u).intoArray(ofStreamP, LANES);
            ofQ.selectFrom(t, u).intoArray(ofStreamQ, LANES);
            ofR.selectFrom(t, u).intoArray(ofStreamR, LANES);
        }
    }

    private static void rounded(DoubleVector values, float[] feature, int at) {
        ((FloatVector) values.convertShape(VectorOperators.D2F, ROUNDED, 0)).intoArray(feature, at);
    }
}
