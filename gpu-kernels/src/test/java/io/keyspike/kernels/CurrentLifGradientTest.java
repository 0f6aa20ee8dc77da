package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The backward pass of LIF driven by synaptic currents against tangents in double precision, as {@link GradientTest}. */
class CurrentLifGradientTest {

    private static final SequenceShape SHAPE = new SequenceShape(14, 2, 4);
    private static final Surrogate SURROGATE = Surrogate.fastSigmoid(2f);
    private static final double TOLERANCE = 5e-5;

    private final Random random = new Random(23);

    static Stream<Arguments> cases() {
        return Stream.of(Reset.values())
                .flatMap(reset -> Stream.of(true, false)
                        .flatMap(detached -> Stream.of(0, 1, 3)
                                .flatMap(s -> Stream.of(1, 8)
                                        .flatMap(m -> Stream.of(
                                                        CurrentLifRule.PLAIN, new CurrentLifRule(true, -0.15f, 0.05f))
                                                .map(rule -> Arguments.of(reset, detached, s, m, rule))))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldGiveTheGradientsOfTheEquations(
            Reset reset, boolean detached, int synapses, int maximum, CurrentLifRule rule) {
        int n = SHAPE.neurons();
        var parameters = new CurrentLifParameters(
                synapses,
                between(synapses * n, 0.3f, 0.7f),
                between(n, 0.5f, 0.8f),
                between(n, 0.3f, 0.6f),
                reset,
                -0.3f,
                maximum,
                rule);
        float reach = rule.normalised() ? 3f : 1f;
        float[] x = between(SHAPE.rows() * parameters.inputs(), -0.7f * reach, reach);
        float[] cS = between(SHAPE.size(), -1f, 1f);
        float[] cP = between(SHAPE.size(), -1f, 1f);
        CurrentLifSequence sequence = CurrentLifSequence.of(SHAPE, parameters);
        float[] gx = new float[x.length];
        float[] gAlpha = new float[synapses * n];
        float[] gBeta = new float[n];
        float[] gTheta = new float[n];
        KernelBackend kernels = Backends.named("scalar", 1);
        kernels.currentLif(SHAPE, parameters, x, sequence);
        kernels.currentLifBackward(
                SHAPE,
                parameters,
                x,
                sequence,
                new CurrentLifAdjoint(SURROGATE, detached, cS, cP, gx, new CurrentLifGradients(gAlpha, gBeta, gTheta)));

        assertThat(sequence.spikes()).contains(0f).contains(1f);
        Loss loss = (dx, da, db, dt) -> tangent(parameters, x, detached, cS, cP, dx, da, db, dt);
        assertGradient("input", gx, i -> loss.along(i, -1, -1, -1));
        if (synapses > 0) {
            assertGradient("synapse decay", gAlpha, i -> loss.along(-1, i, -1, -1));
        }
        assertGradient("decay", gBeta, i -> loss.along(-1, -1, i, -1));
        assertGradient("threshold", gTheta, i -> loss.along(-1, -1, -1, i));
    }

    /** The loss's derivative along one input or one parameter. */
    private interface Loss {
        double along(int input, int synapseDecay, int decay, int threshold);
    }

    private static double tangent(
            CurrentLifParameters parameters,
            float[] x,
            boolean detached,
            float[] cS,
            float[] cP,
            int input,
            int synapseDecay,
            int decay,
            int threshold) {
        int neurons = SHAPE.neurons();
        int synapses = parameters.synapses();
        double derivative = 0;
        for (int lane = 0; lane < SHAPE.lanes(); lane++) {
            int n = lane % neurons;
            double theta = parameters.threshold()[n];
            double beta = parameters.decay()[n];
            double dTheta = n == threshold ? 1 : 0;
            double dBeta = n == decay ? 1 : 0;
            double[] i = new double[synapses];
            double[] di = new double[synapses];
            double v = 0;
            double dv = 0;
            for (int t = 0; t < SHAPE.steps(); t++) {
                int at = t * SHAPE.lanes() + lane;
                int row = t * SHAPE.batch() + lane / neurons;
                double current = synapses == 0 ? x[at] : 0;
                double dCurrent = synapses == 0 && at == input ? 1 : 0;
                for (int s = 0; s < synapses; s++) {
                    int from = (row * synapses + s) * neurons + n;
                    double alpha = parameters.synapseDecay()[s * neurons + n];
                    double sum = i[s] + x[from];
                    di[s] = alpha * (di[s] + (from == input ? 1 : 0)) + (s * neurons + n == synapseDecay ? sum : 0);
                    i[s] = alpha * sum;
                    current += i[s];
                    dCurrent += di[s];
                }
                CurrentLifRule rule = parameters.rule();
                double gain = rule.normalised() ? 1 - beta : 1;
                double p = beta * v + gain * current;
                double dp = dBeta * v + beta * dv + gain * dCurrent - (rule.normalised() ? dBeta * current : 0);
                double k = p > 0 ? Math.min(parameters.maximumSpikes(), Math.floor(p / theta)) : 0;
                double d = SURROGATE.slope() * Math.abs(p - theta) + 1;
                double dk = (dp - dTheta) / (d * d);
                double throughReset = detached ? 0 : dk;
                v = switch (parameters.reset()) {
                    case SUBTRACT -> p - k * theta;
                    case ZERO -> k > 0 ? rule.resetLevel() : p + rule.stepOffset();
                    case NONE -> p;
                };
                dv = switch (parameters.reset()) {
                    case SUBTRACT -> dp - dTheta * k - theta * throughReset;
                    case ZERO -> (k > 0 ? 0 : dp) - (p - (rule.resetLevel() - rule.stepOffset())) * throughReset;
                    case NONE -> dp;
                };
                if (v <= parameters.floor()) {
                    v = parameters.floor();
                    dv = 0;
                }
                derivative += cS[at] * dk + cP[at] * dp;
            }
        }
        return derivative;
    }

    private static void assertGradient(String what, float[] actual, IntToDoubleFunction expected) {
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs(expected.applyAsDouble(i)));
        }
        assertThat(largest).as(what).isPositive();
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("gradient of %s %d", what, i)
                    .isCloseTo(expected.applyAsDouble(i), Offset.offset(TOLERANCE * largest));
        }
    }

    private float[] between(int length, float low, float high) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }
}
