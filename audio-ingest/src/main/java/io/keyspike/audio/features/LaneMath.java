package io.keyspike.audio.features;

import static io.keyspike.audio.features.LaneSpectrum.LANES;
import static io.keyspike.audio.features.LaneSpectrum.SPECIES;
import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link StrictMath}'s logarithm and exponential of many numbers, with its bits. {@code StrictMath} is by its contract the
 * algorithms of fdlibm 5.3 ({@code e_log}, {@code e_exp}): reduction to a small interval and a polynomial, in a fixed order of
 * operations. Here a vector of numbers goes through that order at once; where one of its numbers takes one of the rare branches
 * (not finite, not normal, close to 1 for the logarithm, tiny or near overflow for the exponential), {@code StrictMath} does all
 * of the vector.
 */
final class LaneMath {
    /** ln 2 in two parts; the first times an exponent is exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1;

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;
    private static final double INVERSE_LN2 = 0x1.71547652b82fep0;

    /** Added to a number of small magnitude, rounds it to a whole one, which the sum's lowest bits then are. */
    private static final double WHOLE = 0x1.8p52;

    private static final long WHOLE_BITS = Double.doubleToRawLongBits(WHOLE);

    // Of the series of ln((1 + s)/(1 − s)) in s².
    private static final double L1 = Double.longBitsToDouble(0x3FE5555555555593L);
    private static final double L2 = Double.longBitsToDouble(0x3FD999999997FA04L);
    private static final double L3 = Double.longBitsToDouble(0x3FD2492494229359L);
    private static final double L4 = Double.longBitsToDouble(0x3FCC71C51D8E78AFL);
    private static final double L5 = Double.longBitsToDouble(0x3FC7466496CB03DEL);
    private static final double L6 = Double.longBitsToDouble(0x3FC39A09D078C69FL);
    private static final double L7 = Double.longBitsToDouble(0x3FC2F112DF3E5244L);

    // Of the rational approximation of e^x in x².
    private static final double P1 = Double.longBitsToDouble(0x3FC555555555553EL);
    private static final double P2 = Double.longBitsToDouble(0xBF66C16C16BEBD93L);
    private static final double P3 = Double.longBitsToDouble(0x3F11566AAF25DE2CL);
    private static final double P4 = Double.longBitsToDouble(0xBEBBBD41C5D26BF1L);
    private static final double P5 = Double.longBitsToDouble(0x3E66376972BEA4D0L);

    private LaneMath() {}

    /** {@code x[i] = StrictMath.log(x[i])} of the first {@code count}. */
    static void log(double[] x, int count) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            DoubleVector v = DoubleVector.fromArray(SPECIES, x, i);
            LongVector bits = v.reinterpretAsLongs();
            LongVector high = bits.lanewise(ASHR, 32);
            LongVector mantissa = high.and(0xfffff);
            VectorMask<Long> rare = high.compare(LT, 0x00100000)
                    .or(high.compare(GE, 0x7ff00000))
                    .or(mantissa.add(2).and(0xfffff).compare(LT, 3));
            if (rare.anyTrue()) {
                logAlone(x, i, i + LANES);
                continue;
            }
            LongVector carry = mantissa.add(0x95f64).and(0x100000);
            LongVector exponent = high.lanewise(ASHR, 20).sub(1023).add(carry.lanewise(ASHR, 20));
            DoubleVector k = exponent.add(WHOLE_BITS).reinterpretAsDoubles().sub(WHOLE);
            DoubleVector f = bits.and(0x000fffffffffffffL)
                    .or(carry.lanewise(XOR, 0x3ff00000).lanewise(LSHL, 32))
                    .reinterpretAsDoubles()
                    .sub(1);
            DoubleVector s = f.div(f.add(2));
            DoubleVector z = s.mul(s);
            DoubleVector w = z.mul(z);
            DoubleVector even = w.mul(L6).add(L4).mul(w).add(L2).mul(w);
            DoubleVector odd = w.mul(L7).add(L5).mul(w).add(L3).mul(w).add(L1).mul(z);
            DoubleVector r = odd.add(even);
            DoubleVector half = f.mul(0.5).mul(f);
            DoubleVector low = k.mul(LN2_LOW);
            VectorMask<Long> middle = mantissa.compare(GE, 0x6147a).and(mantissa.compare(LE, 0x6b851));
            DoubleVector inner = half.sub(s.mul(half.add(r)).add(low));
            DoubleVector outer = s.mul(f.sub(r)).sub(low);
            k.mul(LN2_HIGH).sub(outer.blend(inner, middle.cast(SPECIES)).sub(f)).intoArray(x, i);
        }
        logAlone(x, i, count);
    }

    /** {@code x[i] = StrictMath.exp(x[i])} of the first {@code count}. */
    static void exp(double[] x, int count) {
        exp(x, count, 1);
    }

    /** {@code x[i] = StrictMath.exp(x[i] * factor)} of the first {@code count}. */
    static void exp(double[] x, int count, double factor) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            DoubleVector v = DoubleVector.fromArray(SPECIES, x, i).mul(factor);
            DoubleVector magnitude = v.lanewise(ABS);
            VectorMask<Double> usual = magnitude.compare(LT, 700).and(magnitude.compare(GE, 0x1p-28));
            if (!usual.allTrue()) {
                expAlone(x, i, i + LANES, factor);
                continue;
            }
            VectorMask<Long> reduced =
                    magnitude.reinterpretAsLongs().lanewise(LSHR, 32).compare(GT, 0x3fd62e42);
            // The whole part of x/ln 2 ± 1/2, cut off and not rounded.
            DoubleVector near = magnitude.mul(INVERSE_LN2).add(0.5);
            DoubleVector whole = near.add(WHOLE).sub(WHOLE);
            whole = whole.sub(1, whole.compare(GT, near));
            whole = DoubleVector.zero(SPECIES).blend(whole, reduced.cast(SPECIES));
            DoubleVector k = whole.neg().blend(whole, v.compare(GE, 0));
            DoubleVector high = v.sub(k.mul(LN2_HIGH));
            DoubleVector low = k.mul(LN2_LOW);
            DoubleVector y = high.sub(low);
            DoubleVector t = y.mul(y);
            DoubleVector p = t.mul(P5)
                    .add(P4)
                    .mul(t)
                    .add(P3)
                    .mul(t)
                    .add(P2)
                    .mul(t)
                    .add(P1)
                    .mul(t);
            DoubleVector c = y.sub(p);
            DoubleVector quotient =
                    y.mul(c).div(DoubleVector.broadcast(SPECIES, 2).sub(c));
            DoubleVector result =
                    DoubleVector.broadcast(SPECIES, 1).sub(low.sub(quotient).sub(high));
            LongVector scale = k.add(WHOLE).reinterpretAsLongs().sub(WHOLE_BITS).lanewise(LSHL, 52);
            result.reinterpretAsLongs().add(scale).reinterpretAsDoubles().intoArray(x, i);
        }
        expAlone(x, i, count, factor);
    }

    private static void logAlone(double[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = StrictMath.log(x[i]);
        }
    }

    private static void expAlone(double[] x, int from, int to, double factor) {
        for (int i = from; i < to; i++) {
            x[i] = StrictMath.exp(x[i] * factor);
        }
    }
}
