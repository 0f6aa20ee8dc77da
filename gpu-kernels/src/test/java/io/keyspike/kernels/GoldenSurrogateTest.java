package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.internal.arithmetic.SurrogateArithmetic;
import io.keyspike.testing.GoldenFile;
import java.util.Locale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Surrogates against those of snnTorch, Sinabs and Rockpool. */
class GoldenSurrogateTest {

    @ParameterizedTest
    @EnumSource(names = {"FAST_SIGMOID", "ATAN", "SIGMOID", "STRAIGHT_THROUGH"})
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

    @ParameterizedTest
    @CsvSource({
        "single_exponential, SINGLE_EXPONENTIAL, 0.5, 1",
        "single_exponential_b, SINGLE_EXPONENTIAL, 0.8, 1.5",
        "periodic_exponential, PERIODIC_EXPONENTIAL, 0.5, 1",
        "periodic_exponential_b, PERIODIC_EXPONENTIAL, 0.8, 1.5",
        "multi_gaussian, MULTI_GAUSSIAN, 0.5, 1",
        "gaussian, GAUSSIAN, 0.5, 1",
        "heaviside, STEP, 0.5, 1"
    })
    void shouldGiveTheDerivativesOfSinabs(String name, Surrogate.Kind kind, float width, float scale) {
        GoldenFile golden = GoldenFile.open("sinabs_surrogates");
        float[] v = golden.floats("v");
        var surrogate = new Surrogate(kind, 1 / width);
        for (float threshold : new float[] {0.7f, 1f}) {
            for (String spikes : new String[] {"single", "multi"}) {
                float[] expected = golden.floats("th" + threshold + "." + name + "." + spikes + ".grad");
                assertDerivatives(surrogate, v, threshold, spikes.equals("single") ? 1 : 65_536, scale, expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PeriodicExponential, NEAREST_EXPONENTIAL, '', 65536",
        "PeriodicExponential, NEAREST_EXPONENTIAL, .max2, 2",
        "StepPWL, STEP, '', 65536"
    })
    void shouldGiveTheDerivativesOfRockpool(String name, Surrogate.Kind kind, String suffix, int maximum) {
        GoldenFile golden = GoldenFile.open("rockpool_surrogates");
        float[] v = golden.floats("v");
        for (float threshold : new float[] {0.7f, 1f}) {
            for (float window : new float[] {0.5f, 0.8f}) {
                float[] expected = golden.floats(name + ".th" + threshold + ".win" + window + suffix + ".grad");
                assertDerivatives(new Surrogate(kind, 1 / window), v, threshold, maximum, 1, expected);
            }
        }
    }

    private static void assertDerivatives(
            Surrogate surrogate, float[] v, float threshold, int maximum, float scale, float[] expected) {
        for (int i = 0; i < v.length; i++) {
            assertThat(scale * surrogate.derivative(v[i], threshold, maximum))
                    .as("%s at %g of %g", surrogate, v[i], threshold)
                    .isCloseTo(expected[i], Offset.offset(5e-6f));
        }
    }

    @Test
    void shouldRefuseOnDevicesWhatNeedsTheThreshold() {
        assertThat(Surrogate.DEFAULT.deviceCode()).isEqualTo(SurrogateArithmetic.FAST_SIGMOID);
        assertThatThrownBy(() -> Surrogate.of(Surrogate.Kind.STEP).deviceCode())
                .hasMessageContaining("on a device, found step");
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
