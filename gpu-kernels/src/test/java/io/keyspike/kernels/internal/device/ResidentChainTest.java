package io.keyspike.kernels.internal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.ChainDescription;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.ResidentChain;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.kernels.internal.check.CheckedBackend;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResidentChainTest {

    private static final KernelBackend SCALAR = Backends.named("scalar", 1);

    static Stream<ChainDescription> descriptions() {
        return ResidentChainCases.descriptions().stream();
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void shouldLearnTheSameBitsOnEveryBackend(ChainDescription description) {
        List<float[]> expected = trained(description, SCALAR, false);
        assertThat(sum(expected.get(ResidentChainCases.FIRST_MOMENTS_SQUARED)))
                .as("gradients squared")
                .isPositive();
        assertThat(sum(expected.getFirst())).as("spikes counted").isPositive();
        for (KernelBackend kernels :
                List.of(Backends.named("vector", 2), new CheckedBackend(new PlainDeviceBackend()))) {
            assertThat(ResidentChainCases.difference(expected, trained(description, kernels, false)))
                    .as(kernels.name())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void shouldAnswerToKeptClipsAsToABatchOfThem(ChainDescription description) {
        assertThat(ResidentChainCases.difference(
                        trained(description, SCALAR, false), trained(description, SCALAR, true)))
                .isEmpty();
    }

    @Test
    void shouldComputeAConstantInputAsTheSameInputAtEveryStep() {
        ChainDescription constant = ResidentChainCases.descriptions().getLast();
        var repeated = new ChainDescription(
                constant.steps(),
                constant.batch(),
                constant.inputs(),
                constant.layers(),
                false,
                constant.surrogate(),
                constant.resetDetached(),
                constant.optimiser());
        var numbers = new java.util.Random(5);
        float[] step = new float[constant.inputSize()];
        for (int i = 0; i < step.length; i++) {
            step[i] = numbers.nextFloat();
        }
        float[] input = new float[repeated.inputSize()];
        for (int t = 0; t < constant.steps(); t++) {
            System.arraycopy(step, 0, input, t * step.length, step.length);
        }
        var one = Devices.hostChain(constant, SCALAR);
        var other = Devices.hostChain(repeated, SCALAR);
        for (ResidentChain chain : List.of(one, other)) {
            chain.start(weights(constant), 0);
        }
        assertThat(one.forward(step)).isEqualTo(other.forward(input));
        assertThat(sum(one.forward(step))).isPositive();
    }

    @Test
    void shouldSayWhatDoesNotFit() {
        ChainDescription d = ResidentChainCases.descriptions().getFirst();
        ResidentChain chain = Devices.hostChain(d, SCALAR);
        assertThatThrownBy(() -> chain.forward(new float[10]))
                .hasMessage("chain: expected input of at least 3,840 values for numbers of a batch=3840, found 10");
        assertThatThrownBy(() -> chain.forward(new int[8])).hasMessage("chain: expected a clip of 0 to -1, found 0");
        assertThatThrownBy(() -> chain.learn(new float[3], 0.1))
                .hasMessage("chain: expected countGradient of at least 16 values for batch=8 × outputs=2, found 3");
        assertThatThrownBy(() -> new ChainDescription(0, 1, 1, d.layers(), false, d.surrogate(), true, d.optimiser()))
                .hasMessage("chain: expected steps, batch, inputs and layers of at least 1, found 0, 1, 1 and 2");
    }

    private static List<float[]> trained(ChainDescription description, KernelBackend kernels, boolean kept) {
        try (ResidentChain chain = Devices.hostChain(description, kernels)) {
            return ResidentChainCases.trained(chain, kept);
        }
    }

    private static List<ResidentChain.LayerValues> weights(ChainDescription d) {
        var values = new java.util.ArrayList<ResidentChain.LayerValues>();
        for (int k = 0; k < d.layers().size(); k++) {
            var v = ResidentChain.LayerValues.zeros(
                    d.inputsOf(k), d.layers().get(k).outputs());
            Arrays.fill(v.weight(), 0.1f);
            values.add(v);
        }
        return values;
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum;
    }
}
