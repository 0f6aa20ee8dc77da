package io.keyspike.audio.features;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Channels side by side in the lanes of a vector. Two vectors run together: one sample's result waits for the one before
 * (an addition and a fused multiply-add), and the second vector fills that wait. State stays in registers from the first
 * sample to the last.
 */
final class VectorFilterKernel implements FilterKernel {
    static final VectorSpecies<Double> WIDEST =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;
    static final int LANES = WIDEST.length();

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));

    /** As many samples as {@link #WIDEST} has lanes, where a vector can be so short. */
    private static final VectorSpecies<Short> NARROW =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, WIDEST.vectorBitSize() / 4)));

    /** As many floats as {@link #WIDEST} has lanes. */
    private static final VectorSpecies<Float> ROUNDED =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Math.max(64, WIDEST.vectorBitSize() / 2)));

    /** So many squares' halves fit an int, whatever the samples. */
    private static final int MAXIMUM_SQUARES = 1 << 14;

    /** The lower of the two ints in a long. */
    private static final long EVEN = 0xffff_ffffL;

    /** Made at the first use; whichever thread's it is, it does the same. */
    private @Nullable PackedFilters packed;

    @Override
    public int channelBlock() {
        return 2 * LANES;
    }

    @Override
    public void run(
            BandPassSections sections,
            boolean half,
            short[] samples,
            int from,
            int to,
            double[] s1,
            double[] s2,
            double[] sum) {
        for (int c = 0; c < sections.channels(); c += 2 * LANES) {
            if (half) {
                runHalf(sections, samples, from, to, s1, s2, sum, c);
            } else {
                runFull(sections, samples, from, to, s1, s2, sum, c);
            }
        }
    }

    private static void runFull(
            BandPassSections sections,
            short[] samples,
            int from,
            int to,
            double[] s1,
            double[] s2,
            double[] sum,
            int c) {
        int d = c + LANES;
        DoubleVector b0c = DoubleVector.fromArray(WIDEST, sections.b0(), c).neg();
        DoubleVector b0d = DoubleVector.fromArray(WIDEST, sections.b0(), d).neg();
        DoubleVector a1c = DoubleVector.fromArray(WIDEST, sections.a1(), c).neg();
        DoubleVector a1d = DoubleVector.fromArray(WIDEST, sections.a1(), d).neg();
        DoubleVector a2c = DoubleVector.fromArray(WIDEST, sections.a2(), c).neg();
        DoubleVector a2d = DoubleVector.fromArray(WIDEST, sections.a2(), d).neg();
        DoubleVector firstC = DoubleVector.fromArray(WIDEST, s1, c);
        DoubleVector firstD = DoubleVector.fromArray(WIDEST, s1, d);
        DoubleVector secondC = DoubleVector.fromArray(WIDEST, s2, c);
        DoubleVector secondD = DoubleVector.fromArray(WIDEST, s2, d);
        DoubleVector sumC = DoubleVector.fromArray(WIDEST, sum, c);
        DoubleVector sumD = DoubleVector.fromArray(WIDEST, sum, d);
        for (int i = from; i < to; i++) {
            DoubleVector x = DoubleVector.broadcast(WIDEST, samples[i]);
            DoubleVector vc = b0c.mul(x);
            DoubleVector vd = b0d.mul(x);
            DoubleVector yc = firstC.sub(vc);
            DoubleVector yd = firstD.sub(vd);
            firstC = a1c.fma(yc, secondC);
            firstD = a1d.fma(yd, secondD);
            secondC = a2c.fma(yc, vc);
            secondD = a2d.fma(yd, vd);
            sumC = sumC.add(yc.lanewise(VectorOperators.ABS));
            sumD = sumD.add(yd.lanewise(VectorOperators.ABS));
        }
        firstC.intoArray(s1, c);
        firstD.intoArray(s1, d);
        secondC.intoArray(s2, c);
        secondD.intoArray(s2, d);
        sumC.intoArray(sum, c);
        sumD.intoArray(sum, d);
    }

    // The same with the other rectifier: a choice inside the loop would cost more than the repetition.
    private static void runHalf(
            BandPassSections sections,
            short[] samples,
            int from,
            int to,
            double[] s1,
            double[] s2,
            double[] sum,
            int c) {
        int d = c + LANES;
        DoubleVector b0c = DoubleVector.fromArray(WIDEST, sections.b0(), c).neg();
        DoubleVector b0d = DoubleVector.fromArray(WIDEST, sections.b0(), d).neg();
        DoubleVector a1c = DoubleVector.fromArray(WIDEST, sections.a1(), c).neg();
        DoubleVector a1d = DoubleVector.fromArray(WIDEST, sections.a1(), d).neg();
        DoubleVector a2c = DoubleVector.fromArray(WIDEST, sections.a2(), c).neg();
        DoubleVector a2d = DoubleVector.fromArray(WIDEST, sections.a2(), d).neg();
        DoubleVector firstC = DoubleVector.fromArray(WIDEST, s1, c);
        DoubleVector firstD = DoubleVector.fromArray(WIDEST, s1, d);
        DoubleVector secondC = DoubleVector.fromArray(WIDEST, s2, c);
        DoubleVector secondD = DoubleVector.fromArray(WIDEST, s2, d);
        DoubleVector sumC = DoubleVector.fromArray(WIDEST, sum, c);
        DoubleVector sumD = DoubleVector.fromArray(WIDEST, sum, d);
        for (int i = from; i < to; i++) {
            DoubleVector x = DoubleVector.broadcast(WIDEST, samples[i]);
            DoubleVector vc = b0c.mul(x);
            DoubleVector vd = b0d.mul(x);
            DoubleVector yc = firstC.sub(vc);
            DoubleVector yd = firstD.sub(vd);
            firstC = a1c.fma(yc, secondC);
            firstD = a1d.fma(yd, secondD);
            secondC = a2c.fma(yc, vc);
            secondD = a2d.fma(yd, vd);
            sumC = sumC.add(yc.max(0.0));
            sumD = sumD.add(yd.max(0.0));
        }
        firstC.intoArray(s1, c);
        firstD.intoArray(s1, d);
        secondC.intoArray(s2, c);
        secondD.intoArray(s2, d);
        sumC.intoArray(sum, c);
        sumD.intoArray(sum, d);
    }

    /** With the half-wave rectifier, which no shipped model uses, streams run one after the other. */
    @Override
    public void runTogether(
            BandPassSections sections,
            boolean half,
            FeatureState[] states,
            short[][] samples,
            int[] from,
            int count,
            double[][] scratch) {
        if (half) {
            FilterKernel.super.runTogether(sections, true, states, samples, from, count, scratch);
            return;
        }
        var p = (FilterbankState) states[0];
        var q = (FilterbankState) states[1];
        var r = (FilterbankState) states[2];
        p.energy += (long) widen(samples[0], from[0], scratch[0], count);
        q.energy += (long) widen(samples[1], from[1], scratch[1], count);
        r.energy += (long) widen(samples[2], from[2], scratch[2], count);
        if (PackedFilters.fits(sections.channels())) {
            packed(sections.channels()).run(sections, p, q, r, scratch[0], scratch[1], scratch[2], count);
            return;
        }
        for (int c = 0; c < sections.channels(); c += 2 * LANES) {
            runThree(sections, p, q, r, scratch[0], scratch[1], scratch[2], count, c);
        }
    }

    private PackedFilters packed(int channels) {
        PackedFilters found = packed;
        if (found == null || found.channels() != channels) {
            found = new PackedFilters(channels);
            packed = found;
        }
        return found;
    }

    /**
     * Samples as doubles, outside the loop that filters: from memory, a double is spread over all lanes on its way in.
     *
     * @return sum of squares: whole numbers below 2^53, so exact in any order
     */
    private static double widen(short[] samples, int from, double[] wide, int count) {
        DoubleVector even = DoubleVector.zero(WIDEST);
        DoubleVector odd = DoubleVector.zero(WIDEST);
        int i = 0;
        // Two sums, since one addition waits for the one before.
        for (; i <= count - 2 * LANES && LANES == NARROW.length(); i += 2 * LANES) {
            DoubleVector x = (DoubleVector)
                    ShortVector.fromArray(NARROW, samples, from + i).convertShape(VectorOperators.S2D, WIDEST, 0);
            DoubleVector y = (DoubleVector) ShortVector.fromArray(NARROW, samples, from + i + LANES)
                    .convertShape(VectorOperators.S2D, WIDEST, 0);
            x.intoArray(wide, i);
            y.intoArray(wide, i + LANES);
            even = x.fma(x, even);
            odd = y.fma(y, odd);
        }
        double energy = even.add(odd).reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            wide[i] = samples[from + i];
            energy += wide[i] * wide[i];
        }
        return energy;
    }

    private static void runThree(
            BandPassSections sections,
            FilterbankState p,
            FilterbankState q,
            FilterbankState r,
            double[] xp,
            double[] xq,
            double[] xr,
            int count,
            int c) {
        int d = c + LANES;
        DoubleVector b0c = DoubleVector.fromArray(WIDEST, sections.b0(), c).neg();
        DoubleVector b0d = DoubleVector.fromArray(WIDEST, sections.b0(), d).neg();
        DoubleVector a1c = DoubleVector.fromArray(WIDEST, sections.a1(), c).neg();
        DoubleVector a1d = DoubleVector.fromArray(WIDEST, sections.a1(), d).neg();
        DoubleVector a2c = DoubleVector.fromArray(WIDEST, sections.a2(), c).neg();
        DoubleVector a2d = DoubleVector.fromArray(WIDEST, sections.a2(), d).neg();
        DoubleVector pFirstC = DoubleVector.fromArray(WIDEST, p.s1, c);
        DoubleVector pFirstD = DoubleVector.fromArray(WIDEST, p.s1, d);
        DoubleVector pSecondC = DoubleVector.fromArray(WIDEST, p.s2, c);
        DoubleVector pSecondD = DoubleVector.fromArray(WIDEST, p.s2, d);
        DoubleVector pSumC = DoubleVector.fromArray(WIDEST, p.sum, c);
        DoubleVector pSumD = DoubleVector.fromArray(WIDEST, p.sum, d);
        DoubleVector qFirstC = DoubleVector.fromArray(WIDEST, q.s1, c);
        DoubleVector qFirstD = DoubleVector.fromArray(WIDEST, q.s1, d);
        DoubleVector qSecondC = DoubleVector.fromArray(WIDEST, q.s2, c);
        DoubleVector qSecondD = DoubleVector.fromArray(WIDEST, q.s2, d);
        DoubleVector qSumC = DoubleVector.fromArray(WIDEST, q.sum, c);
        DoubleVector qSumD = DoubleVector.fromArray(WIDEST, q.sum, d);
        DoubleVector rFirstC = DoubleVector.fromArray(WIDEST, r.s1, c);
        DoubleVector rFirstD = DoubleVector.fromArray(WIDEST, r.s1, d);
        DoubleVector rSecondC = DoubleVector.fromArray(WIDEST, r.s2, c);
        DoubleVector rSecondD = DoubleVector.fromArray(WIDEST, r.s2, d);
        DoubleVector rSumC = DoubleVector.fromArray(WIDEST, r.sum, c);
        DoubleVector rSumD = DoubleVector.fromArray(WIDEST, r.sum, d);
        for (int i = 0; i < count; i++) {
            DoubleVector x = DoubleVector.broadcast(WIDEST, xp[i]);
            DoubleVector vc = b0c.mul(x);
            DoubleVector vd = b0d.mul(x);
            DoubleVector yc = pFirstC.sub(vc);
            DoubleVector yd = pFirstD.sub(vd);
            pFirstC = a1c.fma(yc, pSecondC);
            pFirstD = a1d.fma(yd, pSecondD);
            pSecondC = a2c.fma(yc, vc);
            pSecondD = a2d.fma(yd, vd);
            pSumC = pSumC.add(yc.lanewise(VectorOperators.ABS));
            pSumD = pSumD.add(yd.lanewise(VectorOperators.ABS));
            x = DoubleVector.broadcast(WIDEST, xq[i]);
            vc = b0c.mul(x);
            vd = b0d.mul(x);
            yc = qFirstC.sub(vc);
            yd = qFirstD.sub(vd);
            qFirstC = a1c.fma(yc, qSecondC);
            qFirstD = a1d.fma(yd, qSecondD);
            qSecondC = a2c.fma(yc, vc);
            qSecondD = a2d.fma(yd, vd);
            qSumC = qSumC.add(yc.lanewise(VectorOperators.ABS));
            qSumD = qSumD.add(yd.lanewise(VectorOperators.ABS));
            x = DoubleVector.broadcast(WIDEST, xr[i]);
            vc = b0c.mul(x);
            vd = b0d.mul(x);
            yc = rFirstC.sub(vc);
            yd = rFirstD.sub(vd);
            rFirstC = a1c.fma(yc, rSecondC);
            rFirstD = a1d.fma(yd, rSecondD);
            rSecondC = a2c.fma(yc, vc);
            rSecondD = a2d.fma(yd, vd);
            rSumC = rSumC.add(yc.lanewise(VectorOperators.ABS));
            rSumD = rSumD.add(yd.lanewise(VectorOperators.ABS));
        }
        pFirstC.intoArray(p.s1, c);
        pFirstD.intoArray(p.s1, d);
        pSecondC.intoArray(p.s2, c);
        pSecondD.intoArray(p.s2, d);
        pSumC.intoArray(p.sum, c);
        pSumD.intoArray(p.sum, d);
        qFirstC.intoArray(q.s1, c);
        qFirstD.intoArray(q.s1, d);
        qSecondC.intoArray(q.s2, c);
        qSecondD.intoArray(q.s2, d);
        qSumC.intoArray(q.sum, c);
        qSumD.intoArray(q.sum, d);
        rFirstC.intoArray(r.s1, c);
        rFirstD.intoArray(r.s1, d);
        rSecondC.intoArray(r.s2, c);
        rSecondD.intoArray(r.s2, d);
        rSumC.intoArray(r.sum, c);
        rSumD.intoArray(r.sum, d);
    }

    // One loop for each choice: a vector that may come from either of two places is kept in an object.
    @Override
    public void finishBin(FilterbankState state, double divisor, boolean squareRoot) {
        double[] sum = state.sum;
        if (Math.scalb(1.0, Math.getExponent(divisor)) == divisor) {
            double factor = 1 / divisor; // by a power of two, both are exact
            for (int c = 0; c < sum.length; c += LANES) {
                DoubleVector.fromArray(WIDEST, sum, c).mul(factor).intoArray(sum, c);
            }
        } else {
            for (int c = 0; c < sum.length; c += LANES) {
                DoubleVector.fromArray(WIDEST, sum, c).div(divisor).intoArray(sum, c);
            }
        }
        if (squareRoot) {
            for (int c = 0; c < sum.length; c += LANES) {
                DoubleVector.fromArray(WIDEST, sum, c).sqrt().intoArray(sum, c);
            }
        }
        for (int c = 0; c < sum.length; c += LANES) {
            settle(state.s1, c);
            settle(state.s2, c);
        }
    }

    @Override
    public void takeBin(double[] sum, int channels, float[] feature) {
        if (feature.length < sum.length) {
            FilterKernel.super.takeBin(sum, channels, feature);
            return;
        }
        DoubleVector zero = DoubleVector.zero(WIDEST);
        for (int c = 0; c < sum.length; c += LANES) {
            FloatVector value =
                    (FloatVector) DoubleVector.fromArray(WIDEST, sum, c).convertShape(VectorOperators.D2F, ROUNDED, 0);
            value.intoArray(feature, c);
            zero.intoArray(sum, c);
        }
    }

    // As wide as what takeBin stored: a load that needs two stores waits until both have reached the cache.
    @Override
    public void shape(float[] values, int channels, float factor, @Nullable ChannelNormaliser normaliser) {
        int padded = Math.ceilDiv(channels, 2 * LANES) * 2 * LANES;
        if (normaliser == null || values.length < padded || normaliser.mean.length < padded) {
            FilterKernel.super.shape(values, channels, factor, normaliser);
            return;
        }
        float[] mean = normaliser.mean;
        float[] deviation = normaliser.deviation;
        float[] offset = normaliser.offset;
        float scale = normaliser.scale;
        boolean rectified = normaliser.rectified;
        for (int c = 0; c < padded; c += LANES) {
            FloatVector value = FloatVector.fromArray(ROUNDED, values, c)
                    .mul(factor)
                    .sub(FloatVector.fromArray(ROUNDED, mean, c))
                    .mul(scale)
                    .div(FloatVector.fromArray(ROUNDED, deviation, c))
                    .add(FloatVector.fromArray(ROUNDED, offset, c));
            value.intoArray(values, c);
            if (rectified) {
                value.max(0f).intoArray(values, c);
            }
        }
    }

    private static void settle(double[] delay, int c) {
        DoubleVector value = DoubleVector.fromArray(WIDEST, delay, c);
        value.blend(0.0, value.lanewise(VectorOperators.ABS).lt(SILENCE)).intoArray(delay, c);
    }

    /** A square takes 31 bits; summed in two halves of 16 bits, which an int holds of many samples. */
    @Override
    public long energy(short[] samples, int from, int to) {
        long energy = 0;
        int at = from;
        while (to - at >= INTS.length()) {
            int end = Math.min(to, at + MAXIMUM_SQUARES);
            IntVector low = IntVector.zero(INTS);
            IntVector high = IntVector.zero(INTS);
            for (; at <= end - INTS.length(); at += INTS.length()) {
                IntVector x = (IntVector)
                        ShortVector.fromArray(SHORTS, samples, at).convertShape(VectorOperators.S2I, INTS, 0);
                IntVector square = x.mul(x);
                low = low.add(square.and(0xffff));
                high = high.add(square.lanewise(VectorOperators.LSHR, 16));
            }
            // Two neighbours make a long; none of them is negative.
            LongVector lows = low.reinterpretAsLongs();
            LongVector highs = high.reinterpretAsLongs();
            energy += lows.and(EVEN)
                    .add(lows.lanewise(VectorOperators.LSHR, 32))
                    .add(highs.and(EVEN)
                            .add(highs.lanewise(VectorOperators.LSHR, 32))
                            .lanewise(VectorOperators.LSHL, 16))
                    .reduceLanes(VectorOperators.ADD);
        }
        return energy + FilterKernel.super.energy(samples, at, to);
    }
}
