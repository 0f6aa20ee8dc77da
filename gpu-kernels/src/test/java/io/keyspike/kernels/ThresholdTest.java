package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens exactly at a threshold and at the floor, in vectors and in the lanes that fill none. */
class ThresholdTest {

    private static final int NEURONS = 21;
    private static final int WORDS = SpikeBits.wordsPerStep(NEURONS);

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldFireLifOnlyAboveTheThreshold(String name) {
        var parameters = new LifParameters(filled(0.5f), filled(1f), Reset.SUBTRACT, Float.NEGATIVE_INFINITY);
        float[] at = filled(1f);
        float[] above = filled(Math.nextUp(1f));

        assertThat(lifSpikes(name, parameters, at)).containsOnly(0f);
        assertThat(lifSpikes(name, parameters, above)).containsOnly(1f);
        StepKernels steps = Backends.stepsNamed(name);
        assertThat(steps.lif(parameters, at, new float[NEURONS], 0, new long[WORDS], 0, new int[NEURONS]))
                .isZero();
        assertThat(steps.lif(parameters, above, new float[NEURONS], 0, new long[WORDS], 0, new int[NEURONS]))
                .isEqualTo(NEURONS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldFireAdaptiveLifAtTheThreshold(String name) {
        AdaptiveLifParameters parameters = AdaptiveLifParameters.zeros(NEURONS);
        Arrays.fill(parameters.threshold(), 1f);
        float[] at = filled(1f);
        float[] below = filled(Math.nextDown(1f));

        assertThat(adaptiveSpikes(name, parameters, at)).containsOnly(1f);
        assertThat(adaptiveSpikes(name, parameters, below)).containsOnly(0f);
        StepKernels steps = Backends.stepsNamed(name);
        int[] fired = new int[NEURONS];
        assertThat(steps.adaptiveLif(parameters, at, new float[2 * NEURONS], 0, new long[WORDS], 0, fired))
                .isEqualTo(NEURONS);
        assertThat(steps.adaptiveLif(parameters, below, new float[2 * NEURONS], 0, new long[WORDS], 0, fired))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldHoldTheMembraneAtTheFloorAsPlusZero(String name) {
        var parameters = new LifParameters(filled(0.5f), filled(1f), Reset.ZERO, 0f);
        StepKernels steps = Backends.stepsNamed(name);
        float[] membrane = filled(0f);
        steps.lif(parameters, filled(-3f), membrane, 0, new long[WORDS], 0, new int[NEURONS]);
        assertThat(bits(membrane)).containsOnly(0);
        float[] minusZero = filled(-0f);
        steps.lif(parameters, filled(-0f), minusZero, 0, new long[WORDS], 0, new int[NEURONS]);
        assertThat(bits(minusZero)).containsOnly(0);

        SequenceShape shape = new SequenceShape(2, 1, NEURONS);
        float[] current = new float[shape.size()];
        Arrays.fill(current, 0, NEURONS, -3f);
        Arrays.fill(current, NEURONS, shape.size(), 0.25f);
        float[] p = new float[shape.size()];
        Backends.named(name, 1).lif(shape, parameters, current, p, new float[shape.size()]);
        assertThat(Arrays.copyOf(p, NEURONS)).containsOnly(-3f); // before the floor
        assertThat(Arrays.copyOfRange(p, NEURONS, shape.size())).containsOnly(0.25f); // started again from it
    }

    private static float[] lifSpikes(String name, LifParameters parameters, float[] current) {
        float[] spikes = new float[NEURONS];
        Backends.named(name, 1).lif(new SequenceShape(1, 1, NEURONS), parameters, current, new float[NEURONS], spikes);
        return spikes;
    }

    private static float[] adaptiveSpikes(String name, AdaptiveLifParameters parameters, float[] current) {
        float[] spikes = new float[NEURONS];
        Backends.named(name, 1)
                .adaptiveLif(
                        new SequenceShape(1, 1, NEURONS),
                        parameters,
                        current,
                        new float[NEURONS],
                        new float[NEURONS],
                        spikes);
        return spikes;
    }

    private static float[] filled(float value) {
        float[] values = new float[NEURONS];
        Arrays.fill(values, value);
        return values;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
