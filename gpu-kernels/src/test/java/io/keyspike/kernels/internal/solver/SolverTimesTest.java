package io.keyspike.kernels.internal.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Solver;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SolverTimesTest {

    private static final SolverTimes TIMES = SolverTimes.parse(List.of(
            "# backend,threads,forgetting,tauSteps,lanes,steps,scan,blocks,convolution",
            "vector,1,leak,5,16,1000,10,8,100",
            "vector,1,leak,100,16,1000,10,80,100",
            "vector,1,leak,Infinity,16,1000,10,90,",
            "vector,1,zero,Infinity,16,1000,10,7,",
            "vector,1,leak,5,256,1000,100,120,900",
            "vector,4,leak,5,256,1000,100,60,900",
            "vector,1,floor,5,4,4000,100,60,50"));

    @Test
    void shouldTakeTheFastestOfTheNearestPoint() {
        assertThat(choose("vector", 1, 1000, 20, 6, Reset.SUBTRACT, Float.NEGATIVE_INFINITY))
                .isEqualTo(Solver.BLOCKS);
        assertThat(choose("vector", 1, 1000, 20, 60, Reset.SUBTRACT, Float.NEGATIVE_INFINITY))
                .isEqualTo(Solver.SCAN);
        assertThat(choose("vector", 1, 1000, 20, Double.POSITIVE_INFINITY, Reset.NONE, Float.NEGATIVE_INFINITY))
                .isEqualTo(Solver.SCAN);
        assertThat(choose("vector", 1, 1000, 20, Double.POSITIVE_INFINITY, Reset.ZERO, 0f))
                .isEqualTo(Solver.BLOCKS);
        assertThat(choose("vector", 1, 1000, 200, 5, Reset.SUBTRACT, Float.NEGATIVE_INFINITY))
                .isEqualTo(Solver.SCAN);
        assertThat(choose("vector", 8, 1000, 200, 5, Reset.SUBTRACT, Float.NEGATIVE_INFINITY))
                .isEqualTo(Solver.BLOCKS);
        assertThat(choose("vector", 1, 3000, 3, 5, Reset.SUBTRACT, 0f)).isEqualTo(Solver.CONVOLUTION);
    }

    @Test
    void shouldScanWhereNothingWasMeasured() {
        assertThat(choose("other", 1, 1000, 16, 5, Reset.SUBTRACT, 0f)).isEqualTo(Solver.SCAN);
        assertThat(choose("vector", 4, 1000, 5000, 5, Reset.SUBTRACT, 0f)).isEqualTo(Solver.SCAN);
        assertThat(choose("vector", 1, 0, 16, 5, Reset.SUBTRACT, 0f)).isEqualTo(Solver.SCAN);
    }

    @Test
    void shouldReadTheMeasurementsThatComeWithIt() {
        LifParameters manyNeurons = parameters(1000, 20, Reset.SUBTRACT, 0f);
        assertThat(SolverTimes.measured().fastest("vector", 2, new SequenceShape(100, 128, 1000), manyNeurons))
                .isEqualTo(Solver.SCAN);
        LifParameters forgetful = parameters(16, 5, Reset.ZERO, Float.NEGATIVE_INFINITY);
        assertThat(SolverTimes.measured().fastest("vector", 1, new SequenceShape(4_000, 1, 16), forgetful))
                .isEqualTo(Solver.BLOCKS);
    }

    @Test
    void shouldRefuseALineWithTooFewValues() {
        assertThatThrownBy(() -> SolverTimes.parse(List.of("vector,1,leak")))
                .hasMessage("solver times: expected 9 values in a line, found 3: vector,1,leak");
    }

    private static Solver choose(
            String backend, int threads, int steps, int lanes, double tauSteps, Reset reset, float floor) {
        return TIMES.fastest(
                backend, threads, new SequenceShape(steps, 1, lanes), parameters(lanes, tauSteps, reset, floor));
    }

    private static LifParameters parameters(int neurons, double tauSteps, Reset reset, float floor) {
        float[] decay = new float[neurons];
        Arrays.fill(decay, 0.1f);
        decay[neurons - 1] = (float) Math.exp(-1 / tauSteps);
        return new LifParameters(decay, new float[neurons], reset, floor);
    }
}
