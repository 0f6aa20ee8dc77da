package io.keyspike.models.description;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChipPowerTest {

    private static final double SPIKES_PER_SECOND = 125 * (64 * 0.494 + 2 * 0.177);

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.5, 1})
    void shouldGiveTheExampleOfTheSourceWithEveryAdmissiblePair(double staticShare) {
        ChipPower power = ChipPower.H1_EXAMPLE.constants("h1", staticShare);
        double watts = power.watts(66, SPIKES_PER_SECOND, 1e6);
        assertThat(watts * 1e6).isCloseTo(0.016, withPercentage(0.2));
        assertThat(watts * 125 * 0.008 * 1e9).isCloseTo(15.969, withPercentage(0.2));
    }

    @Test
    void shouldBoundWhatTheAdmissiblePairsGive() {
        double least = ChipPower.H1_EXAMPLE.least(256, 2_000);
        double most = ChipPower.H1_EXAMPLE.most(256, 2_000);
        assertThat(least).isLessThan(most);
        for (int i = 0; i <= 10; i++) {
            assertThat(ChipPower.H1_EXAMPLE.constants("h1", i / 10.0).watts(256, 2_000, 0))
                    .isBetween(least * (1 - 1e-12), most * (1 + 1e-12));
        }
        assertThat(ChipPower.H1_EXAMPLE.least(66, SPIKES_PER_SECOND))
                .isCloseTo(ChipPower.H1_EXAMPLE.most(66, SPIKES_PER_SECOND), withPercentage(1e-9));
    }

    @Test
    void shouldAddWhatSynapticOperationsDraw() {
        assertThat(new ChipPower("x", 1, 2, 3).watts(10, 20, 30)).isEqualTo(10 + 40 + 90);
    }

    @Test
    void shouldRefuseWhatIsNoPower() {
        assertThatThrownBy(() -> new ChipPower("x", -1, 0, 0)).hasMessageContaining("found -1.0 W per neuron");
        assertThatThrownBy(() -> ChipPower.H1_EXAMPLE.constants("x", 1.5)).hasMessageContaining("found 1.5");
        assertThatThrownBy(() -> new ChipPower.Calibration(0, 1, 1)).hasMessageContaining("found 0, 1.0 and 1.0");
    }
}
