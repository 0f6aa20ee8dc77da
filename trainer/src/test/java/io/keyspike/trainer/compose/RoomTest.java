package io.keyspike.trainer.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.trainer.common.SplitMix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomTest {
    private static final int RATE_HZ = 16_000;

    private static double energy(float[] taps, int from) {
        double energy = 0;
        for (int i = from; i < taps.length; i++) {
            energy += (double) taps[i] * taps[i];
        }
        return energy;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.9})
    void shouldDecayBySixtyDecibelsInT60(double t60) {
        float[] taps = Room.simulated(t60, -6, RATE_HZ, new SplitMix(3));
        // What is left of the reverberation falls in a line; between 40 and 240 thousandths there are no early
        // reflections.
        double early = energy(taps, (int) (Math.max(0.035, 0.2 * t60) * RATE_HZ));
        double late = energy(taps, (int) ((Math.max(0.035, 0.2 * t60) + 0.4 * t60) * RATE_HZ));
        assertThat(10 * Math.log10(late / early)).isCloseTo(-0.4 * 60, within(1.5));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-6, 0, 12})
    void shouldBeginWithTheDirectSoundAtItsLevelAndHaveTheEnergyOne(double directDb) {
        for (int seed = 0; seed < 20; seed++) {
            float[] taps = Room.simulated(0.4, directDb, RATE_HZ, new SplitMix(seed));
            assertThat(energy(taps, 0)).isCloseTo(1, within(1e-5));
            // Reverberation without the early reflections, which lie in the first 30 ms.
            assertThat(taps[0]).isPositive();
            double late = energy(taps, (int) (0.03 * RATE_HZ));
            assertThat(10 * Math.log10(taps[0] * taps[0] / late)).isGreaterThan(directDb);
        }
    }

    @Test
    void shouldBeginAMeasuredRoomWithItsLoudestSample() {
        short[] response = new short[3 * RATE_HZ];
        response[100] = 500;
        response[250] = -20_000;
        response[600] = 10_000;
        response[250 + RATE_HZ] = 15_000;
        float[] taps = Room.measured(response, RATE_HZ);
        assertThat(taps).hasSize(RATE_HZ);
        assertThat(energy(taps, 0)).isCloseTo(1, within(1e-6));
        assertThat(taps[350] / taps[0]).isCloseTo(-0.5f, within(1e-6f));
        assertThat(energy(taps, 351)).isZero();
    }

    @Test
    void shouldTakeSilenceForNoRoom() {
        float[] taps = Room.measured(new short[50], RATE_HZ);
        assertThat(taps[0]).isEqualTo(1);
        assertThat(energy(taps, 1)).isZero();
    }
}
