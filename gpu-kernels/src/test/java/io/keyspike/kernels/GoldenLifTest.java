package io.keyspike.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.testing.GoldenFile;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** LIF against vectors made by PyTorch; the files' layout is [B, T, N], ours [T, B, N]. */
class GoldenLifTest {

    /** Divided by the largest value of the tensor; float32 against float64. */
    private static final double DETACHED_TOLERANCE = 1e-4;

    /** An attached reset feeds rounding back through every spike, so float32 is coarser there. */
    private static final double ATTACHED_TOLERANCE = 1e-3;

    static Stream<Arguments> forwardCases() {
        return Stream.of("scalar", "vector")
                .flatMap(backend -> Stream.of(Reset.values()).map(reset -> Arguments.of(backend, reset)));
    }

    @ParameterizedTest
    @MethodSource("forwardCases")
    void shouldGiveTheMembranesAndSpikesOfTheReferenceBitForBit(String backend, Reset reset) {
        GoldenFile golden = GoldenFile.open("lif_forward");
        int[] size = golden.shape("I");
        SequenceShape shape = new SequenceShape(size[1], size[0], size[2]);
        String name = reset.name().toLowerCase(Locale.ROOT);
        var parameters =
                new LifParameters(golden.floats("beta"), golden.floats("theta"), reset, Float.NEGATIVE_INFINITY);
        float[] membrane = new float[shape.size()];
        float[] spikes = new float[shape.size()];

        Backends.named(backend, 2).lif(shape, parameters, timeMajor(golden.floats("I"), shape), membrane, spikes);

        assertThat(spikes).containsExactly(timeMajor(golden.floats(name + ".spikes"), shape));
        if (reset == Reset.NONE) {
            assertThat(membrane).containsExactly(timeMajor(golden.floats("none.f32.u_pre"), shape));
        } else { // of these the file keeps the membrane after the reset
            float[] after = new float[shape.size()];
            for (int i = 0; i < after.length; i++) {
                float theta = parameters.threshold()[i % shape.neurons()];
                after[i] = NeuronArithmetic.lifAfter(reset.code, membrane[i], theta, Float.NEGATIVE_INFINITY);
            }
            assertThat(after).containsExactly(timeMajor(golden.floats(name + ".f32.u_post"), shape));
        }
    }

    static Stream<Arguments> backwardCases() {
        return Stream.of("scalar", "vector")
                .flatMap(backend -> Stream.of(Surrogate.Kind.values())
                        .filter(Surrogate.Kind::onDevices) // the plain ones, which the files have
                        .flatMap(kind -> Stream.of(Reset.values())
                                .flatMap(reset -> Stream.of("detached", "attached")
                                        .flatMap(link -> Stream.of("spikes", "u_pre", "u_post")
                                                .map(loss -> Arguments.of(backend, kind, reset, link, loss))))))
                // without a reset there is nothing to attach, and u after it is u before it: the files leave these out
                .filter(c ->
                        c.get()[2] != Reset.NONE || (c.get()[3].equals("detached") && !c.get()[4].equals("u_post")));
    }

    @ParameterizedTest
    @MethodSource("backwardCases")
    void shouldGiveTheGradientsOfAutograd(String backend, Surrogate.Kind kind, Reset reset, String link, String loss) {
        GoldenFile golden = GoldenFile.open("lif_backward_" + kind.name().toLowerCase(Locale.ROOT));
        String prefix = reset.name().toLowerCase(Locale.ROOT) + "." + link + "." + loss + ".f64.";
        int[] size = golden.shape("I");
        SequenceShape shape = new SequenceShape(size[1], size[0], size[2]);
        int neurons = shape.neurons();
        float[] beta = golden.floats("beta");
        var parameters = new LifParameters(beta, golden.floats("theta"), reset, Float.NEGATIVE_INFINITY);
        var surrogate = new Surrogate(kind, kind == Surrogate.Kind.ATAN ? 2f : 25f);
        float[] membrane = new float[shape.size()];
        float[] lossWeights = timeMajor(golden.floats("c"), shape);
        float[] none = new float[shape.size()];
        float[] gI = new float[shape.size()];
        float[] gBeta = new float[neurons];
        float[] gTheta = new float[neurons];
        KernelBackend kernels = Backends.named(backend, 2);

        kernels.lif(shape, parameters, timeMajor(golden.floats("I"), shape), membrane, none.clone());
        kernels.lifBackward(new LifBackward(
                shape,
                parameters,
                surrogate,
                link.equals("detached"),
                Membranes.around(membrane),
                new LifBackward.Given(
                        loss.equals("spikes") ? lossWeights : none,
                        false,
                        loss.equals("u_pre") ? lossWeights : null,
                        loss.equals("u_post") ? lossWeights : null),
                new LifBackward.Wanted(gI, gBeta, gTheta)));

        double[] tau = golden.doubles("tau");
        double dt = golden.params().get("dt").asDouble();
        float[] gTau = new float[neurons];
        for (int n = 0; n < neurons; n++) {
            gTau[n] = (float) TimeConstants.tauGradient(gBeta[n], beta[n], dt, tau[n]);
        }
        double tolerance = link.equals("detached") ? DETACHED_TOLERANCE : ATTACHED_TOLERANCE;
        assertClose("gI", gI, timeMajor(golden.doubles(prefix + "gI"), shape), tolerance);
        assertClose("gbeta", gBeta, golden.doubles(prefix + "gbeta"), tolerance);
        assertClose("gtheta", gTheta, golden.doubles(prefix + "gtheta"), tolerance);
        assertClose("gtau", gTau, golden.doubles(prefix + "gtau"), tolerance);
    }

    private static void assertClose(String what, float[] actual, double[] expected, double tolerance) {
        double largest = 0;
        for (double e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("%s[%d] of %d, largest %g", what, i, expected.length, largest)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(tolerance * largest));
        }
    }

    private static float[] timeMajor(float[] batchMajor, SequenceShape shape) {
        float[] result = new float[batchMajor.length];
        for (int i = 0; i < result.length; i++) {
            result[timeMajorIndex(i, shape)] = batchMajor[i];
        }
        return result;
    }

    private static double[] timeMajor(double[] batchMajor, SequenceShape shape) {
        double[] result = new double[batchMajor.length];
        for (int i = 0; i < result.length; i++) {
            result[timeMajorIndex(i, shape)] = batchMajor[i];
        }
        return result;
    }

    /** Where element i of [B, T, N] lies in [T, B, N]. */
    private static int timeMajorIndex(int i, SequenceShape shape) {
        int n = i % shape.neurons();
        int t = i / shape.neurons() % shape.steps();
        int b = i / shape.neurons() / shape.steps();
        return (t * shape.batch() + b) * shape.neurons() + n;
    }
}
