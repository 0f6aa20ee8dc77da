package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidentTrainingTest {

    private static final int STEPS = 20;
    private static final int BATCH = 6;
    private static final int INPUTS = 12;
    private static final double STEP_SECONDS = 0.001;
    private static final KernelBackend SCALAR = Backends.named("scalar", 1);

    private static TrainingConfig config(String optimiser, String more) {
        return ConfigReader.parse("""
                data: {words: [one, two, three]}
                network:
                  reset_detached: false
                  layers:
                    - {name: hidden, width: 16, bias: true, neuron: {kind: lif, tau_millis: 10, threshold: 0.5}%s}
                    - {name: output, width: 3, neuron: {kind: hardware, tau_millis: 5, threshold: 0.5}}
                optimiser: {%s}
                """.formatted(more, optimiser));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind: adam, learning_rate: 0.02, weight_decay: 0.001",
                "kind: adam_w, learning_rate: 0.02, weight_decay: 0.1, beta2: 0.9"
            })
    void shouldLearnTheBitsOfTheTrainersOwnStep(String optimiser) {
        TrainingConfig config = config(optimiser, "");
        for (boolean constant : new boolean[] {false, true}) {
            Pass pass = constant ? pass().withConstantInput() : pass();
            TrainableNetwork expected = network(config);
            var step = new TrainingStep(expected, config.loss(), config.optimiser(), 100, BATCH);
            TrainableNetwork found = network(config);
            var random = new SplitMix(3);
            try (ResidentTraining resident = resident(config, found, pass)) {
                for (int i = 0; i < 10; i++) {
                    float[] input = new float[(constant ? 1 : STEPS) * BATCH * INPUTS];
                    for (int k = 0; k < input.length; k++) {
                        input[k] = random.nextFloat();
                    }
                    int[] labels = {0, 1, 2, 2, 1, 0};
                    double loss = step.apply(pass, input, labels).total();
                    assertThat(resident.apply(input, labels, 1).total()).isEqualTo(loss);
                }
                resident.read();
            }
            for (int p = 0; p < expected.parameters().size(); p++) {
                Parameter parameter = expected.parameters().get(p);
                assertThat(found.parameters().get(p).values())
                        .as(parameter.fullName())
                        .isEqualTo(parameter.values());
                assertThat(parameter.values())
                        .as("learnt")
                        .isNotEqualTo(network(config).parameters().get(p).values());
            }
        }
    }

    @Test
    void shouldSayWhatAChainDoesNotHave() {
        assertThat(obstacle(config("kind: adam, clip_norm: 1", "")))
                .hasValue("an optimiser other than Adam or AdamW without clipping, weight limits or per-layer rates");
        assertThat(obstacle(config("kind: adam", ", dropout: 0.5")))
                .hasValue("batch norm, dropout, or a learnt decay or threshold in layer hidden");
        assertThat(obstacle(config("kind: adam", ""))).isEmpty();
        TrainingConfig config = config("kind: sgd", "");
        assertThatThrownBy(() -> resident(config, network(config), pass()))
                .hasMessageStartingWith(
                        "resident training: expected a chain that a device can keep, found an optimiser");
    }

    private static Optional<String> obstacle(TrainingConfig config) {
        return ResidentTraining.obstacle(config.network(), config.loss(), config.optimiser(), pass());
    }

    private static Pass pass() {
        return new Pass(STEPS, BATCH, 0, 1);
    }

    private static TrainableNetwork network(TrainingConfig config) {
        return new TrainableNetwork(config.network(), INPUTS, 3, STEP_SECONDS, 5, SCALAR, STEPS, BATCH);
    }

    private static ResidentTraining resident(TrainingConfig config, TrainableNetwork network, Pass pass) {
        return new ResidentTraining(
                config.network(),
                config.loss(),
                config.optimiser(),
                network.parameters(),
                List.of(INPUTS, 16, 3),
                STEP_SECONDS,
                pass,
                description -> Devices.hostChain(description, SCALAR));
    }
}
