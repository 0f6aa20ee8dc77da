package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class LaneMathTest {
    private static final int COUNT = 20_000;

    /** Every argument once in each lane, among neighbours of the same kind. */
    private static void assertSame(double[] x, DoubleUnaryOperator law, boolean logarithm) {
        for (int shift = 0; shift < LaneSpectrum.LANES; shift++) {
            double[] found = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                found[i] = x[(i + shift) % x.length];
            }
            if (logarithm) {
                LaneMath.log(found, found.length);
            } else {
                LaneMath.exp(found, found.length);
            }
            for (int i = 0; i < x.length; i++) {
                double argument = x[(i + shift) % x.length];
                assertThat(Double.doubleToRawLongBits(found[i]))
                        .as("of %s", argument)
                        .isEqualTo(Double.doubleToRawLongBits(law.applyAsDouble(argument)));
            }
        }
    }

    private static double[] numbers(long seed, double least, double most) {
        var random = new Random(seed);
        return random.doubles(COUNT, least, most).toArray();
    }

    @Test
    void shouldGiveTheLogarithmsOfStrictMath() {
        assertSame(numbers(1, 0, 2), StrictMath::log, true);
        assertSame(numbers(2, 0, 1e9), StrictMath::log, true);
        double[] wide = numbers(3, -740, 700);
        for (int i = 0; i < wide.length; i++) {
            wide[i] = StrictMath.exp(wide[i]);
        }
        assertSame(wide, StrictMath::log, true);
    }

    @Test
    void shouldGiveTheLogarithmsOfStrictMathNextToItsBranches() {
        double[] borders = {
            1,
            0x1p-1022,
            2,
            0.5,
            Math.sqrt(2),
            Math.sqrt(0.5),
            1 + 0x61479p-20,
            1 + 0x6147ap-20,
            1 + 0x6b851p-20,
            1 + 0x6b852p-20,
            1 + 0x6a09cp-20,
            0.5 + 0x6147ap-21,
            4,
            0x1p1023
        };
        assertSame(around(borders), StrictMath::log, true);
        assertSame(
                new double[] {
                    0,
                    -0.0,
                    -1,
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    Double.MIN_VALUE,
                    3,
                    5,
                    Double.MAX_VALUE,
                    1,
                    7,
                    0.1
                },
                StrictMath::log,
                true);
    }

    @Test
    void shouldGiveTheExponentialsOfStrictMath() {
        assertSame(numbers(4, -40, 40), StrictMath::exp, false);
        assertSame(numbers(5, -2, 2), StrictMath::exp, false);
        assertSame(numbers(6, -800, 800), StrictMath::exp, false);
    }

    @Test
    void shouldGiveTheExponentialsOfStrictMathNextToItsBranches() {
        double ln2 = Math.log(2);
        double[] borders = new double[200];
        for (int k = 0; k < 100; k++) {
            borders[2 * k] = (k + 0.5) * ln2;
            borders[2 * k + 1] = -(k + 0.5) * ln2;
        }
        assertSame(around(borders), StrictMath::exp, false);
        assertSame(
                around(new double[] {0x1p-28, -0x1p-28, 700, -700, 0x1.62e42p-2, 0x1.62e43p-2}),
                StrictMath::exp,
                false);
        assertSame(
                new double[] {
                    0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e-300, 709.9, -745.2, 1, 2
                },
                StrictMath::exp,
                false);
    }

    private static double[] around(double[] borders) {
        int reach = 20;
        double[] all = new double[borders.length * (2 * reach + 1)];
        int at = 0;
        for (double border : borders) {
            for (int d = -reach; d <= reach; d++) {
                all[at++] = Double.longBitsToDouble(Double.doubleToRawLongBits(border) + d);
            }
        }
        return all;
    }
}
