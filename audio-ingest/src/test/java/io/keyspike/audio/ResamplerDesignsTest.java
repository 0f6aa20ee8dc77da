package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResamplerDesignsTest {

    @Test
    void shouldDesignEachFilterOnce() {
        assertThat(ResamplerDesigns.of(160, 146, 0.17)).isSameAs(ResamplerDesigns.of(160, 146, 0.17));
        assertThat(ResamplerDesigns.of(160, 146, 0.16)).isNotSameAs(ResamplerDesigns.of(160, 146, 0.17));
    }

    @Test
    void shouldKeepOnlySoManyCoefficientsHoweverManyRatesAreAsked() {
        IntStream.range(0, 40).parallel().forEach(i -> ResamplerDesigns.of(8_001 + i, 20, 0.45));
        assertThat(ResamplerDesigns.kept()).isLessThanOrEqualTo(1L << 21);
    }
}
