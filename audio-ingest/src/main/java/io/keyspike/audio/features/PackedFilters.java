package io.keyspike.audio.features;

import static io.keyspike.audio.features.VectorFilterKernel.LANES;
import static io.keyspike.audio.features.VectorFilterKernel.WIDEST;

import jdk.incubator.vector.DoubleVector;
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

    private final int channels;

    /** Channels after the first {@link VectorFilterKernel#LANES}. */
    private final int rest;

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

    /** @param channels that {@link #fits} */
    PackedFilters(int channels) {
        this.channels = channels;
        rest = channels - LANES;
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
    }

    int channels() {
        return channels;
    }

    /**
     * Runs {@code count} samples of each stream.
     *
     * @param sections of as many channels as this is for
     * @param p state of the first stream
     * @param q of the second
     * @param r of the third
     * @param xp samples of the first stream
     * @param xq of the second
     * @param xr of the third
     */
    void run(
            BandPassSections sections,
            FilterbankState p,
            FilterbankState q,
            FilterbankState r,
            double[] xp,
            double[] xq,
            double[] xr,
            int count) {
        VectorMask<Double> ofQ = VectorMask.fromLong(WIDEST, -1L << rest);
        VectorMask<Double> ofR = VectorMask.fromLong(WIDEST, -1L << (2 * rest - LANES));
        DoubleVector first = DoubleVector.fromArray(WIDEST, firstOfPq, 0);
        DoubleVector second = DoubleVector.fromArray(WIDEST, secondOfQr, 0);
        DoubleVector b0 = DoubleVector.fromArray(WIDEST, sections.b0(), 0).neg();
        DoubleVector b0t = DoubleVector.fromArray(WIDEST, sections.b0(), LANES).neg();
        DoubleVector b0u = second.selectFrom(b0t, b0t);
        b0t = first.selectFrom(b0t, b0t);
        DoubleVector a1 = DoubleVector.fromArray(WIDEST, sections.a1(), 0).neg();
        DoubleVector a1t = DoubleVector.fromArray(WIDEST, sections.a1(), LANES).neg();
        DoubleVector a1u = second.selectFrom(a1t, a1t);
        a1t = first.selectFrom(a1t, a1t);
        DoubleVector a2 = DoubleVector.fromArray(WIDEST, sections.a2(), 0).neg();
        DoubleVector a2t = DoubleVector.fromArray(WIDEST, sections.a2(), LANES).neg();
        DoubleVector a2u = second.selectFrom(a2t, a2t);
        a2t = first.selectFrom(a2t, a2t);
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
        DoubleVector pSum = DoubleVector.fromArray(WIDEST, p.sum, 0);
        DoubleVector qSum = DoubleVector.fromArray(WIDEST, q.sum, 0);
        DoubleVector rSum = DoubleVector.fromArray(WIDEST, r.sum, 0);
        DoubleVector uSum = DoubleVector.fromArray(WIDEST, q.sum, LANES);
        DoubleVector tSum = first.selectFrom(DoubleVector.fromArray(WIDEST, p.sum, LANES), uSum);
        uSum = second.selectFrom(uSum, DoubleVector.fromArray(WIDEST, r.sum, LANES));
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
        DoubleVector toP = DoubleVector.fromArray(WIDEST, this.toP, 0);
        DoubleVector toQ = DoubleVector.fromArray(WIDEST, this.toQ, 0);
        DoubleVector toR = DoubleVector.fromArray(WIDEST, this.toR, 0);
        pFirst.intoArray(p.s1, 0);
        toP.selectFrom(tFirst, uFirst).intoArray(p.s1, LANES);
        qFirst.intoArray(q.s1, 0);
        toQ.selectFrom(tFirst, uFirst).intoArray(q.s1, LANES);
        rFirst.intoArray(r.s1, 0);
        toR.selectFrom(tFirst, uFirst).intoArray(r.s1, LANES);
        pSecond.intoArray(p.s2, 0);
        toP.selectFrom(tSecond, uSecond).intoArray(p.s2, LANES);
        qSecond.intoArray(q.s2, 0);
        toQ.selectFrom(tSecond, uSecond).intoArray(q.s2, LANES);
        rSecond.intoArray(r.s2, 0);
        toR.selectFrom(tSecond, uSecond).intoArray(r.s2, LANES);
        pSum.intoArray(p.sum, 0);
        toP.selectFrom(tSum, uSum).intoArray(p.sum, LANES);
        qSum.intoArray(q.sum, 0);
        toQ.selectFrom(tSum, uSum).intoArray(q.sum, LANES);
        rSum.intoArray(r.sum, 0);
        toR.selectFrom(tSum, uSum).intoArray(r.sum, LANES);
    }
}
