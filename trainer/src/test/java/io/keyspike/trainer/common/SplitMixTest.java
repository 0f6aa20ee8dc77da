package io.keyspike.trainer.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitMixTest {

    @Test
    void shouldMatchThePublishedFinaliserOfSplitMix64() {
        // First output of SplitMix64 with state 0 (Vigna's splitmix64.c): mix(golden gamma).
        assertThat(SplitMix.mix(0x9E3779B97F4A7C15L)).isEqualTo(0xE220A8397B1DCDAFL);
    }

    @Test
    void shouldDrawTheSameForTheSameKeysAndOtherwiseForOthers() {
        assertThat(new SplitMix(1, 2, 3).nextLong()).isEqualTo(new SplitMix(1, 2, 3).nextLong());
        assertThat(new SplitMix(1, 2, 3).nextLong()).isNotEqualTo(new SplitMix(1, 3, 2).nextLong());
        assertThat(new SplitMix(1).nextLong()).isNotEqualTo(new SplitMix(1, 0).nextLong());
    }

    @Test
    void shouldGiveNumbersAheadAsTheyWillCome() {
        var random = new SplitMix(3, 5);
        long[] ahead = new long[150];
        long[] one = new long[1];
        random.ahead(7, ahead);
        for (int i = 0; i < 7; i++) {
            random.nextLong();
        }
        for (int i = 0; i < ahead.length; i++) {
            random.ahead(i, one);
            assertThat(one[0]).isEqualTo(ahead[i]);
        }
        for (long each : ahead) {
            assertThat(random.nextLong()).isEqualTo(each);
        }
    }

    @Test
    void shouldShuffleWithoutLosingAnything() {
        int[] order = new SplitMix(7).permutation(1_000);
        assertThat(order).isNotEqualTo(IntStream.range(0, 1_000).toArray());
        Arrays.sort(order);
        assertThat(order).isEqualTo(IntStream.range(0, 1_000).toArray());
    }

    @Test
    void shouldDrawNormalNumbersWithMeanZeroAndDeviationOne() {
        var random = new SplitMix(11);
        double sum = 0;
        double squares = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            double g = random.nextGaussian();
            sum += g;
            squares += g * g;
        }
        assertThat(sum / n).isBetween(-0.02, 0.02);
        assertThat(squares / n).isBetween(0.98, 1.02);
    }
}
