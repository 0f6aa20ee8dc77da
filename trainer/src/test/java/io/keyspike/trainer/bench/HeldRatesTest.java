package io.keyspike.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.TensorFiles;
import io.keyspike.trainer.layers.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldRatesTest {

    private static TrainingBenchmark.Result run(TrainingWorkload workload, double rate, @Nullable Path weights)
            throws IOException {
        return TrainingBenchmark.run(
                new TrainingBenchmark.Settings(workload, Membranes.Precision.FLOAT32, rate, 0.05, 2, weights),
                Backends.preferred(),
                done -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"mel", "events", "mnist", "adaptive"})
    void shouldKeepEveryLayerAtTheRateThatWasStated(String name, @TempDir Path folder) throws IOException {
        TrainingWorkload workload =
                TrainingWorkload.named(name).withSteps(20).withBatch(16).withHidden(32);
        Path file = folder.resolve("weights.safetensors");

        TrainingBenchmark.Result result = run(workload, 0.2, file);

        assertThat(result.rates())
                .hasSize(workload.spikingLayers())
                .allSatisfy(rate -> assertThat(rate).isBetween(0.18, 0.22));
        assertThat(result.times().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isBetween(0.5, 1.5);
        assertThat(TensorFiles.read(file)).containsKeys("input", "labels", "layer1.weight", "layer2.weight");
    }

    @Test
    void shouldRefuseARateThatCannotBeReached() {
        TrainingWorkload workload = TrainingWorkload.named("mel").withSteps(20);
        assertThatThrownBy(() -> run(workload, 0.99, null))
                .isInstanceOf(UnheldRateException.class)
                .hasMessageContaining("mel: expected layer 1 to fire in 99.0 % of steps");
    }

    @Test
    void shouldGiveNoFigureForSilenceOrSaturation() {
        TrainingWorkload workload = TrainingWorkload.named("mel").withSteps(20);
        var rates = new HeldRates(workload, Backends.preferred(), 1, new Pass(20, 32, 0, 1), new float[20 * 32 * 32]);
        assertThatThrownBy(() -> rates.requireAlive(List.of(0.1, 0.001)))
                .hasMessageContaining("layer 2")
                .hasMessageContaining("silent");
        assertThatThrownBy(() -> rates.requireAlive(List.of(0.999, 0.1))).hasMessageContaining("saturated");
        rates.requireAlive(List.of(0.1, 0.3));
    }
}
