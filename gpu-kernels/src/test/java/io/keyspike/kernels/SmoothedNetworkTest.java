package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.DoubleLif.Spikes;
import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of a network of two LIF layers with learnable weights, time constants and thresholds, in two steps: the backward
 * equations in double precision equal finite differences of a network whose spikes are smooth, their derivative being the
 * surrogate; and the kernels, chained as a trainer chains them, give what the same equations give for spikes that are steps.
 */
class SmoothedNetworkTest {

    private static final int STEPS = 12;
    private static final int BATCH = 2;
    private static final int INPUTS = 3;
    private static final int HIDDEN = 4;
    private static final int OUTPUTS = 2;
    private static final double DT = 1e-3;
    private static final double DIFFERENCE = 1e-6;
    private static final double DIFFERENCES_TOLERANCE = 2e-6;
    private static final double DETACHED_TOLERANCE = 1e-4;
    private static final double ATTACHED_TOLERANCE = 1e-3;

    /** What is learnt and what is given; a float and a double network share the values, which floats hold exactly. */
    private static final class Values {
        final double[] x;
        final double[] w1;
        final double[] w2;
        final double[] tau1;
        final double[] tau2;
        final double[] theta1;
        final double[] theta2;
        final double[] onSpikes;
        final double[] onMembranes;

        /** @param scale of input and weights: with smooth spikes and a reset to zero, large membranes grow without end */
        Values(long seed, double scale) {
            var random = new Random(seed);
            x = between(random, STEPS * BATCH * INPUTS, -0.2 * scale, 1.5 * scale);
            w1 = between(random, INPUTS * HIDDEN, -0.3 * scale, scale);
            w2 = between(random, HIDDEN * OUTPUTS, -0.3 * scale, scale);
            tau1 = between(random, HIDDEN, 2e-3, 12e-3);
            tau2 = between(random, OUTPUTS, 2e-3, 12e-3);
            theta1 = between(random, HIDDEN, 0.5, 1);
            theta2 = between(random, OUTPUTS, 0.3, 0.6);
            onSpikes = between(random, STEPS * BATCH * OUTPUTS, -1, 1);
            onMembranes = between(random, STEPS * BATCH * OUTPUTS, -1, 1);
        }

        double[][] learnt() {
            return new double[][] {x, w1, w2, tau1, tau2, theta1, theta2};
        }

        private static double[] between(Random random, int length, double low, double high) {
            double[] values = new double[length];
            for (int i = 0; i < length; i++) {
                values[i] = (float) (low + (high - low) * random.nextDouble());
            }
            return values;
        }
    }

    /** Both layers in double precision. */
    private static final class Network {
        final Values v;
        final boolean detached;
        final DoubleLif hidden;
        final DoubleLif output;
        final double[] beta1;
        final double[] beta2;

        Network(Values v, Reset reset, double floor, Surrogate surrogate, boolean detached, Spikes kind) {
            this.v = v;
            this.detached = detached;
            beta1 = decays(v.tau1, kind);
            beta2 = decays(v.tau2, kind);
            hidden = new DoubleLif(shape(HIDDEN), beta1, v.theta1, reset, floor, surrogate, kind);
            output = new DoubleLif(shape(OUTPUTS), beta2, v.theta2, reset, floor, surrogate, kind);
        }

        /** The kernels' decays are floats; the smooth network's must follow tau as exactly as doubles can. */
        private static double[] decays(double[] tau, Spikes kind) {
            return Arrays.stream(tau)
                    .map(t -> kind == Spikes.STEP ? (float) Math.exp(-DT / t) : Math.exp(-DT / t))
                    .toArray();
        }

        /** @param frozen the network whose spikes resets see, or this one */
        double loss(Network frozen) {
            boolean own = frozen == this;
            hidden.forward(product(v.x, v.w1, INPUTS, HIDDEN), own ? null : frozen.hidden.s);
            output.forward(product(hidden.s, v.w2, HIDDEN, OUTPUTS), own ? null : frozen.output.s);
            double loss = 0;
            for (int i = 0; i < output.s.length; i++) {
                loss += v.onSpikes[i] * output.s[i] + v.onMembranes[i] * output.p[i];
            }
            return loss;
        }

        /** Gradients of {@link Values#learnt}. */
        double[][] backward() {
            double[] gBeta1 = new double[HIDDEN];
            double[] gBeta2 = new double[OUTPUTS];
            double[] gTheta1 = new double[HIDDEN];
            double[] gTheta2 = new double[OUTPUTS];
            double[] g2 = output.backward(v.onSpikes, v.onMembranes, detached, gBeta2, gTheta2);
            double[] gS = inputGradient(g2, v.w2, HIDDEN, OUTPUTS);
            double[] g1 = hidden.backward(gS, new double[gS.length], detached, gBeta1, gTheta1);
            return new double[][] {
                inputGradient(g1, v.w1, INPUTS, HIDDEN),
                weightGradient(v.x, g1, INPUTS, HIDDEN),
                weightGradient(hidden.s, g2, HIDDEN, OUTPUTS),
                tauGradient(gBeta1, beta1, v.tau1),
                tauGradient(gBeta2, beta2, v.tau2),
                gTheta1,
                gTheta2
            };
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(Surrogate.Kind.values())
                .filter(Surrogate.Kind::onDevices) // those whose antiderivative is written down
                .flatMap(kind -> Stream.of(Reset.values())
                        .flatMap(reset -> Stream.of(Float.NEGATIVE_INFINITY, -0.1f)
                                .flatMap(floor -> Stream.of(true, false)
                                        .map(detached -> Arguments.of(kind, reset, floor, detached)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldEqualFiniteDifferencesOfTheSmoothedNetwork(
            Surrogate.Kind kind, Reset reset, float floor, boolean detached) {
        Values values = new Values(3, 0.5);
        var surrogate = new Surrogate(kind, 4f);
        Network base = new Network(values, reset, floor, surrogate, detached, Spikes.SMOOTH);
        base.loss(base);
        double[][] gradients = base.backward();
        String[] names = {"x", "w1", "w2", "tau1", "tau2", "theta1", "theta2"};
        for (int k = 0; k < names.length; k++) {
            double[] learnt = values.learnt()[k];
            double[] expected = new double[learnt.length];
            for (int i = 0; i < learnt.length; i++) {
                expected[i] = difference(learnt, i, () -> {
                    Network moved = new Network(values, reset, floor, surrogate, detached, Spikes.SMOOTH);
                    return moved.loss(detached ? base : moved);
                });
            }
            assertClose(names[k], gradients[k], expected, DIFFERENCES_TOLERANCE);
        }
    }

    private static double difference(double[] values, int i, DoubleSupplier loss) {
        double there = values[i];
        double h = DIFFERENCE * Math.max(Math.abs(there), 1e-2);
        values[i] = there + h;
        double above = loss.getAsDouble();
        values[i] = there - h;
        double below = loss.getAsDouble();
        values[i] = there;
        return (above - below) / (2 * h);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldGiveTheGradientsOfTheEquationsByTheKernels(
            Surrogate.Kind kind, Reset reset, float floor, boolean detached) {
        Values values = new Values(5, 1);
        var surrogate = new Surrogate(kind, 4f);
        Network exact = new Network(values, reset, floor, surrogate, detached, Spikes.STEP);
        exact.loss(exact);
        double[][] expected = exact.backward();
        assertThat(exact.hidden.s).contains(1.0).contains(0.0);
        assertThat(exact.output.s).contains(1.0).contains(0.0);
        String[] names = {"x", "w1", "w2", "tau1", "tau2", "theta1", "theta2"};
        for (Solver solver : Solver.values()) {
            double[][] found = kernelGradients(
                    values, exact, reset, floor, surrogate, detached, Backends.named("vector", 2, solver));
            for (int k = 0; k < names.length; k++) {
                double tolerance = detached ? DETACHED_TOLERANCE : ATTACHED_TOLERANCE;
                assertClose(names[k] + " by " + solver, found[k], expected[k], tolerance);
            }
        }
    }

    /** The chain of kernels as a trainer runs it. */
    private static double[][] kernelGradients(
            Values v,
            Network exact,
            Reset reset,
            float floor,
            Surrogate surrogate,
            boolean detached,
            KernelBackend kernels) {
        int rows = STEPS * BATCH;
        var lif1 = new LifParameters(floats(exact.beta1), floats(v.theta1), reset, floor);
        var lif2 = new LifParameters(floats(exact.beta2), floats(v.theta2), reset, floor);
        float[] current1 = new float[rows * HIDDEN];
        float[] p1 = new float[rows * HIDDEN];
        float[] s1 = new float[rows * HIDDEN];
        float[] current2 = new float[rows * OUTPUTS];
        float[] p2 = new float[rows * OUTPUTS];
        float[] s2 = new float[rows * OUTPUTS];
        kernels.dense(rows, INPUTS, HIDDEN, floats(v.x), floats(v.w1), null, current1);
        kernels.lif(shape(HIDDEN), lif1, current1, p1, s1);
        kernels.dense(rows, HIDDEN, OUTPUTS, s1, floats(v.w2), null, current2);
        kernels.lif(shape(OUTPUTS), lif2, current2, p2, s2);
        assertThat(s1).containsExactly(floats(exact.hidden.s));
        assertThat(s2).containsExactly(floats(exact.output.s));

        float[] g2 = new float[rows * OUTPUTS];
        float[] gS1 = new float[rows * HIDDEN];
        float[] g1 = new float[rows * HIDDEN];
        float[] gX = new float[rows * INPUTS];
        float[] gW1 = new float[INPUTS * HIDDEN];
        float[] gW2 = new float[HIDDEN * OUTPUTS];
        float[] gBeta1 = new float[HIDDEN];
        float[] gBeta2 = new float[OUTPUTS];
        float[] gTheta1 = new float[HIDDEN];
        float[] gTheta2 = new float[OUTPUTS];
        kernels.lifBackward(new LifBackward(
                shape(OUTPUTS),
                lif2,
                surrogate,
                detached,
                Membranes.around(p2),
                new LifBackward.Given(floats(v.onSpikes), false, floats(v.onMembranes), null),
                new LifBackward.Wanted(g2, gBeta2, gTheta2)));
        kernels.denseParameterGradient(rows, HIDDEN, OUTPUTS, s1, g2, gW2, null);
        kernels.denseInputGradient(rows, HIDDEN, OUTPUTS, g2, floats(v.w2), gS1);
        kernels.lifBackward(new LifBackward(
                shape(HIDDEN),
                lif1,
                surrogate,
                detached,
                Membranes.around(p1),
                new LifBackward.Given(gS1),
                new LifBackward.Wanted(g1, gBeta1, gTheta1)));
        kernels.denseParameterGradient(rows, INPUTS, HIDDEN, floats(v.x), g1, gW1, null);
        kernels.denseInputGradient(rows, INPUTS, HIDDEN, g1, floats(v.w1), gX);
        return new double[][] {
            doubles(gX),
            doubles(gW1),
            doubles(gW2),
            tauGradient(doubles(gBeta1), exact.beta1, v.tau1),
            tauGradient(doubles(gBeta2), exact.beta2, v.tau2),
            doubles(gTheta1),
            doubles(gTheta2)
        };
    }

    private static SequenceShape shape(int neurons) {
        return new SequenceShape(STEPS, BATCH, neurons);
    }

    private static double[] product(double[] x, double[] w, int inputs, int outputs) {
        double[] y = new double[x.length / inputs * outputs];
        for (int k = 0; k < y.length; k++) {
            for (int i = 0; i < inputs; i++) {
                y[k] += x[k / outputs * inputs + i] * w[i * outputs + k % outputs];
            }
        }
        return y;
    }

    private static double[] inputGradient(double[] dy, double[] w, int inputs, int outputs) {
        double[] dx = new double[dy.length / outputs * inputs];
        for (int k = 0; k < dx.length; k++) {
            for (int j = 0; j < outputs; j++) {
                dx[k] += dy[k / inputs * outputs + j] * w[k % inputs * outputs + j];
            }
        }
        return dx;
    }

    private static double[] weightGradient(double[] x, double[] dy, int inputs, int outputs) {
        double[] dw = new double[inputs * outputs];
        for (int k = 0; k < dy.length; k++) {
            for (int i = 0; i < inputs; i++) {
                dw[i * outputs + k % outputs] += x[k / outputs * inputs + i] * dy[k];
            }
        }
        return dw;
    }

    private static double[] tauGradient(double[] gBeta, double[] beta, double[] tau) {
        double[] gTau = new double[tau.length];
        for (int n = 0; n < tau.length; n++) {
            gTau[n] = TimeConstants.tauGradient(gBeta[n], beta[n], DT, tau[n]);
        }
        return gTau;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(largest).as(what).isPositive();
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("%s[%d]", what, i).isCloseTo(expected[i], Offset.offset(tolerance * largest));
        }
    }
}
