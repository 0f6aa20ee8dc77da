package io.keyspike.trainer.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.RateConfig;
import io.keyspike.trainer.config.RateConfig.Scope;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FiringRateProbeTest {

    private static final int STEPS = 7;
    private static final int BATCH = 3;
    private static final int NEURONS = 4;
    private static final int FIRST = 2;

    private final Pass pass = new Pass(STEPS, BATCH, FIRST, 0);

    static Stream<RateConfig> configurations() {
        return Stream.of(
                new RateConfig(Scope.LAYER, List.of(0.15), List.of(3.0), 0),
                new RateConfig(Scope.NEURON, List.of(0.15), List.of(2.0), 0),
                new RateConfig(Scope.NEURON, List.of(0.1, 0.2, 0.3, 0.4), List.of(1.0, 0.0, 2.0, 5.0), 0),
                new RateConfig(Scope.LAYER, List.of(0.5), List.of(0.0), 4),
                new RateConfig(Scope.NEURON, List.of(0.5), List.of(1.0), 0.7));
    }

    private static float[] spikes() {
        var random = new SplitMix(5);
        float[] x = new float[STEPS * BATCH * NEURONS];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextDouble() < 0.1 * (1 + i % NEURONS) ? 1 : 0;
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void shouldAddTheGradientOfFiniteDifferences(RateConfig config) {
        var tap = new FiringRateProbe("hidden", config, NEURONS);
        float[] x = spikes();
        assertThat(tap.forward(pass, x)).isSameAs(x);
        assertThat(tap.loss()).isPositive();
        float[] dy = new float[x.length];
        for (int i = 0; i < dy.length; i++) {
            dy[i] = i;
        }
        tap.backward(pass, dy, true);
        for (int i = 0; i < x.length; i++) {
            float value = x[i];
            float step = 1f / 64;
            x[i] = value + step;
            tap.forward(pass, x);
            double above = tap.loss();
            x[i] = value - step;
            tap.forward(pass, x);
            double below = tap.loss();
            x[i] = value;
            assertThat((double) dy[i] - i).isCloseTo((above - below) / (2 * step), within(2e-5));
        }
    }

    @Test
    void shouldBeZeroAtTheTargetAndWithoutImbalance() {
        float[] x = new float[STEPS * BATCH * NEURONS];
        for (int i = 0; i < x.length; i++) {
            x[i] = i / NEURONS % 3 == 0 ? 1 : 0;
        }
        var tap =
                new FiringRateProbe("hidden", new RateConfig(Scope.NEURON, List.of(1.0 / 3), List.of(1.0), 1), NEURONS);
        tap.forward(pass, x);
        assertThat(tap.loss()).isCloseTo(0, within(1e-12));
    }

    @Test
    void shouldRefuseTargetsOfAnotherNumberOfNeurons() {
        assertThatThrownBy(() -> new FiringRateProbe(
                        "hidden", new RateConfig(Scope.NEURON, List.of(0.1, 0.2), List.of(1.0), 0), NEURONS))
                .isInstanceOf(ConfigException.class)
                .hasMessage("hidden.rates: expected one value or 4, found 2");
    }
}
