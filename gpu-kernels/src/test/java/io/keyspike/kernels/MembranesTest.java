package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembranesTest {

    @ParameterizedTest
    @ValueSource(floats = {1f, 0.1f, -0.3f, 0f, 0.9999f, 1e-7f, 1.0005f})
    void shouldKeepAHalfOnItsSideOfTheThreshold(float threshold) {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            float p = i % 2 == 0
                    ? threshold + (random.nextFloat() - 0.5f) * 1e-3f
                    : threshold + (random.nextInt(9) - 4) * Math.ulp(threshold);
            float kept = Float.float16ToFloat(Membranes.half(p, threshold));
            assertThat(kept > threshold)
                    .as("%s at %s kept as %s", p, threshold, kept)
                    .isEqualTo(p > threshold);
            assertThat(Math.abs(kept - p)).isLessThanOrEqualTo(Math.max(Math.abs(p) * 1e-3f, 6e-8f));
        }
    }

    @Test
    void shouldHoldWhatIsBeyondTheRange() {
        assertThat(Float.float16ToFloat(Membranes.half(1e9f, 1f))).isEqualTo(65_504f);
        assertThat(Float.float16ToFloat(Membranes.half(-1e9f, 1f))).isEqualTo(-65_504f);
        assertThat(Float.float16ToFloat(Membranes.half(Float.NaN, 1f))).isNaN();
    }

    @Test
    void shouldNeedHalfTheRoomIn16Bits() {
        assertThat(Membranes.of(Membranes.Precision.FLOAT16, 10).halves).hasSize(10);
        assertThat(Membranes.of(Membranes.Precision.FLOAT16, 10).floats).isNull();
    }
}
