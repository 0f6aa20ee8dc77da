package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of recurrent layers in two steps. A double-precision layer, written down from the equations, carries the
 * derivative along one direction with each value. That derivative is first checked against differences of a smoothed layer,
 * whose spike is the surrogate's integral; then, with real spikes and the surrogate in place of their derivative, it is what
 * the kernels must give.
 */
class RecurrentGradientTest {

    private static final SequenceShape SHAPE = new SequenceShape(12, 2, 5);
    private static final Surrogate SURROGATE = Surrogate.fastSigmoid(2f);
    private static final double KERNEL_TOLERANCE = 3e-5;
    private static final double DIFFERENCE_TOLERANCE = 1e-6;

    /** Neurons that may be recurrent. */
    enum Kind {
        LIF_SUBTRACT,
        LIF_ZERO,
        HARDWARE,
        ADAPTIVE
    }

    static Stream<Arguments> cases() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(RecurrentWiring.ALL_TO_ALL, RecurrentWiring.ONE_TO_ONE)
                        .flatMap(wiring -> Stream.of(true, false).map(d -> Arguments.of(kind, wiring, d))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldGiveTheGradientsOfTheEquations(Kind kind, RecurrentWiring wiring, boolean detached) {
        Map<String, float[]> values = values(kind, wiring);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        values.forEach((name, v) -> gradients.put(name, new float[v.length]));
        kernels(kind, wiring, detached, values, gradients);

        gradients.forEach((name, gradient) -> {
            if (name.equals("spikes") || (kind == Kind.ADAPTIVE && name.equals("threshold"))) {
                return; // the weights of the loss; and a threshold that is not learnt
            }
            double[] expected = new double[gradient.length];
            double largest = 0;
            for (int i = 0; i < expected.length; i++) {
                expected[i] = new Layer(kind, wiring, detached, false, values, name, i, 0).loss().d;
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            assertThat(largest).as(name).isPositive();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) gradient[i])
                        .as("gradient of %s %d", name, i)
                        .isCloseTo(expected[i], Offset.offset(KERNEL_TOLERANCE * largest));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldDifferentiateTheSmoothedLayerAsDifferencesDo(Kind kind) {
        for (RecurrentWiring wiring : new RecurrentWiring[] {RecurrentWiring.ALL_TO_ALL, RecurrentWiring.ONE_TO_ONE}) {
            Map<String, float[]> values = values(kind, wiring);
            values.forEach((name, v) -> {
                for (int i = 0; i < v.length; i += 3) {
                    double h = 1e-5;
                    double above = new Layer(kind, wiring, false, true, values, name, i, h).loss().v;
                    double below = new Layer(kind, wiring, false, true, values, name, i, -h).loss().v;
                    double along = new Layer(kind, wiring, false, true, values, name, i, 0).loss().d;
                    assertThat(along)
                            .as("derivative along %s %d", name, i)
                            .isCloseTo((above - below) / (2 * h), Offset.offset(DIFFERENCE_TOLERANCE));
                }
            });
        }
    }

    private static Map<String, float[]> values(Kind kind, RecurrentWiring wiring) {
        var random = new Random(17);
        int n = SHAPE.neurons();
        Map<String, float[]> values = new LinkedHashMap<>();
        values.put("current", between(random, SHAPE.size(), -0.5f, 1.3f));
        values.put("spikes", between(random, SHAPE.size(), -1f, 1f));
        values.put("threshold", between(random, n, 0.6f, 0.9f));
        values.put("decay", between(random, n, 0.5f, 0.9f));
        if (kind == Kind.ADAPTIVE) {
            values.put("adaptationDecay", between(random, n, 0.7f, 0.95f));
            values.put("membraneCoupling", between(random, n, 0f, 0.3f));
            values.put("spikeCoupling", between(random, n, 0f, 0.5f));
        }
        values.put("recurrent", between(random, wiring.weights(n), -0.6f, 0.6f));
        return values;
    }

    private static float[] between(Random random, int length, float low, float high) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }

    private static void kernels(
            Kind kind,
            RecurrentWiring wiring,
            boolean detached,
            Map<String, float[]> values,
            Map<String, float[]> gradients) {
        KernelBackend kernels = Backends.named("vector", 2);
        var recurrent = new RecurrentSynapses(wiring, array(values, "recurrent"));
        float[] membrane = new float[SHAPE.size()];
        float[] spikes = new float[SHAPE.size()];
        float[] current = array(values, "current").clone();
        float[] cS = array(values, "spikes").clone();
        if (kind == Kind.ADAPTIVE) {
            AdaptiveLifParameters parameters = adaptive(values);
            float[] adaptation = new float[SHAPE.size()];
            kernels.recurrentAdaptiveLif(SHAPE, parameters, recurrent, current, membrane, adaptation, spikes);
            kernels.recurrentAdaptiveLifBackward(
                    new AdaptiveLifBackward(
                            SHAPE,
                            parameters,
                            SURROGATE,
                            detached,
                            membrane,
                            adaptation,
                            cS,
                            array(gradients, "current"),
                            adaptive(gradients)),
                    new RecurrentBackward(recurrent, spikes, array(gradients, "recurrent")));
        } else {
            var parameters = new LifParameters(
                    array(values, "decay"),
                    array(values, "threshold"),
                    kind == Kind.LIF_ZERO ? Reset.ZERO : Reset.SUBTRACT,
                    kind == Kind.HARDWARE ? 0f : Float.NEGATIVE_INFINITY);
            kernels.recurrentLif(SHAPE, parameters, recurrent, current, membrane, spikes);
            kernels.recurrentLifBackward(
                    new LifBackward(
                            SHAPE,
                            parameters,
                            SURROGATE,
                            detached,
                            Membranes.around(membrane),
                            new LifBackward.Given(cS),
                            new LifBackward.Wanted(
                                    array(gradients, "current"),
                                    array(gradients, "decay"),
                                    array(gradients, "threshold"))),
                    new RecurrentBackward(recurrent, spikes, array(gradients, "recurrent")));
        }
        assertThat(spikes).contains(1f).contains(0f);
    }

    private static AdaptiveLifParameters adaptive(Map<String, float[]> values) {
        return new AdaptiveLifParameters(
                array(values, "decay"),
                array(values, "adaptationDecay"),
                array(values, "membraneCoupling"),
                array(values, "spikeCoupling"),
                array(values, "threshold"));
    }

    private static float[] array(Map<String, float[]> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    /** A number and its derivative along the direction that is looked at. */
    private record Dual(double v, double d) {
        static final Dual ZERO = new Dual(0, 0);

        Dual plus(Dual o) {
            return new Dual(v + o.v, d + o.d);
        }

        Dual minus(Dual o) {
            return new Dual(v - o.v, d - o.d);
        }

        Dual times(Dual o) {
            return new Dual(v * o.v, v * o.d + d * o.v);
        }

        Dual detached() {
            return new Dual(v, 0);
        }
    }

    /** The layer once more, in double precision; one of its numbers is moved by {@code shift} and has derivative 1. */
    private record Layer(
            Kind kind,
            RecurrentWiring wiring,
            boolean detached,
            boolean smooth,
            Map<String, float[]> values,
            String direction,
            int index,
            double shift) {

        private Dual at(String name, int i) {
            boolean moved = name.equals(direction) && i == index;
            return new Dual(array(values, name)[i] + (moved ? shift : 0), moved ? 1 : 0);
        }

        /** {@code Σ c·s}. */
        Dual loss() {
            Dual loss = Dual.ZERO;
            int n = SHAPE.neurons();
            for (int b = 0; b < SHAPE.batch(); b++) {
                Dual[] s = zeros(n);
                Dual[] u = zeros(n);
                Dual[] w = zeros(n);
                for (int t = 0; t < SHAPE.steps(); t++) {
                    int row = (t * SHAPE.batch() + b) * n;
                    Dual[] next = new Dual[n];
                    for (int j = 0; j < n; j++) {
                        Dual current = at("current", row + j).plus(recurrent(s, j));
                        next[j] = kind == Kind.ADAPTIVE ? adaptive(j, current, u, w, s) : lif(j, current, u);
                        loss = loss.plus(at("spikes", row + j).times(next[j]));
                    }
                    s = next;
                }
            }
            return loss;
        }

        private Dual recurrent(Dual[] s, int j) {
            if (wiring == RecurrentWiring.ONE_TO_ONE) {
                return s[j].times(at("recurrent", j));
            }
            Dual sum = Dual.ZERO;
            for (int i = 0; i < s.length; i++) {
                sum = sum.plus(s[i].times(at("recurrent", i * s.length + j)));
            }
            return sum;
        }

        private Dual lif(int n, Dual current, Dual[] u) {
            Dual theta = at("threshold", n);
            Dual p = at("decay", n).times(u[n]).plus(current);
            Dual s = spike(p.minus(theta), false);
            Dual inReset = detached ? s.detached() : s;
            Dual after = kind == Kind.LIF_ZERO ? p.times(new Dual(1, 0).minus(inReset)) : p.minus(theta.times(inReset));
            u[n] = kind == Kind.HARDWARE && after.v <= 0 ? Dual.ZERO : after;
            return s;
        }

        private Dual adaptive(int n, Dual current, Dual[] u, Dual[] w, Dual[] s) {
            Dual a = at("decay", n);
            w[n] = at("adaptationDecay", n)
                    .times(w[n])
                    .plus(at("membraneCoupling", n).times(u[n]))
                    .plus(at("spikeCoupling", n).times(s[n]));
            Dual inReset = detached ? s[n].detached() : s[n];
            u[n] = a.times(u[n].minus(at("threshold", n).times(inReset)))
                    .plus(current)
                    .minus(new Dual(1, 0).minus(a).times(w[n]));
            return spike(u[n].minus(at("threshold", n)), true);
        }

        private Dual spike(Dual x, boolean atThreshold) {
            double k = SURROGATE.slope();
            double root = 1 + k * Math.abs(x.v);
            double hard = (atThreshold ? x.v >= 0 : x.v > 0) ? 1 : 0;
            return new Dual(smooth ? 0.5 + x.v / root : hard, x.d / (root * root));
        }

        private static Dual[] zeros(int n) {
            Dual[] zeros = new Dual[n];
            Arrays.fill(zeros, Dual.ZERO);
            return zeros;
        }
    }
}
