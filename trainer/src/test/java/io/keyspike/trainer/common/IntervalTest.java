package io.keyspike.trainer.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntervalTest {

    @Test
    void shouldGiveWilsonsInterval() {
        // 499 of 563, from the recipes' table: [85.7, 91.0] %.
        Interval interval = Interval.wilson95(499, 563);
        assertThat(interval.low()).isCloseTo(0.857, within(0.0005));
        assertThat(interval.high()).isCloseTo(0.910, within(0.0005));
    }

    @Test
    void shouldStayWithinZeroAndOne() {
        assertThat(Interval.wilson95(0, 10).low()).isZero();
        assertThat(Interval.wilson95(10, 10).high()).isCloseTo(1, within(1e-12));
        assertThat(Interval.wilson95(0, 0)).isEqualTo(new Interval(0, 1));
    }

    @Test
    void shouldRefuseMoreHitsThanTrials() {
        assertThatThrownBy(() -> Interval.wilson95(3, 2))
                .hasMessage("interval: expected 0 <= correct <= total, found 3 of 2");
    }
}
