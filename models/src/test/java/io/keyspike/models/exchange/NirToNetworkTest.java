package io.keyspike.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkRecorder;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.nir.NirSimulator;
import io.keyspike.models.nir.ResetRule;
import io.keyspike.models.nir.SimulationSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A graph that became a network of ours gives the spikes that the graph gives by itself, in every dialect. */
class NirToNetworkTest {
    private static final int STEPS = 60;

    private final Random random = new Random(5);
    private final SortedMap<String, NirNode> nodes = new TreeMap<>();
    private final List<NirNode.Edge> edges = new ArrayList<>();

    private NirToNetworkTest chain(String... names) {
        for (int i = 1; i < names.length; i++) {
            edges.add(new NirNode.Edge(names[i - 1], names[i]));
        }
        return this;
    }

    private NirToNetworkTest node(String name, String type, Map<String, ?> parameters) {
        nodes.put(name, new NirNode.Primitive(type, parameters));
        return this;
    }

    private NirToNetworkTest ends(int outputs, int... input) {
        node("input", "Input", Map.of("shape", whole(input)));
        return node("output", "Output", Map.of("shape", whole(outputs)));
    }

    private NirNode.Graph graph() {
        return new NirNode.Graph(nodes, edges, Collections.emptySortedMap());
    }

    private static NumberArray whole(int... values) {
        return new NumberArray(
                NumberType.I64,
                List.of(values.length),
                java.util.Arrays.stream(values).asDoubleStream().toArray());
    }

    /** Float32 values, mostly above 0 so that neurons fire. */
    private NumberArray weights(double scale, Integer... shape) {
        int size = NumberArray.size(List.of(shape));
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (scale * (random.nextDouble() - 0.2));
        }
        return NumberArray.float32(List.of(shape), values);
    }

    private static NumberArray each(int width, double value) {
        double[] values = new double[width];
        java.util.Arrays.fill(values, value);
        return new NumberArray(NumberType.F64, List.of(width), values);
    }

    /** Neurons that take their input as it is: time constants of 4 and 2 steps of 1 ms. */
    private static Map<String, Object> lif(int width, Dialect dialect) {
        double step = dialect == Dialect.SINABS ? 1 : 1e-3;
        return Map.of(
                "tau", each(width, 4 * step),
                "r", each(width, resistance(dialect)),
                "v_leak", each(width, 0),
                "v_threshold", each(width, 1));
    }

    private static double resistance(Dialect dialect) {
        return switch (dialect) {
            case NIR, SNNTORCH, NORSE -> 4;
            case SINABS -> 1;
            case ROCKPOOL -> 4 * Math.exp(-0.25);
        };
    }

    private static Map<String, Object> currents(int width, Dialect dialect) {
        double step = dialect == Dialect.SINABS ? 1 : 1e-3;
        return new TreeMap<>(Map.of(
                "tau_mem", each(width, 4 * step),
                "tau_syn", each(width, 2 * step),
                "r", each(width, resistance(dialect)),
                "w_in", each(width, dialect == Dialect.NIR || dialect == Dialect.SNNTORCH ? 2 : 1),
                "v_leak", each(width, 0)));
    }

    /** Compares all spikes of nodes that both have; at least one neuron must have fired. */
    private void assertSameSpikes(NirNode.Graph graph, SimulationSettings settings) {
        var simulator = new NirSimulator(graph, settings);
        double[] input = new double[STEPS * NumberArray.size(simulator.inputShape())];
        float[] narrow = new float[input.length];
        for (int i = 0; i < input.length; i++) {
            narrow[i] = random.nextInt(3) == 0 ? 1 : 0;
            input[i] = narrow[i];
        }
        SortedMap<String, NirSimulator.Recording> theirs = simulator.run(new double[][] {input}, STEPS);
        Network network = NirToNetwork.convert(graph, settings, null);
        SortedMap<String, NetworkRecorder.Recording> ours =
                new NetworkRecorder(network, Backends.stepsNamed("scalar")).run(narrow, STEPS);
        int compared = 0;
        double fired = 0;
        for (Map.Entry<String, NirSimulator.Recording> entry : theirs.entrySet()) {
            NetworkRecorder.Recording node = ours.get(entry.getKey().replace('/', '_'));
            if (node == null || !(entry.getValue().spikes() || entry.getValue().hasMembrane())) {
                continue;
            }
            compared++;
            double[] expected = entry.getValue().output()[0];
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) node.output()[i])
                        .as(entry.getKey() + " " + i)
                        .isEqualTo(expected[i], within(1e-4));
                fired += entry.getValue().spikes() ? expected[i] : 0;
            }
        }
        assertThat(compared).isPositive();
        assertThat(fired).isPositive();
    }

    private static SimulationSettings settings(Dialect dialect) {
        return new SimulationSettings(dialect, dialect == Dialect.SINABS ? null : 1e-3, null, null);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void shouldWriteConvolutionsAndPoolsAsMatrices(Dialect dialect) {
        ends(3, 2, 6, 5)
                .node(
                        "conv",
                        "Conv2d",
                        Map.of(
                                "weight", weights(0.5, 4, 1, 3, 3),
                                "bias", weights(0.1, 4),
                                "stride", whole(1),
                                "dilation", whole(1),
                                "groups", whole(2),
                                "padding", "same"))
                .node("lif", "LIF", lif(120, dialect))
                .node(
                        "pool",
                        "SumPool2d",
                        Map.of("kernel_size", whole(2, 2), "stride", whole(2, 2), "padding", whole(0, 0)))
                .node("average", "AvgPool2d", Map.of("kernel_size", whole(2), "stride", whole(1), "padding", whole(0)))
                .node("flat", "Flatten", Map.of("start_dim", whole(0), "end_dim", whole(-1)))
                .node("fc", "Linear", Map.of("weight", weights(2, 3, 8)))
                .node("out", "LIF", lif(3, dialect))
                .chain("input", "conv", "lif", "pool", "average", "flat", "fc", "out", "output");
        assertSameSpikes(graph(), settings(dialect));
    }

    @Test
    void shouldKeepTheWeightsOfAConvolution() {
        ends(8, 1, 8)
                .node(
                        "conv",
                        "Conv1d",
                        Map.of(
                                "weight", NumberArray.float32(List.of(1, 1, 2), new double[] {0.1f, 1e-8f}),
                                "bias", NumberArray.float32(List.of(1), new double[] {1e6}),
                                "stride", whole(1),
                                "dilation", whole(1),
                                "groups", whole(1),
                                "padding", "valid"))
                .chain("input", "conv", "output");
        Network network = NirToNetwork.convert(graph(), settings(Dialect.NIR), null);
        float[] weight =
                Objects.requireNonNull(network.tensors().get("conv.weight")).values();
        assertThat(weight[0]).isEqualTo(0.1f);
        assertThat(weight[7]).isEqualTo(1e-8f);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void shouldDissolveSubGraphs(Dialect dialect) {
        ends(5, 5)
                .node("neurons", "LIF", lif(5, dialect))
                .node("back", "Affine", Map.of("weight", weights(-0.4, 5, 5), "bias", weights(0.2, 5)))
                .chain("input", "neurons", "output")
                .chain("neurons", "back", "neurons");
        NirNode.Graph inner = graph();
        nodes.clear();
        edges.clear();
        ends(2, 4).node("in", "Affine", Map.of("weight", weights(2, 5, 4), "bias", weights(0.1, 5)));
        nodes.put("sub", inner);
        node("fc", "Linear", Map.of("weight", weights(2, 2, 5)))
                .node("out", "LIF", lif(2, dialect))
                .chain("input", "in", "sub", "fc", "out", "output");
        assertSameSpikes(graph(), settings(dialect));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void shouldRunLoopsOverSeveralLayers(Dialect dialect) {
        ends(4, 4)
                .node("a", "LIF", lif(4, dialect))
                .node("ab", "Linear", Map.of("weight", weights(1.5, 3, 4)))
                .node("b", "LIF", lif(3, dialect))
                .node("ba", "Affine", Map.of("weight", weights(-0.3, 4, 3), "bias", weights(0.3, 4)))
                .chain("input", "a", "ab", "b", "ba", "a")
                .chain("a", "output");
        assertSameSpikes(graph(), settings(dialect));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void shouldConvertNeuronsWithCurrents(Dialect dialect) {
        Map<String, Object> spiking = currents(5, dialect);
        spiking.put("v_threshold", each(5, 1));
        for (double gain : new double[] {1, 0.5}) {
            spiking.put("r", each(5, gain * resistance(dialect)));
            for (ResetRule reset : List.of(ResetRule.SUBTRACT, ResetRule.ZERO)) {
                nodes.clear();
                edges.clear();
                ends(3, 4)
                        .node("in", "Linear", Map.of("weight", weights(1, 5, 4)))
                        .node("a", "CubaLIF", spiking)
                        .node("fc", "Linear", Map.of("weight", weights(1, 3, 5)))
                        .node("b", "CubaLI", currents(3, dialect))
                        .chain("input", "in", "a", "fc", "b", "output");
                if (dialect != Dialect.SNNTORCH || gain == 1) {
                    node("rec", "Linear", Map.of("weight", weights(-0.2, 5, 5))).chain("a", "rec", "a");
                }
                assertSameSpikes(
                        graph(), new SimulationSettings(dialect, dialect == Dialect.SINABS ? null : 1e-3, reset, null));
            }
        }
    }

    @Test
    void shouldConvertThresholdsDelaysAndFloors() {
        ends(3, 3)
                .node("scale", "Scale", Map.of("scale", weights(2, 3)))
                .node("delay", "Delay", Map.of("delay", each(3, 3)))
                .node("threshold", "Threshold", Map.of("threshold", each(3, 0.1)))
                .node("fc", "Linear", Map.of("weight", weights(3, 3, 3)))
                .node("iaf", "IF", Map.of("r", each(3, 1), "v_threshold", each(3, 0.7f)))
                .chain("input", "scale", "delay", "threshold", "fc", "iaf", "output");
        for (Double floor : new Double[] {null, Double.NEGATIVE_INFINITY, -0.25}) {
            for (Integer most : new Integer[] {null, 1, 2}) {
                assertSameSpikes(
                        graph(),
                        new SimulationSettings(
                                Dialect.SINABS,
                                null,
                                null,
                                null,
                                new SimulationSettings.Membranes(most, floor, false)));
            }
        }
        assertSameSpikes(graph(), new SimulationSettings(Dialect.NIR, 1.0, ResetRule.NONE, null));
    }

    @Test
    void shouldComeBackTheSameWithoutBeingToldTheDialect() {
        ends(5, 4)
                .node("in", "Affine", Map.of("weight", weights(4, 5, 4), "bias", weights(0.5, 5)))
                .node("a", "LIF", lif(5, Dialect.SNNTORCH))
                .chain("input", "in", "a", "output");
        for (ResetRule reset : List.of(ResetRule.SUBTRACT, ResetRule.ZERO)) {
            for (boolean delayed : new boolean[] {true, false}) {
                Network network = NirToNetwork.convert(
                        graph(), new SimulationSettings(Dialect.SNNTORCH, 1e-3, reset, delayed), null);
                NirNode.Graph written = NetworkToNir.convert(network);
                assertThat(NirToNetwork.convert(written, SimulationSettings.of(Dialect.NIR), null)
                                .graph()
                                .nodes())
                        .isEqualTo(network.graph().nodes());
                assertSameSpikes(written, SimulationSettings.of(Dialect.NIR));
            }
        }
    }

    private static NumberArray vector(double... values) {
        return new NumberArray(NumberType.F64, List.of(values.length), values);
    }

    private static Map<String, Object> with(Map<String, Object> parameters, String name, NumberArray value) {
        var all = new TreeMap<>(parameters);
        all.put(name, value);
        return all;
    }

    /** A leak to a potential is a constant current; in Norse's dialect the neurons begin there, too. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void shouldLeakToAPotential(Dialect dialect) {
        NumberArray leak = vector(0.4, -0.3, 0.05, 0.7);
        ResetRule reset = dialect == Dialect.NORSE ? ResetRule.NONE : ResetRule.SUBTRACT;
        ends(4, 3)
                .node("in", "Linear", Map.of("weight", weights(1, 4, 3)))
                .node("a", "LIF", with(lif(4, dialect), "v_leak", leak))
                .node("b", "Linear", Map.of("weight", weights(2, 4, 4)))
                .node("c", "LIF", with(with(lif(4, dialect), "v_leak", leak), "r", each(4, 2)))
                .chain("input", "in", "a", "b", "c", "output");
        assertSameSpikes(
                graph(), new SimulationSettings(dialect, dialect == Dialect.SINABS ? null : 1e-3, reset, null));
    }

    /** Without any input, neurons whose potential lies above their threshold fire by themselves. */
    @Test
    void shouldFireOfALeakAlone() {
        ends(2, 2)
                .node("in", "Linear", Map.of("weight", vectorOf(2, 2)))
                .node("a", "LIF", with(lif(2, Dialect.NIR), "v_leak", vector(1.5, 0.5)))
                .chain("input", "in", "a", "output");
        Network network = NirToNetwork.convert(graph(), settings(Dialect.NIR), null);
        float[] spikes = Objects.requireNonNull(new NetworkRecorder(network, Backends.stepsNamed("scalar"))
                        .run(new float[2 * STEPS], STEPS)
                        .get("a"))
                .output();
        int[] fired = new int[2];
        for (int i = 0; i < spikes.length; i++) {
            fired[i % 2] += (int) spikes[i];
        }
        assertThat(fired[0]).isGreaterThan(5);
        assertThat(fired[1]).isZero();
    }

    private static NumberArray vectorOf(int rows, int columns) {
        return NumberArray.float32(List.of(rows, columns), new double[rows * columns]);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"NIR", "NORSE", "SINABS", "ROCKPOOL"})
    void shouldResetToALevel(Dialect dialect) {
        boolean counted = dialect == Dialect.NORSE;
        Map<String, Object> a = with(lif(4, dialect), "v_reset", each(4, -0.25));
        Map<String, Object> c = with(with(lif(4, dialect), "v_reset", each(4, 0.3)), "v_leak", each(4, 0.2));
        ends(4, 3)
                .node("in", "Linear", Map.of("weight", weights(2, 4, 3)))
                .node("a", "LIF", counted ? with(a, "v_leak", each(4, 0.1)) : a)
                .node("b", "Linear", Map.of("weight", weights(2, 4, 4)))
                .node("c", "LIF", c)
                .chain("input", "in", "a", "b", "c", "output");
        assertSameSpikes(
                graph(),
                new SimulationSettings(dialect, dialect == Dialect.SINABS ? null : 1e-3, ResetRule.V_RESET, null));
    }

    /** The current is a readout in front, with the constant one behind it. */
    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"NIR", "NORSE"})
    void shouldLeakAndResetBehindACurrent(Dialect dialect) {
        Map<String, Object> a = with(
                with(with(currents(4, dialect), "v_threshold", each(4, 0.8)), "v_reset", each(4, -0.2)),
                "v_leak",
                dialect == Dialect.NORSE ? each(4, 0.15) : vector(0.3, -0.1, 0, 0.5));
        ends(4, 3)
                .node("in", "Linear", Map.of("weight", weights(1, 4, 3)))
                .node("a", "CubaLIF", a)
                .chain("input", "in", "a", "output");
        assertSameSpikes(graph(), new SimulationSettings(dialect, 1e-3, ResetRule.V_RESET, null));
    }

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"NIR", "SNNTORCH", "SINABS", "ROCKPOOL"})
    void shouldIntegrateFromAPotential(Dialect dialect) {
        NumberArray leak = vector(0.4, -0.3, 0.1);
        Map<String, Object> li = with(new TreeMap<>(lif(3, dialect)), "v_leak", leak);
        li.remove("v_threshold");
        ends(3, 3)
                .node("in", "Linear", Map.of("weight", weights(2, 3, 3)))
                .node("a", "LIF", lif(3, dialect))
                .node("out", "LI", li)
                .node("current", "CubaLI", with(currents(3, dialect), "v_leak", leak))
                .chain("input", "in", "a", "out", "output")
                .chain("a", "current", "output");
        assertSameSpikes(graph(), settings(dialect));
    }

    private void assertRefused(
            String type, Map<String, Object> parameters, Dialect dialect, ResetRule rule, String what) {
        edges.clear();
        nodes.clear();
        ends(2, 2).node("a", type, parameters).chain("input", "a", "output");
        var given = new SimulationSettings(dialect, 1e-3, rule, null);
        assertThatThrownBy(() -> NirToNetwork.convert(graph(), given, null))
                .hasMessage("node a (" + type + "): expected " + what + " for a network of ours, found otherwise");
    }

    @Test
    void shouldRefusePotentialsThatItCannotExpressByName() {
        NumberArray some = each(2, 0.1);
        Map<String, Object> cuba = with(currents(2, Dialect.SNNTORCH), "v_threshold", each(2, 1));
        assertRefused("CubaLIF", with(cuba, "v_leak", some), Dialect.SNNTORCH, ResetRule.ZERO, "0 as 'v_leak'");
        assertRefused("CubaLIF", with(cuba, "v_leak", some), Dialect.ROCKPOOL, ResetRule.SUBTRACT, "0 as 'v_leak'");
        Map<String, Object> lif = lif(2, Dialect.NORSE);
        assertRefused("LIF", with(lif, "v_reset", some), Dialect.SNNTORCH, ResetRule.V_RESET, "0 as 'v_reset'");
        assertRefused(
                "LIF",
                with(lif, "v_reset", vector(0, 0.1)),
                Dialect.NIR,
                ResetRule.V_RESET,
                "the same 'v_reset' of all neurons");
        assertRefused("LIF", with(lif, "v_leak", some), Dialect.NORSE, ResetRule.SUBTRACT, "0 as 'v_leak'");
        assertRefused(
                "LIF", with(lif, "v_leak", each(2, 1)), Dialect.NORSE, ResetRule.NONE, "'v_threshold' above 'v_leak'");
        var li = new TreeMap<>(with(lif, "v_leak", some));
        li.remove("v_threshold");
        assertRefused("LI", li, Dialect.NORSE, ResetRule.V_RESET, "0 as 'v_leak'");
    }

    @Test
    void shouldRefuseWhatItCannotExpressByName() {
        ends(2, 2);
        node("a", "LIF", lif(2, Dialect.NIR))
                .node("a.b", "LIF", lif(2, Dialect.NIR))
                .node("a/b", "LIF", lif(2, Dialect.NIR));
        edges.clear();
        chain("input", "a", "a.b", "a/b", "output");
        assertThatThrownBy(() -> NirToNetwork.convert(graph(), settings(Dialect.NIR), null))
                .hasMessageContaining("node a_b: expected names that differ");
    }
}
