package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Backward passes against tangents: the equations of the forward pass in double precision, each value with its derivative in
 * one direction, a spike's being the surrogate's times that of its membrane. Independent of the reverse pass in every line.
 */
class GradientTest {

    private static final SequenceShape SHAPE = new SequenceShape(14, 3, 4);
    private static final Surrogate SURROGATE = Surrogate.fastSigmoid(2f);
    private static final KernelBackend KERNELS = Backends.named("scalar", 1);
    private static final double TOLERANCE = 2e-5;

    private final Random random = new Random(11);

    static Stream<Arguments> lifCases() {
        return Stream.of(Reset.values())
                .flatMap(reset -> Stream.of(true, false).map(detached -> Arguments.of(reset, detached)));
    }

    @ParameterizedTest
    @MethodSource("lifCases")
    void shouldPassGradientsOfLifOnlyAboveTheFloor(Reset reset, boolean detached) {
        float[] decay = between(SHAPE.neurons(), 0.6f, 0.95f);
        float[] threshold = between(SHAPE.neurons(), 0.4f, 0.8f);
        float[] current = between(SHAPE.size(), -0.8f, 1.2f);
        float[] cS = between(SHAPE.size(), -1f, 1f);
        float[] cP = between(SHAPE.size(), -1f, 1f);
        float[] cU = between(SHAPE.size(), -1f, 1f);
        var parameters = new LifParameters(decay, threshold, reset, 0f);
        float[] membrane = new float[SHAPE.size()];
        float[] gI = new float[SHAPE.size()];
        float[] gBeta = new float[SHAPE.neurons()];
        float[] gTheta = new float[SHAPE.neurons()];
        KERNELS.lif(SHAPE, parameters, current, membrane, new float[SHAPE.size()]);
        KERNELS.lifBackward(new LifBackward(
                SHAPE,
                parameters,
                SURROGATE,
                detached,
                Membranes.around(membrane),
                new LifBackward.Given(cS, false, cP, cU),
                new LifBackward.Wanted(gI, gBeta, gTheta)));

        LifLoss loss = (dI, dBeta, dTheta) ->
                lifTangent(decay, threshold, current, reset, detached, cS, cP, cU, dI, dBeta, dTheta);
        assertGradient("current", gI, i -> loss.along(i, -1, -1));
        assertGradient("decay", gBeta, n -> loss.along(-1, n, -1));
        assertGradient("threshold", gTheta, n -> loss.along(-1, -1, n));
    }

    /** The loss's derivative along one current, one decay or one threshold. */
    private interface LifLoss {
        double along(int current, int decay, int threshold);
    }

    private static double lifTangent(
            float[] decay,
            float[] threshold,
            float[] current,
            Reset reset,
            boolean detached,
            float[] cS,
            float[] cP,
            float[] cU,
            int currentIndex,
            int decayIndex,
            int thresholdIndex) {
        double derivative = 0;
        for (int lane = 0; lane < SHAPE.lanes(); lane++) {
            int n = lane % SHAPE.neurons();
            double dTheta = n == thresholdIndex ? 1 : 0;
            double dBeta = n == decayIndex ? 1 : 0;
            double u = 0;
            double du = 0;
            for (int t = 0; t < SHAPE.steps(); t++) {
                int at = t * SHAPE.lanes() + lane;
                double p = decay[n] * u + current[at];
                double dp = decay[n] * du + dBeta * u + (at == currentIndex ? 1 : 0);
                double s = p > threshold[n] ? 1 : 0;
                double ds = surrogate(p - threshold[n]) * (dp - dTheta);
                double throughReset = detached ? 0 : ds;
                u = switch (reset) {
                    case SUBTRACT -> p - threshold[n] * s;
                    case ZERO -> p * (1 - s);
                    case NONE -> p;
                };
                du = switch (reset) {
                    case SUBTRACT -> dp - dTheta * s - threshold[n] * throughReset;
                    case ZERO -> dp * (1 - s) - p * throughReset;
                    case NONE -> dp;
                };
                if (u <= 0) {
                    u = 0;
                    du = 0;
                }
                derivative += cS[at] * ds + cP[at] * dp + cU[at] * du;
            }
        }
        return derivative;
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldGiveTheGradientsOfAdaptiveLif(boolean detached) {
        int neurons = SHAPE.neurons();
        var parameters = new AdaptiveLifParameters(
                between(neurons, 0.3f, 0.8f),
                between(neurons, 0.7f, 0.95f),
                between(neurons, 0f, 0.3f),
                between(neurons, 0f, 0.5f),
                between(neurons, 0.6f, 1f));
        float[] current = between(SHAPE.size(), -0.6f, 1.6f);
        float[] cS = between(SHAPE.size(), -1f, 1f);
        float[] membrane = new float[SHAPE.size()];
        float[] adaptation = new float[SHAPE.size()];
        float[] spikes = new float[SHAPE.size()];
        float[] gI = new float[SHAPE.size()];
        AdaptiveLifParameters gradient = AdaptiveLifParameters.zeros(neurons);
        KERNELS.adaptiveLif(SHAPE, parameters, current, membrane, adaptation, spikes);
        KERNELS.adaptiveLifBackward(new AdaptiveLifBackward(
                SHAPE, parameters, SURROGATE, detached, membrane, adaptation, cS, gI, gradient));

        assertThat(spikes).contains(1f).contains(0f);
        assertGradient("current", gI, i -> adaptiveTangent(parameters, current, detached, cS, i, -1, -1));
        assertGradient(
                "a", gradient.membraneDecay(), n -> adaptiveTangent(parameters, current, detached, cS, -1, 0, n));
        assertGradient(
                "b", gradient.adaptationDecay(), n -> adaptiveTangent(parameters, current, detached, cS, -1, 1, n));
        assertGradient(
                "p", gradient.membraneCoupling(), n -> adaptiveTangent(parameters, current, detached, cS, -1, 2, n));
        assertGradient(
                "q", gradient.spikeCoupling(), n -> adaptiveTangent(parameters, current, detached, cS, -1, 3, n));
        assertThat(gradient.threshold()).containsOnly(0f);
    }

    private static double adaptiveTangent(
            AdaptiveLifParameters parameters,
            float[] current,
            boolean detached,
            float[] cS,
            int currentIndex,
            int parameter,
            int neuron) {
        double derivative = 0;
        for (int lane = 0; lane < SHAPE.lanes(); lane++) {
            int n = lane % SHAPE.neurons();
            double a = parameters.membraneDecay()[n];
            double b = parameters.adaptationDecay()[n];
            double p = parameters.membraneCoupling()[n];
            double q = parameters.spikeCoupling()[n];
            double theta = parameters.threshold()[n];
            double da = parameter == 0 && n == neuron ? 1 : 0;
            double db = parameter == 1 && n == neuron ? 1 : 0;
            double dp = parameter == 2 && n == neuron ? 1 : 0;
            double dq = parameter == 3 && n == neuron ? 1 : 0;
            double u = 0;
            double w = 0;
            double s = 0;
            double du = 0;
            double dw = 0;
            double ds = 0;
            for (int t = 0; t < SHAPE.steps(); t++) {
                int at = t * SHAPE.lanes() + lane;
                double wNext = b * w + p * u + q * s;
                double dwNext = db * w + b * dw + dp * u + p * du + dq * s + q * ds;
                double v = u - theta * s;
                double dv = du - (detached ? 0 : theta * ds);
                u = a * v + current[at] - (1 - a) * wNext;
                du = da * v + a * dv + (at == currentIndex ? 1 : 0) + da * wNext - (1 - a) * dwNext;
                w = wNext;
                dw = dwNext;
                s = u >= theta ? 1 : 0;
                ds = surrogate(u - theta) * du;
                derivative += cS[at] * ds;
            }
        }
        return derivative;
    }

    @Test
    void shouldGiveTheGradientsOfTheLeakyIntegrator() {
        float[] decay = between(SHAPE.neurons(), 0.5f, 0.95f);
        float[] current = between(SHAPE.size(), -1f, 1f);
        float[] c = between(SHAPE.size(), -1f, 1f);
        float[] output = new float[SHAPE.size()];
        float[] gI = new float[SHAPE.size()];
        float[] gDecay = new float[SHAPE.neurons()];
        KERNELS.leakyIntegrator(SHAPE, decay, current, output);
        KERNELS.leakyIntegratorBackward(SHAPE, decay, output, current, c, gI, gDecay);

        assertGradient("current", gI, i -> integratorTangent(decay, current, c, i, -1));
        assertGradient("decay", gDecay, n -> integratorTangent(decay, current, c, -1, n));
    }

    private static double integratorTangent(float[] decay, float[] current, float[] c, int currentIndex, int neuron) {
        double derivative = 0;
        for (int lane = 0; lane < SHAPE.lanes(); lane++) {
            int n = lane % SHAPE.neurons();
            double y = 0;
            double dy = 0;
            for (int t = 0; t < SHAPE.steps(); t++) {
                int at = t * SHAPE.lanes() + lane;
                double dDecay = n == neuron ? 1 : 0;
                dy = dDecay * y + decay[n] * dy - dDecay * current[at] + (1 - decay[n]) * (at == currentIndex ? 1 : 0);
                y = decay[n] * y + (1 - decay[n]) * current[at];
                derivative += c[at] * dy;
            }
        }
        return derivative;
    }

    @Test
    void shouldGiveTheGradientsOfBatchNormalisation() {
        int rows = 150; // more than one block of the sums
        int neurons = 3;
        float[] x = between(rows * neurons, -2f, 3f);
        float[] gain = between(neurons, 0.5f, 1.5f);
        float[] shift = between(neurons, -1f, 1f);
        float[] dy = between(rows * neurons, -1f, 1f);
        float[] mean = new float[neurons];
        float[] variance = new float[neurons];
        float[] y = new float[rows * neurons];
        KERNELS.batchNorm(new BatchNorm(rows, neurons, gain, 1e-5f, mean, variance), x, shift, y);
        float[] dx = new float[rows * neurons];
        float[] gGain = new float[neurons];
        float[] gShift = new float[neurons];
        KERNELS.batchNormBackward(new BatchNorm(rows, neurons, gain, 1e-5f, mean, variance), x, dy, dx, gGain, gShift);

        double[] exact = normalised(rows, neurons, doubles(x), doubles(gain), doubles(shift));
        for (int i = 0; i < y.length; i++) {
            assertThat((double) y[i]).isCloseTo(exact[i], Offset.offset(1e-5));
        }
        double h = 1e-4;
        assertGradient(
                "x",
                dx,
                i -> difference(h, e -> {
                    double[] moved = doubles(x);
                    moved[i] += e;
                    return dot(dy, normalised(rows, neurons, moved, doubles(gain), doubles(shift)));
                }));
        assertGradient(
                "gain",
                gGain,
                n -> difference(h, e -> {
                    double[] moved = doubles(gain);
                    moved[n] += e;
                    return dot(dy, normalised(rows, neurons, doubles(x), moved, doubles(shift)));
                }));
        assertGradient(
                "shift",
                gShift,
                n -> difference(h, e -> {
                    double[] moved = doubles(shift);
                    moved[n] += e;
                    return dot(dy, normalised(rows, neurons, doubles(x), doubles(gain), moved));
                }));
    }

    private static double[] normalised(int rows, int neurons, double[] x, double[] gain, double[] shift) {
        double[] y = new double[rows * neurons];
        for (int n = 0; n < neurons; n++) {
            double mean = 0;
            double square = 0;
            for (int r = 0; r < rows; r++) {
                mean += x[r * neurons + n] / rows;
                square += x[r * neurons + n] * x[r * neurons + n] / rows;
            }
            double deviation = Math.sqrt(square - mean * mean + 1e-5);
            for (int r = 0; r < rows; r++) {
                y[r * neurons + n] = gain[n] * (x[r * neurons + n] - mean) / deviation + shift[n];
            }
        }
        return y;
    }

    private static double difference(double h, java.util.function.DoubleUnaryOperator f) {
        return (f.applyAsDouble(h) - f.applyAsDouble(-h)) / (2 * h);
    }

    private static double dot(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < b.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static double surrogate(double x) {
        double d = SURROGATE.slope() * Math.abs(x) + 1;
        return 1 / (d * d);
    }

    private static void assertGradient(String what, float[] actual, IntToDoubleFunction expected) {
        double largest = 0;
        double[] values = new double[actual.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = expected.applyAsDouble(i);
            largest = Math.max(largest, Math.abs(values[i]));
        }
        assertThat(largest).as(what).isPositive();
        for (int i = 0; i < values.length; i++) {
            assertThat((double) actual[i])
                    .as("gradient of %s %d", what, i)
                    .isCloseTo(values[i], Offset.offset(TOLERANCE * largest));
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
