package io.keyspike.audio.features;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Channels side by side in the lanes of a vector. Two vectors run together: one sample's result waits for the one before
 * (an addition and a fused multiply-add), and the second vector fills that wait. State stays in registers from the first
 * sample to the last.
 */
final class VectorFilterKernel implements FilterKernel {
    private static final VectorSpecies<Double> WIDEST =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = WIDEST.length();

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
        DoubleVector b0c = DoubleVector.fromArray(WIDEST, sections.b0(), c);
        DoubleVector b0d = DoubleVector.fromArray(WIDEST, sections.b0(), d);
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
            DoubleVector yc = vc.add(firstC);
            DoubleVector yd = vd.add(firstD);
            firstC = a1c.fma(yc, secondC);
            firstD = a1d.fma(yd, secondD);
            secondC = a2c.fma(yc, vc.neg());
            secondD = a2d.fma(yd, vd.neg());
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
        DoubleVector b0c = DoubleVector.fromArray(WIDEST, sections.b0(), c);
        DoubleVector b0d = DoubleVector.fromArray(WIDEST, sections.b0(), d);
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
            DoubleVector yc = vc.add(firstC);
            DoubleVector yd = vd.add(firstD);
            firstC = a1c.fma(yc, secondC);
            firstD = a1d.fma(yd, secondD);
            secondC = a2c.fma(yc, vc.neg());
            secondD = a2d.fma(yd, vd.neg());
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
}
