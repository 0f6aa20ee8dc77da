package io.keyspike.trainer.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.TensorFiles;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loop.TrainingStep;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Gradients of adaptive LIF behind batch normalisation with a leaky readout beside those that PyTorch works out in float64 from the
 * same weights and batch. The files are small versions of the workloads of {@code bench train}:
 *
 * <pre>
 * NAME.safetensors            weights and batch, as {@link TrainingExchange} writes them; no membrane is within 1e-4 of its threshold
 * NAME-gradients.safetensors  benchmarks/training_peers.py NAME.safetensors --gradients NAME-gradients.safetensors --double
 * </pre>
 */
class AdaptiveGradientsTest {
    /** Of a whole tensor's gradient, relative to its length; float32 gives some 5e-6. */
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @CsvSource({
        "adaptive, 12, 4, 16, scalar",
        "adaptive, 12, 4, 16, preferred",
        "wake, 15, 4, 24, scalar",
        "wake, 15, 4, 24, preferred"
    })
    void shouldHaveTheGradientsOfPyTorch(String name, int steps, int batch, int hidden, String backend)
            throws IOException, URISyntaxException {
        TrainingWorkload workload =
                TrainingWorkload.named(name).withSteps(steps).withBatch(batch).withHidden(hidden);
        Map<String, Tensor> golden = tensors(name + "-gradients.safetensors");

        Map<String, Tensor> ours = gradients(workload, tensors(name + ".safetensors"), kernels(backend));

        assertThat(golden.keySet()).isEqualTo(ours.keySet());
        var errors = new TreeMap<String, Double>();
        golden.forEach((parameter, gradient) -> errors.put(
                parameter,
                relativeError(
                        Objects.requireNonNull(ours.get(parameter), parameter).values(), gradient.values())));
        assertThat(errors)
                .allSatisfy((parameter, error) -> assertThat(error)
                        .as("relative error of %s, of all: %s", parameter, errors)
                        .isLessThan(TOLERANCE));
    }

    private static KernelBackend kernels(String backend) {
        return backend.equals("preferred") ? Backends.preferred() : Backends.named(backend, 1);
    }

    private static Map<String, Tensor> gradients(
            TrainingWorkload workload, Map<String, Tensor> file, KernelBackend backend) {
        TrainingConfig config = workload.config();
        var network = new TrainableNetwork(
                config.network(),
                workload.inputs(),
                workload.classes(),
                workload.stepSeconds(),
                1,
                backend,
                workload.steps(),
                workload.batch());
        for (Parameter p : network.parameters()) {
            float[] values = values(file, p.fullName());
            System.arraycopy(values, 0, p.values(), 0, p.values().length);
        }
        float[] classes = values(file, "labels");
        int[] labels = new int[classes.length];
        for (int b = 0; b < labels.length; b++) {
            labels[b] = (int) classes[b];
        }
        new TrainingStep(network, config.loss(), config.optimiser(), Long.MAX_VALUE, workload.batch())
                .apply(new Pass(workload.steps(), workload.batch(), 0, 1), values(file, "input"), labels);
        return TrainingExchange.gradients(workload, network);
    }

    private static float[] values(Map<String, Tensor> file, String name) {
        return Objects.requireNonNull(file.get(name), name).values();
    }

    private static Map<String, Tensor> tensors(String file) throws IOException, URISyntaxException {
        return TensorFiles.read(Path.of(Objects.requireNonNull(AdaptiveGradientsTest.class.getResource(file), file)
                .toURI()));
    }

    private static double relativeError(float[] found, float[] expected) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(found[i] - (double) expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / length);
    }
}
