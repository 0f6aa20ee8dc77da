package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import io.keyspike.testing.GoldenFile;
import java.util.Locale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Surrogates against those of snnTorch. */
class GoldenSurrogateTest {

    @ParameterizedTest
    @EnumSource
    void shouldGiveTheDerivativesOfThePeer(Surrogate.Kind kind) {
        GoldenFile golden = GoldenFile.open("snntorch_surrogates");
        float[] x = golden.floats("x");
        float[] expected = golden.floats(kind.name().toLowerCase(Locale.ROOT) + ".grad");
        Surrogate surrogate = Surrogate.of(kind);
        int compared = 0;
        for (int i = 0; i < x.length; i++) {
            if (!Float.isNaN(expected[i])) { // the peer's sigmoid overflows far below the threshold
                assertThat(surrogate.derivative(x[i])).as("at %g", x[i]).isCloseTo(expected[i], Offset.offset(5e-6f));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(x.length / 2);
    }

    @Test
    void shouldTakeExponentialsToSevenDigits() {
        for (float y = 0; y > -86.9f; y -= 0.0137f) {
            double exact = Math.exp(y);
            assertThat((double) SurrogateArithmetic.exp(y))
                    .as("exp(%g)", y)
                    .isCloseTo(exact, Offset.offset(3e-7 * exact));
        }
        assertThat(SurrogateArithmetic.exp(-1e30f)).isBetween(0f, 1e-37f);
    }
}
