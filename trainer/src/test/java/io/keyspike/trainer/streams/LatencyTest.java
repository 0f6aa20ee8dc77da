package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyTest {
    @Test
    void shouldTakeTheMiddleAndTheLastTwentieth() {
        List<Double> hundred =
                IntStream.range(0, 100).mapToObj(i -> (99 - i) / 100.0).toList();
        assertThat(Latency.of(hundred)).isEqualTo(new Latency(100, 0.5, 0.95));
        assertThat(Latency.of(List.of(0.2))).isEqualTo(new Latency(1, 0.2, 0.2));
    }

    @Test
    void shouldHaveNoneWithoutHits() {
        assertThat(Latency.of(List.of())).isEqualTo(new Latency(0, null, null));
    }
}
