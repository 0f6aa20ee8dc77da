package io.keyspike.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.TensorFiles;
import io.keyspike.models.network.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether the program that times PyTorch trains the very network that is timed here. The Python is {@code KEYSPIKE_PYTHON}, else
 * {@code python3}.
 */
class TrainingPeersTest {
    private static final Path PROGRAM =
            Path.of(System.getProperty("keyspike.root", ".."), "benchmarks", "training_peers.py");

    /** Of a whole tensor's gradient, relative to its length: sums in another order, no spike in another place. */
    private static final double TOLERANCE = 1e-4;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mel", "events", "mnist", "adaptive", "wake"})
    void shouldHaveTheGradientsOfPyTorch(String name) throws IOException, InterruptedException {
        assumeTrue(
                run(List.of("-c", "import torch")) == 0, "skipped: no Python with PyTorch (KEYSPIKE_PYTHON names one)");
        TrainingWorkload workload =
                TrainingWorkload.named(name).withSteps(20).withBatch(8).withHidden(24);
        Path file = folder.resolve("batch.safetensors");
        Path out = folder.resolve("gradients.safetensors");
        Map<String, Tensor> ours = TrainingBenchmark.gradients(
                new TrainingBenchmark.Settings(workload, Membranes.Precision.FLOAT32, 0.2, 1, 2, file),
                Backends.preferred());
        assertThat(run(List.of(PROGRAM.toString(), file.toString(), "--gradients", out.toString())))
                .isZero();
        Map<String, Tensor> theirs = TensorFiles.read(out);

        assertThat(theirs.keySet()).isEqualTo(ours.keySet());
        var errors = new TreeMap<String, Double>();
        ours.forEach((parameter, gradient) -> {
            float[] found =
                    Objects.requireNonNull(theirs.get(parameter), parameter).values();
            double difference = 0;
            double length = 0;
            for (int i = 0; i < found.length; i++) {
                difference += Math.pow(found[i] - (double) gradient.values()[i], 2);
                length += Math.pow(gradient.values()[i], 2);
            }
            errors.put(parameter, Math.sqrt(difference / length));
        });
        assertThat(errors)
                .allSatisfy((parameter, error) -> assertThat(error)
                        .as("relative error of %s, of all: %s", parameter, errors)
                        .isLessThan(TOLERANCE));
    }

    private static int run(List<String> arguments) throws InterruptedException {
        var command = new ArrayList<String>();
        command.add(System.getenv().getOrDefault("KEYSPIKE_PYTHON", "python3"));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(2, TimeUnit.MINUTES) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
