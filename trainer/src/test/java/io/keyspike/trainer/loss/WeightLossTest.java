package io.keyspike.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.chip.SignGroups;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.layers.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightLossTest {

    private static final int INPUTS = 13;

    private final Parameter front = parameter(Parameter.Role.DIAGONAL, INPUTS, 1);
    private final Parameter dense = parameter(Parameter.Role.MATRIX, INPUTS * 6, 2);
    private final List<Parameter> parameters = List.of(front, dense);

    private static Parameter parameter(Parameter.Role role, int size, long seed) {
        var random = new SplitMix(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.between(-1.5, 1.5);
        }
        return new Parameter("layer", "weight", values, new float[size], role);
    }

    static Stream<WeightLoss> losses() {
        return Stream.of(
                new WeightLoss.Magnitude(0.9f, 0.7f),
                new WeightLoss.SignAgreement(5, 0.3f, INPUTS),
                new WeightLoss.SignAgreement(4, 1.3f, INPUTS));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void shouldHaveTheGradientOfFiniteDifferences(WeightLoss loss) {
        parameters.forEach(p -> Arrays.fill(p.gradient(), 0));
        assertThat(loss.apply(parameters)).isPositive();
        List<float[]> gradients =
                parameters.stream().map(p -> p.gradient().clone()).toList();
        for (int k = 0; k < parameters.size(); k++) {
            Parameter p = parameters.get(k);
            for (int i = 0; i < p.values().length; i++) {
                float value = p.values()[i];
                float step = 1.0f / 1_024;
                p.values()[i] = value + step;
                double above = loss.apply(parameters);
                p.values()[i] = value - step;
                double below = loss.apply(parameters);
                p.values()[i] = value;
                assertThat((double) gradients.get(k)[i]).isCloseTo((above - below) / (2 * step), within(1e-3));
            }
        }
    }

    @Test
    void shouldBeZeroWhereGroupsAreAligned() {
        new SignGroups(INPUTS, 6, 5).align(dense.values());
        assertThat(new WeightLoss.SignAgreement(5, 1, INPUTS).apply(parameters)).isZero();
        assertThat(dense.gradient()).containsOnly(0);
        assertThat(new WeightLoss.SignAgreement(7, 1, INPUTS).apply(parameters)).isPositive();
    }

    @Test
    void shouldLetTheFrontEndBe() {
        new WeightLoss.SignAgreement(5, 1, INPUTS).apply(parameters);
        assertThat(front.gradient()).containsOnly(0);
    }
}
