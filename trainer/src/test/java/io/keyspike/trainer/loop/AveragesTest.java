package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AveragesTest {

    @Test
    void shouldFollowTheWeightsSlowlyInTheEndAndFasterInTheBeginning() {
        float[] weights = {1, -3};
        var averages = new Averages(0.9, List.of(weights));
        double[] expected = {1, -3};
        for (int batch = 1; batch <= 300; batch++) {
            weights[0] = batch % 7;
            weights[1] = -batch;
            averages.add(batch);
            double kept = Math.min(0.9, batch / (batch + 10.0));
            for (int i = 0; i < 2; i++) {
                expected[i] = kept * expected[i] + (1 - kept) * weights[i];
                assertThat((double) averages.values().getFirst()[i])
                        .isCloseTo(expected[i], within(1e-4 * Math.max(1, Math.abs(expected[i]))));
            }
        }
        // After the first batch, ten elevenths are the new weights.
        float[] one = {0};
        var first = new Averages(0.999, List.of(one));
        one[0] = 11;
        first.add(1);
        assertThat(first.values().getFirst()[0]).isCloseTo(10, within(1e-5f));
    }

    @Test
    void shouldExchangeWeightsAndAveragesAndBack() {
        float[] a = {1, 2};
        float[] b = {3};
        var averages = new Averages(0.5, List.of(a, b));
        assertThat(averages.values().get(0)).isNotSameAs(a).containsExactly(1, 2);
        a[0] = 5;
        b[0] = 7;
        averages.swap();
        assertThat(a).containsExactly(1, 2);
        assertThat(b).containsExactly(3);
        assertThat(averages.values().get(0)).containsExactly(5, 2);
        assertThat(averages.values().get(1)).containsExactly(7);
        averages.swap();
        assertThat(a).containsExactly(5, 2);
        assertThat(b).containsExactly(7);
    }

    @Test
    void shouldGoOnFromWhatACheckpointKept() {
        float[] whole = new float[20];
        float[] resumed = new float[20];
        var uninterrupted = new Averages(0.99, List.of(whole));
        var before = new Averages(0.99, List.of(resumed));
        for (int batch = 1; batch <= 20; batch++) {
            Arrays.fill(whole, batch * 0.37f);
            uninterrupted.add(batch);
        }
        for (int batch = 1; batch <= 12; batch++) {
            Arrays.fill(resumed, batch * 0.37f);
            before.add(batch);
        }
        var after = new Averages(0.99, List.of(resumed));
        System.arraycopy(before.values().getFirst(), 0, after.values().getFirst(), 0, 20);
        for (int batch = 13; batch <= 20; batch++) {
            Arrays.fill(resumed, batch * 0.37f);
            after.add(batch);
        }
        assertThat(after.values().getFirst()).isEqualTo(uninterrupted.values().getFirst());
    }
}
