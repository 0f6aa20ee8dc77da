package io.keyspike.models.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightGridTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void shouldRoundToTheNearestCodeWithinTheLimit(int bits) {
        var grid = new WeightGrid(bits, 0.9f);
        var r = new Random(bits);
        for (int i = 0; i < 1_000; i++) {
            float weight = (float) (2.5 * r.nextDouble() - 1.25);
            float stored = grid.nearest(weight);
            assertThat(grid.holds(stored)).isTrue();
            assertThat(Math.abs(stored)).isLessThanOrEqualTo(0.9f);
            float within = Math.clamp(weight, -grid.weight(grid.mostCode()), grid.weight(grid.mostCode()));
            assertThat(Math.abs(stored - within)).isLessThanOrEqualTo(grid.step() * 0.500001f);
        }
    }

    @Test
    void shouldUseNearlyTheWholeRange() {
        var grid = new WeightGrid(5, 0.9f);
        assertThat(grid.mostCode()).isEqualTo(15);
        assertThat(grid.weight(15)).isBetween(0.9f * 0.98f, 0.9f);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 8})
    void shouldAddExactlyInWhateverOrder(int bits) {
        var grid = new WeightGrid(bits, 1.66f);
        var r = new Random(1);
        int inputs = Math.min(grid.mostInputs(), 2_000);
        float ascending = 0;
        int codes = 0;
        for (int i = 0; i < inputs; i++) {
            int code = r.nextInt(2 * grid.mostCode() + 1) - grid.mostCode();
            ascending += grid.weight(code);
            codes += code;
        }
        assertThat(ascending).isEqualTo(codes * grid.step());
        assertThat((double) ascending).isEqualTo(codes * (double) grid.step());
    }

    @Test
    void shouldRefuseWhatIsNoGrid() {
        assertThatThrownBy(() -> new WeightGrid(9, 0.9f))
                .hasMessageContaining("2 to 8 bits")
                .hasMessageContaining("9");
        assertThatThrownBy(() -> new WeightGrid(5, Float.NaN)).hasMessageContaining("NaN");
    }
}
