package io.keyspike.models.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DecibelBoundsTest {

    @Test
    void shouldHoldEveryLevelBetweenBoundsHalfADecibelApart() {
        var random = new Random(1);
        var state = new DecisionState(1, 0, 1f, null, null);
        for (int i = 0; i < 200_000; i++) {
            state.level = (float) StrictMath.pow(10, -7 * random.nextDouble());
            check(state, true);
        }
        for (float level = 1; level > 1e-8; level /= 2) {
            for (float near : new float[] {Math.nextDown(level), level, Math.nextUp(level)}) {
                state.level = near;
                check(state, true);
            }
        }
        state.level = 0;
        check(state, false);
    }

    private static void check(DecisionState state, boolean near) {
        float least = DecibelBounds.atLeast(state.level);
        float most = DecibelBounds.atMost(state.level);

        assertThat(state.levelDb()).isBetween(least, most);
        if (near && state.level > 2e-6f) {
            assertThat(most - least).isLessThan(0.55f);
        }
    }
}
