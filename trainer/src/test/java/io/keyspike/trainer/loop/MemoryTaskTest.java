package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A task of memory: one of two channels fires at the start, both keep silent for a while but for noise, a third channel says
 * "now", and only then does the answer count, which channel it was. Membranes forget long before; spikes that go round do not.
 */
class MemoryTaskTest {
    private static final int CUE_STEPS = 3;
    private static final int NOW = 25;
    private static final int STEPS = NOW + 5;
    private static final int BATCH = 32;
    private static final int INPUTS = 3;
    private static final double STEP_SECONDS = 0.008;

    private static TrainingConfig config(String neuron, boolean recurrent) {
        return ConfigReader.parse(
                """
                data: {words: [left, right]}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  reset_detached: false
                  layers:
                    - {name: hidden, width: 24, init: {deviation: 1.0}, bias: true, recurrent: RECURRENT,
                       recurrent_init: {deviation: 1.0}, neuron: NEURON}
                    - {name: readout, bias: true,
                       neuron: {kind: readout, readout_decay: 0.0, learn_readout_decay: false}}
                loss: {rule: mean, logit_scale: 4}
                optimiser: {kind: adam, learning_rate: 1.0e-2, clip_norm: 1.0}
                """.replace("RECURRENT", String.valueOf(recurrent)).replace("NEURON", neuron));
    }

    private static TrainableNetwork network(TrainingConfig config, int threads) {
        return new TrainableNetwork(
                config.network(), INPUTS, 2, STEP_SECONDS, 3, Backends.named("vector", threads), STEPS, BATCH);
    }

    /** One batch; which channel fires first is the label. */
    private static float[] draw(SplitMix random, int[] labels) {
        float[] x = new float[STEPS * BATCH * INPUTS];
        for (int b = 0; b < BATCH; b++) {
            labels[b] = random.nextFloat() < 0.5f ? 0 : 1;
            for (int t = 0; t < STEPS; t++) {
                int row = (t * BATCH + b) * INPUTS;
                x[row] = 0.1f * random.nextFloat();
                x[row + 1] = 0.1f * random.nextFloat();
                if (t < CUE_STEPS) {
                    x[row + labels[b]] += 1.5f;
                }
                x[row + 2] = t >= NOW ? 1.5f : 0f;
            }
        }
        return x;
    }

    /** Trains, and returns the share of right answers among those of batches not seen before. */
    private static double accuracy(TrainingConfig config, TrainableNetwork network, int steps) {
        var step = new TrainingStep(network, config.loss(), config.optimiser(), steps, BATCH);
        var random = new SplitMix(11);
        int[] labels = new int[BATCH];
        for (int i = 0; i < steps; i++) {
            float[] x = draw(random, labels);
            step.apply(new Pass(STEPS, BATCH, NOW, i), x, labels);
        }
        int right = 0;
        int batches = 8;
        for (int i = 0; i < batches; i++) {
            float[] x = draw(random, labels);
            right += step.gradients(new Pass(STEPS, BATCH, NOW, i), x, labels).correct();
        }
        return right / (double) (batches * BATCH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: lif, tau_millis: 10}",
                "{kind: leaky, beta: 0.5}",
                "{kind: synaptic, beta: 0.5, alpha: 0.3}"
            })
    void shouldRememberByRecurrenceWhatTheMembranesForget(String neuron) {
        TrainingConfig recurrent = config(neuron, true);
        TrainingConfig forward = config(neuron, false);

        assertThat(accuracy(recurrent, network(recurrent, 2), 250))
                .as("recurrent")
                .isGreaterThan(0.95);
        assertThat(accuracy(forward, network(forward, 2), 250))
                .as("feed-forward")
                .isLessThan(0.7);
    }

    @Test
    void shouldRunTheTrainedNetworkAsAStreamWithTheSameSpikes() {
        TrainingConfig config = config("{kind: lif, tau_millis: 10}", true);
        TrainableNetwork network = network(config, 1);
        accuracy(config, network, 30);
        int[] labels = new int[BATCH];
        float[] x = draw(new SplitMix(12), labels);
        float[] trained = network.forward(new Pass(STEPS, BATCH, 0, 1), x);
        Network exported = network.export();

        SequenceNetwork.Result sequence =
                new SequenceNetwork(exported, Backends.named("scalar", 1)).forward(STEPS, BATCH, x);
        assertThat(Arrays.copyOf(trained, sequence.output().length)).containsExactly(sequence.output());
        float[] spikes = sequence.layers().getFirst().spikes();
        assertThat(spikes).contains(1f).contains(0f);
        var streaming = new StreamingNetwork(exported, Backends.stepsNamed("vector"));
        for (int b = 0; b < BATCH; b++) {
            NetworkState state = streaming.newState();
            float[] output = new float[2];
            for (int t = 0; t < STEPS; t++) {
                int row = t * BATCH + b;
                streaming.step(state, Arrays.copyOfRange(x, row * INPUTS, (row + 1) * INPUTS), output);
                assertThat(output).containsExactly(sequence.output()[row * 2], sequence.output()[row * 2 + 1]);
            }
        }
    }

    @Test
    void shouldLearnTheSameWithAnyNumberOfThreads() {
        TrainingConfig config = config("{kind: adaptive}", true);
        TrainableNetwork one = network(config, 1);
        TrainableNetwork four = network(config, 4);
        accuracy(config, one, 5);
        accuracy(config, four, 5);
        for (int p = 0; p < one.parameters().size(); p++) {
            assertThat(four.parameters().get(p).values())
                    .as(one.parameters().get(p).fullName())
                    .containsExactly(one.parameters().get(p).values());
        }
    }
}
