package io.keyspike.trainer.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.kernels.Reset;
import io.keyspike.models.chip.ChipProfile.Mismatch;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.SplitMix;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SampledChipTest {

    private static final int NEURONS = 2_000;

    private final Network network = new Network(
            NetworkGraph.ofChain(
                    0.008,
                    List.of(
                            new Node.Input("input", 1),
                            new Node.Dense("synapse", 1, NEURONS, false),
                            new Node.Lif("neurons", NEURONS, Reset.ZERO, 0f))),
            Map.of(
                    "synapse.weight", Tensor.matrix(1, NEURONS, filled(0.5f)),
                    "neurons.decay", Tensor.vector(filled((float) Math.exp(-8.0 / 64))),
                    "neurons.threshold", Tensor.vector(filled(1))));

    private static float[] filled(float value) {
        float[] values = new float[NEURONS];
        Arrays.fill(values, value);
        return values;
    }

    private float[] drawn(String tensor, Mismatch sigma) {
        return Objects.requireNonNull(SampledChip.of(network, sigma, new SplitMix(7))
                        .tensors()
                        .get(tensor))
                .values();
    }

    @Test
    void shouldSpreadEachQuantityByItsOwnSigma() {
        float[] weights = drawn("synapse.weight", new Mismatch(0.1, 0, 0));
        assertThat(mean(weights)).isCloseTo(0.5, within(0.005));
        assertThat(deviation(weights)).isCloseTo(0.05, within(0.003));
        assertThat(drawn("neurons.threshold", new Mismatch(0.1, 0, 0))).containsOnly(1f);

        assertThat(deviation(drawn("neurons.threshold", new Mismatch(0, 0.2, 0))))
                .isCloseTo(0.2, within(0.01));

        float[] decays = drawn("neurons.decay", new Mismatch(0, 0, 0.1));
        float[] millis = new float[NEURONS];
        for (int n = 0; n < NEURONS; n++) {
            millis[n] = (float) (-8 / Math.log(decays[n]));
        }
        assertThat(mean(millis)).isCloseTo(64, within(0.7));
        assertThat(deviation(millis)).isCloseTo(6.4, within(0.4));
    }

    @Test
    void shouldBeTheNetworkItselfWithoutSpread() {
        Network same = SampledChip.of(network, new Mismatch(0, 0, 0), new SplitMix(3));
        assertThat(same).isEqualTo(network);
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    private static double deviation(float[] values) {
        double mean = mean(values);
        double sum = 0;
        for (float v : values) {
            sum += (v - mean) * (v - mean);
        }
        return Math.sqrt(sum / values.length);
    }
}
