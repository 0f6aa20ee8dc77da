package io.keyspike.trainer.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainableNetworkTest {
    private static final int STEPS = 9;
    private static final int BATCH = 3;
    private static final int INPUTS = 4;
    private static final double STEP_SECONDS = 0.008;

    private static final String HARDWARE = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: front, synapse: diagonal, init: {kind: normal, mean: 1.2, deviation: 0.2},
               neuron: {kind: hardware, tau_millis: 30, reset: zero}}
            - {name: hidden, width: 5, init: {deviation: 1.5}, bias: true,
               neuron: {kind: lif, tau_millis: 30, learn_decay: true, learn_threshold: true}}
            - {name: output, init: {kind: normal, mean: 0.3, deviation: 0.5}, neuron: {kind: hardware, tau_millis: 60}}
        """;

    private static final String ADAPTIVE = """
        data: {words: [a, b, c]}
        loss: {rule: maximum}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, batch_norm: true, batch_norm_gain: 1.2, neuron: {kind: adaptive}}
            - {name: second, width: 5, batch_norm: true, batch_norm_gain: 1.5, neuron: {kind: adaptive}}
            - {name: readout, bias: true, neuron: {kind: readout}}
        """;

    /** Every neuron that may be recurrent, and both wirings. */
    private static final String RECURRENT = """
        data: {words: [a, b]}
        loss: {rule: maximum}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {deviation: 1.5}, recurrent: true, batch_norm: true,
               neuron: {kind: lif, tau_millis: 30, learn_decay: true, learn_threshold: true}}
            - {name: second, width: 5, init: {kind: normal, mean: 0.4, deviation: 0.6}, recurrent: true,
               recurrent_wiring: one_to_one,
               neuron: {kind: hardware, tau_millis: 30, reset: zero}}
            - {name: third, width: 5, init: {kind: normal, mean: 0.5, deviation: 0.6}, bias: true, recurrent: true,
               neuron: {kind: adaptive}}
            - {name: readout, bias: true, neuron: {kind: readout}}
        """;

    private static final String SNN_TORCH = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: leaky, width: 6, init: {deviation: 1.5},
               neuron: {kind: leaky, beta: 0.8, learn_decay: true, learn_threshold: true}}
            - {name: synaptic, width: 5, init: {deviation: 1.5},
               neuron: {kind: synaptic, beta: 0.7, alpha: 0.5, learn_decay: true, learn_alpha: true, reset: zero}}
            - {name: recurrent, width: 5, init: {kind: normal, mean: 0.5, deviation: 0.6}, bias: true, recurrent: true,
               neuron: {kind: leaky, beta: 0.9, learn_decay: true, reset: zero, reset_delay: false}}
            - {name: output, init: {kind: normal, mean: 0.5, deviation: 0.6}, recurrent: true,
               recurrent_wiring: one_to_one,
               neuron: {kind: synaptic, beta: 0.9, alpha: 0.6, learn_alpha: true, reset_delay: false}}
        """;

    private static final String RESIDUAL = """
        data: {words: [a, b]}
        loss: {rule: maximum}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {deviation: 1.5}, neuron: {kind: lif, tau_millis: 30}}
            - {name: second, width: 6, init: {deviation: 1.5}, bias: true, neuron: {kind: adaptive}}
            - {name: readout, inputs: [second, first], bias: true, neuron: {kind: readout}}
        """;

    private static final String LOOP = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, inputs: [input], init: {deviation: 1.5}, neuron: {kind: lif, tau_millis: 30}}
            - {name: second, width: 6, inputs: [first, {from: third, delay: 1}], init: {deviation: 1.5},
               neuron: {kind: lif, tau_millis: 30, learn_decay: true, learn_threshold: true}}
            - {name: third, width: 6, init: {deviation: 1.5}, neuron: {kind: adaptive}}
            - {name: output, init: {kind: normal, mean: 0.3, deviation: 0.6}, neuron: {kind: hardware, tau_millis: 60}}
        """;

    private static final String DELAYED = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {deviation: 1.5}, neuron: {kind: lif, tau_millis: 30}}
            - {name: output, inputs: [{from: first, delay: 3}, first], init: {kind: normal, mean: 0.4, deviation: 0.6},
               neuron: {kind: leaky, beta: 0.8, learn_decay: true}}
        """;

    private static final String CURRENTS = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {kind: normal, mean: 0.5, deviation: 1},
               neuron: {kind: current, tau_millis: 30, synapses: [5, 20], learn_decay: true, learn_alpha: true,
                        learn_threshold: true}}
            - {name: output, init: {kind: normal, mean: 0.5, deviation: 0.6}, neuron: {kind: lif, tau_millis: 60}}
        """;

    private static final String COUNTS = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {kind: normal, mean: 0.6, deviation: 1},
               neuron: {kind: current, tau_millis: Infinity, maximum_spikes: 8, floor: -1}}
            - {name: output, init: {kind: normal, mean: 0.3, deviation: 0.6}, neuron: {kind: lif, tau_millis: 60}}
        """;

    /** Blocks with residual and skip paths, with low-pass and with spikes at the end. */
    private static final String WAVESENSE = """
        data: {words: [a, b]}
        loss: {rule: last}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          wavesense:
            {dilations: [2, 3], residual: 4, skip: 3, hidden: 4, tau_millis: 20, base_tau_millis: 10, low_pass_millis: 30,
             init_gain: 2.5, learn_decay: true, learn_alpha: true, learn_threshold: true}
        """;

    private static final String WAVESENSE_SPIKES = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          wavesense: {dilations: [2, 3, 4], residual: 4, skip: 3, hidden: 4, kernel_size: 3, init_gain: 4, output: spikes}
        """;

    /** As in Rockpool's SynNet, time constants by neuron. */
    private static final String SYN_NET = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {kind: normal, mean: 0.5, deviation: 1},
               neuron: {kind: current, taus_millis: [30, 40], synapses: [[5, 10, 20, 40]], maximum_spikes: 31,
                        learn_alpha: true}}
            - {name: output, init: {kind: normal, mean: 0.5, deviation: 0.6},
               neuron: {kind: current, synapses: [16, [2, 4]], tau_millis: 20}}
        """;

    /** Sinabs's neurons: normalised input, a reset to a level in each step, integrators inside and at the end. */
    private static final String SINABS = """
        data: {words: [a, b]}
        loss: {rule: last}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {kind: normal, mean: 2, deviation: 3},
               neuron: {kind: current, tau_millis: 30, synapses: [10, 30], normalised: true, maximum_spikes: 8, learn_decay: true,
                        learn_alpha: true, learn_threshold: true}}
            - {name: smooth, width: 5, init: {kind: normal, mean: 0.5, deviation: 1},
               neuron: {kind: exp_leak, tau_millis: 20, synapses: [10], floor: -0.5, normalised: true, learn_decay: true}}
            - {name: third, width: 5, init: {kind: normal, mean: 1, deviation: 2},
               neuron: {kind: current, tau_millis: 30, normalised: true, reset: zero, reset_level: -0.1, reset_offset: -0.1,
                        learn_decay: true}}
            - {name: output, init: {kind: normal, mean: 0.5, deviation: 0.6},
               neuron: {kind: exp_leak, tau_millis: 60, learn_decay: true}}
        """;

    /** Norse's neurons, which rest elsewhere than at 0. */
    private static final String LIF_BOX = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {kind: normal, mean: 2, deviation: 3},
               neuron: {kind: lif_box, tau_millis: 20, threshold: 0.7, rest: 0.1, reset_level: -0.2}}
            - {name: output, init: {kind: normal, mean: 1, deviation: 3},
               neuron: {kind: lif_box, tau_millis: 30, learn_decay: true}}
        """;

    private static final String SE_ADAPTIVE = """
        data: {words: [a, b]}
        loss: {rule: last}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {kind: normal, mean: 2, deviation: 2},
               neuron: {kind: se_adaptive, membrane_coupling: [0.5, 2], spike_coupling: [1, 3], adaptation_decay: [0.5, 0.8]}}
            - {name: second, width: 5, init: {kind: normal, mean: 0.6, deviation: 1}, recurrent: true,
               neuron: {kind: se_adaptive}}
            - {name: readout, neuron: {kind: readout}}
        """;

    /** Of spikes and of counts, one of them through a graph. */
    private static final String AXON_DELAYS = """
        data: {words: [a, b]}
        network:
          surrogate: {kind: fast_sigmoid, slope: 4}
          reset_detached: DETACHED
          layers:
            - {name: first, width: 6, init: {deviation: 1.5}, delay: {maximum_steps: 4, rate: 10},
               neuron: {kind: lif, tau_millis: 30}}
            - {name: second, width: 6, init: {kind: normal, mean: 0.6, deviation: 1}, delay: {maximum_steps: 3, width: 0.7},
               neuron: {kind: current, tau_millis: 30, maximum_spikes: 8}}
            - {name: output, inputs: [second, {from: first, delay: 1}], init: {kind: normal, mean: 0.4, deviation: 0.6},
               neuron: {kind: leaky, beta: 0.8}}
        """;

    private static String yaml(String name) {
        return switch (name) {
            case "HARDWARE" -> HARDWARE;
            case "ADAPTIVE" -> ADAPTIVE;
            case "RECURRENT" -> RECURRENT;
            case "RESIDUAL" -> RESIDUAL;
            case "LOOP" -> LOOP;
            case "DELAYED" -> DELAYED;
            case "CURRENTS" -> CURRENTS;
            case "COUNTS" -> COUNTS;
            case "WAVESENSE" -> WAVESENSE;
            case "WAVESENSE_SPIKES" -> WAVESENSE_SPIKES;
            case "SYN_NET" -> SYN_NET;
            case "SINABS" -> SINABS;
            case "LIF_BOX" -> LIF_BOX;
            case "SE_ADAPTIVE" -> SE_ADAPTIVE;
            case "AXON_DELAYS" -> AXON_DELAYS;
            default -> SNN_TORCH;
        };
    }

    private static TrainingConfig config(String yaml, boolean detached) {
        return ConfigReader.parse(yaml.replace("DETACHED", String.valueOf(detached)));
    }

    private static TrainableNetwork network(TrainingConfig config, String backend) {
        return new TrainableNetwork(
                config.network(),
                INPUTS,
                config.data().labels().size(),
                STEP_SECONDS,
                5,
                Backends.named(backend, 2),
                STEPS,
                BATCH);
    }

    private static float[] random(int size, long seed) {
        var random = new SplitMix(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() * 1.5f;
        }
        return values;
    }

    /**
     * Every parameter's gradient against forward-mode differentiation of the same equations in double precision, written
     * down independently; the surrogate stands for the spike's derivative in both.
     */
    @ParameterizedTest
    @CsvSource({
        "HARDWARE, true, 0",
        "HARDWARE, false, 0",
        "ADAPTIVE, true, 0",
        "ADAPTIVE, false, 0",
        "ADAPTIVE, false, 4",
        "RECURRENT, true, 0",
        "RECURRENT, false, 0",
        "SNN_TORCH, true, 0",
        "RESIDUAL, true, 0",
        "RESIDUAL, false, 0",
        "LOOP, true, 0",
        "LOOP, false, 0",
        "DELAYED, true, 0",
        "DELAYED, false, 0",
        "CURRENTS, true, 0",
        "CURRENTS, false, 0",
        "COUNTS, true, 0",
        "COUNTS, false, 0",
        "WAVESENSE, true, 0",
        "WAVESENSE, false, 0",
        "WAVESENSE_SPIKES, false, 0",
        "SYN_NET, true, 0",
        "SYN_NET, false, 0",
        "SINABS, true, 0",
        "SINABS, false, 0",
        "LIF_BOX, true, 0",
        "LIF_BOX, false, 0",
        "SE_ADAPTIVE, true, 0",
        "SE_ADAPTIVE, false, 0",
        "AXON_DELAYS, true, 0",
        "AXON_DELAYS, false, 0"
    })
    void shouldGiveTheGradientsOfTheEquations(String layers, boolean detached, int firstStep) {
        TrainingConfig config = config(yaml(layers), detached);
        assertGradientsOfTheEquations(config, network(config, "vector"), firstStep);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HARDWARE", "RECURRENT"})
    void shouldGiveTheGradientsOfTheEquationsWithTimeConstantsThatAreOff(String layers) {
        TrainingConfig config = config(yaml(layers), true);
        TrainableNetwork network = network(config, "vector");
        bend(network);
        assertGradientsOfTheEquations(config, network, 0);
    }

    private static void bend(TrainableNetwork network) {
        var random = new SplitMix(31);
        for (TimeConstantMismatch leaks : network.leaks()) {
            for (int n = 0; n < leaks.factors().length; n++) {
                leaks.factors()[n] = (float) random.between(0.5, 2);
            }
        }
    }

    @Test
    void shouldExportTimeConstantsAsMeantAndForgetThatTheyWereOff() {
        TrainableNetwork network = network(config(HARDWARE, true), "vector");
        var meant = network.export().tensors();
        float[] input = random(STEPS * BATCH * INPUTS, 41);
        var pass = new Pass(STEPS, BATCH, 0, 1);
        float[] straight = network.forward(pass, input).clone();
        bend(network);
        assertThat(network.forward(pass, input)).isNotEqualTo(straight);
        assertThat(network.export().tensors()).isEqualTo(meant);
        network.leaks().forEach(TimeConstantMismatch::reset);
        assertThat(network.forward(pass, input)).isEqualTo(straight);
    }

    private static void assertGradientsOfTheEquations(TrainingConfig config, TrainableNetwork network, int firstStep) {
        int outputs = network.outputs();
        float[] input = random(STEPS * BATCH * INPUTS, 21);
        // The loss: a fixed random weight for every output value from the first step on.
        float[] weights = random(STEPS * BATCH * outputs, 22);
        Arrays.fill(weights, 0, firstStep * BATCH * outputs, 0);
        var pass = new Pass(STEPS, BATCH, firstStep, 1);
        float[] output = network.forward(pass, input).clone();
        network.backward(pass, weights.clone());

        assertThat(output).isEqualTo(values(reference(config, network, input, firstStep, "", -1), output));
        for (Parameter p : network.parameters()) {
            double largest = 0;
            double[] expected = new double[p.values().length];
            for (int i = 0; i < expected.length; i++) {
                Dual[][][] y = reference(config, network, input, firstStep, p.fullName(), i);
                for (int k = 0; k < weights.length; k++) {
                    expected[i] += weights[k] * y[k / (BATCH * outputs)][k / outputs % BATCH][k % outputs].d();
                }
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            assertThat(largest).as("largest gradient of %s", p.fullName()).isPositive();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) p.gradient()[i])
                        .as("%s[%d]", p.fullName(), i)
                        .isCloseTo(expected[i], within(5e-4 * largest));
            }
        }
    }

    /**
     * The equations that the test above takes gradients from, against finite differences of their own outputs with smooth
     * spikes: decays learnt through a sigmoid and thresholds among the parameters.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HARDWARE",
                "ADAPTIVE",
                "RESIDUAL",
                "LOOP",
                "CURRENTS",
                "WAVESENSE",
                "WAVESENSE_SPIKES",
                "SYN_NET",
                "SINABS",
                "LIF_BOX",
                "SE_ADAPTIVE",
                "AXON_DELAYS"
            })
    void shouldHaveEquationsWhoseDerivativesAreFiniteDifferences(String layers) {
        TrainingConfig config = config(yaml(layers), false);
        TrainableNetwork network = network(config, "scalar");
        float[] input = random(STEPS * BATCH * INPUTS, 21);
        double h = 1e-6;
        for (Parameter p : network.parameters()) {
            for (int i = 0; i < p.values().length; i++) {
                Dual[][][] y = smoothed(config, network, input, p.fullName(), i, 0);
                Dual[][][] above = smoothed(config, network, input, p.fullName(), i, h);
                Dual[][][] below = smoothed(config, network, input, p.fullName(), i, -h);
                for (int k = 0; k < STEPS * BATCH * network.outputs(); k++) {
                    int t = k / (BATCH * network.outputs());
                    int b = k / network.outputs() % BATCH;
                    int n = k % network.outputs();
                    assertThat((above[t][b][n].v() - below[t][b][n].v()) / (2 * h))
                            .as("%s[%d], output %d %d %d", p.fullName(), i, t, b, n)
                            .isCloseTo(y[t][b][n].d(), within(1e-7 + 1e-5 * Math.abs(y[t][b][n].d())));
                }
            }
        }
    }

    private static Dual[][][] smoothed(
            TrainingConfig config,
            TrainableNetwork network,
            float[] input,
            String moved,
            int movedIndex,
            double distance) {
        return equations(config, network, moved, movedIndex, distance)
                .smoothed()
                .forward(duals(input), network.outputs(), 0);
    }

    private static Dual[][][] duals(float[] input) {
        Dual[][][] x = new Dual[STEPS][BATCH][INPUTS];
        for (int k = 0; k < input.length; k++) {
            x[k / (BATCH * INPUTS)][k / INPUTS % BATCH][k % INPUTS] = Dual.of(input[k]);
        }
        return x;
    }

    /** With one parameter moved by a distance, and derivatives along it. */
    private static DualNetwork equations(
            TrainingConfig config, TrainableNetwork network, String direction, int directionIndex, double distance) {
        return new DualNetwork(
                config.network().layers(),
                config.network().surrogate().slope(),
                config.network().resetDetached(),
                STEP_SECONDS,
                (name, index) -> {
                    for (TimeConstantMismatch leaks : network.leaks()) {
                        if (name.equals(leaks.layer() + ".leak_factor")) {
                            return Dual.of(leaks.factors()[index]);
                        }
                    }
                    for (Parameter p : network.parameters()) {
                        if (p.fullName().equals(name)) {
                            boolean along = name.equals(direction) && index == directionIndex;
                            return new Dual(p.values()[index] + (along ? distance : 0), along ? 1 : 0);
                        }
                    }
                    throw new IllegalArgumentException("no parameter " + name);
                });
    }

    private static Dual[][][] reference(
            TrainingConfig config,
            TrainableNetwork network,
            float[] input,
            int firstStep,
            String direction,
            int directionIndex) {
        return equations(config, network, direction, directionIndex, 0)
                .forward(duals(input), network.outputs(), firstStep);
    }

    /** The reference's values, taken from the network's where they agree but for rounding. */
    private static float[] values(Dual[][][] y, float[] output) {
        float[] values = new float[output.length];
        int outputs = y[0][0].length;
        for (int k = 0; k < values.length; k++) {
            double v = y[k / (BATCH * outputs)][k / outputs % BATCH][k % outputs].v();
            values[k] = Math.abs(v - output[k]) < 1e-5 ? output[k] : (float) v;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HARDWARE",
                "ADAPTIVE",
                "RECURRENT",
                "SNN_TORCH",
                "RESIDUAL",
                "LOOP",
                "DELAYED",
                "CURRENTS",
                "COUNTS",
                "WAVESENSE",
                "WAVESENSE_SPIKES",
                "SYN_NET",
                "SINABS",
                "LIF_BOX",
                "SE_ADAPTIVE",
                "AXON_DELAYS"
            })
    void shouldNotDependOnTheBackend(String layers) {
        TrainingConfig config = config(yaml(layers), false);
        TrainableNetwork scalar = network(config, "scalar");
        TrainableNetwork vector = network(config, "vector");
        float[] input = random(STEPS * BATCH * INPUTS, 31);
        float[] gradient = random(STEPS * BATCH * scalar.outputs(), 32);
        var pass = new Pass(STEPS, BATCH, 0, 1);
        int size = STEPS * BATCH * scalar.outputs();
        assertThat(Arrays.copyOf(vector.forward(pass, input), size))
                .isEqualTo(Arrays.copyOf(scalar.forward(pass, input), size));
        scalar.backward(pass, gradient.clone());
        vector.backward(pass, gradient.clone());
        for (int p = 0; p < scalar.parameters().size(); p++) {
            assertThat(vector.parameters().get(p).gradient())
                    .as(vector.parameters().get(p).fullName())
                    .isEqualTo(scalar.parameters().get(p).gradient());
        }
    }

    /** Below threshold a network of one layer is linear in its weights, so differences of the membranes are exact. */
    @Test
    void shouldTakeTheGradientOfTheLastMembranes() {
        TrainingConfig config = ConfigReader.parse("""
            data: {words: [a, b, c]}
            network: {layers: [{name: output, neuron: {tau_millis: 30, threshold: 1000}}]}
            """);
        TrainableNetwork network = network(config, "vector");
        float[] input = random(STEPS * BATCH * INPUTS, 61);
        float[] lossWeights = random(STEPS * BATCH * 3, 62);
        var pass = new Pass(STEPS, BATCH, 0, 1);
        network.forward(pass, input);
        network.backward(pass, new float[lossWeights.length], lossWeights);
        Parameter weight = network.parameters().getFirst();
        float[] gradient = weight.gradient().clone();
        for (int i = 0; i < gradient.length; i++) {
            float before = weight.values()[i];
            weight.values()[i] = before + 1;
            double above = membranes(network, pass, input, lossWeights);
            weight.values()[i] = before - 1;
            double below = membranes(network, pass, input, lossWeights);
            weight.values()[i] = before;
            assertThat((double) gradient[i]).isCloseTo((above - below) / 2, within(1e-4 * Math.abs(gradient[i])));
        }
    }

    private static double membranes(TrainableNetwork network, Pass pass, float[] input, float[] lossWeights) {
        network.forward(pass, input);
        float[] membrane = java.util.Objects.requireNonNull(network.outputMembrane());
        double sum = 0;
        for (int i = 0; i < lossWeights.length; i++) {
            sum += lossWeights[i] * (double) membrane[i];
        }
        return sum;
    }

    @Test
    void shouldExportTheTrainingPassesOwnNetworkWhereNothingIsFolded() {
        TrainingConfig config = config(HARDWARE, true);
        TrainableNetwork network = network(config, "vector");
        float[] input = random(STEPS * BATCH * INPUTS, 41);
        float[] trained = network.forward(new Pass(STEPS, BATCH, 0, 1), input);
        SequenceNetwork.Result exported =
                new SequenceNetwork(network.export(), Backends.named("scalar", 1)).forward(STEPS, BATCH, input);
        assertThat(exported.output()).isEqualTo(Arrays.copyOf(trained, exported.output().length));
        assertThat(exported.layers())
                .extracting(SequenceNetwork.Layer::name)
                .containsExactly("front", "hidden", "output");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RESIDUAL",
                "LOOP",
                "DELAYED",
                "CURRENTS",
                "COUNTS",
                "WAVESENSE",
                "WAVESENSE_SPIKES",
                "SYN_NET",
                "SINABS",
                "LIF_BOX",
                "SE_ADAPTIVE",
                "AXON_DELAYS"
            })
    void shouldExportGraphsThatRunAsTheTrainingPassDid(String layers) {
        TrainableNetwork network = network(config(yaml(layers), true), "vector");
        network.anneal(1); // delays are rounded, as in the model
        float[] input = random(STEPS * BATCH * INPUTS, 41);
        float[] trained = network.forward(new Pass(STEPS, BATCH, 0, 1), input);
        for (String backend : new String[] {"scalar", "vector"}) {
            float[] whole = new SequenceNetwork(network.export(), Backends.named(backend, 1))
                    .forward(STEPS, BATCH, input)
                    .output();
            assertThat(whole).isEqualTo(Arrays.copyOf(trained, whole.length));
            assertStreamed(network, backend, input, whole);
        }
    }

    private static void assertStreamed(TrainableNetwork network, String backend, float[] input, float[] whole) {
        var streaming = new StreamingNetwork(network.export(), Backends.stepsNamed(backend));
        int outputs = network.outputs();
        float[] output = new float[outputs];
        for (int b = 0; b < BATCH; b++) {
            NetworkState state = streaming.newState();
            for (int t = 0; t < STEPS; t++) {
                int row = t * BATCH + b;
                streaming.step(state, Arrays.copyOfRange(input, row * INPUTS, (row + 1) * INPUTS), output);
                assertThat(output).isEqualTo(Arrays.copyOfRange(whole, row * outputs, (row + 1) * outputs));
            }
        }
    }

    @Test
    void shouldFoldNormalisationsIntoWeightsAndBiases() {
        TrainingConfig config = config(ADAPTIVE, false);
        TrainableNetwork network = network(config, "vector");
        float[] input = random(STEPS * BATCH * INPUTS, 51);
        float[] trained = {};
        // The running statistics approach the batch's own, so the exported network approaches the training pass.
        for (int i = 0; i < 300; i++) {
            trained = network.forward(new Pass(STEPS, BATCH, 0, 1), input);
        }
        // The running variance is the unbiased one: the pass's own, scaled.
        float[] exported = new SequenceNetwork(network.export(), Backends.named("scalar", 1))
                .forward(STEPS, BATCH, input)
                .output();
        double difference = 0;
        double size = 0;
        for (int i = 0; i < exported.length; i++) {
            difference += Math.abs(exported[i] - trained[i]);
            size += Math.abs(trained[i]);
        }
        assertThat(difference / size).isLessThan(0.15);
        assertThat(size).isPositive();
    }
}
