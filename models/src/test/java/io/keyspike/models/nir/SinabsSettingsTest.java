package io.keyspike.models.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import io.keyspike.testing.GoldenFile;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What NIR cannot say of Sinabs's neurons is told by settings; with them, every kind of its layers gives its spikes. */
class SinabsSettingsTest {
    private static final double INTEGRATES = 1e30;

    @ParameterizedTest
    @CsvSource({
        // golden case, kind, threshold, time constants in steps, v_reset, reset, most spikes, floor, normalised input
        "iaf_multi, IF, 1, , , , , , , false",
        "iaf_single, IF, 1, , , , , 1, , false",
        "iaf_multi_min, IF, 1, , , , , , -0.4, false",
        "iaf_single_min, IF, 1, , , , , 1, -0.4, false",
        "iaf_multi_reset0, IF, 1, , , 0, V_RESET, , , false",
        "iaf_single_reset, IF, 1, , , -0.1, V_RESET, 1, -0.5, false",
        "iaf_multi_th, IF, 0.7, , , , , , , false",
        "iaf_multi_syn, CubaLIF, 1, , 4, , , , , false",
        "iaf_max3, IF, 1, , , , , 3, , false",
        "lif_norm, LIF, 1, 8, , , , , , true",
        "lif_raw, LIF, 1, 8, , , , , , false",
        "lif_syn, CubaLIF, 1, 8, 5, , , , , true",
        "lif_syn_raw, CubaLIF, 1, 8, 5, , , , , false",
        "lif_min_single, LIF, 1, 8, , , , 1, -0.3, true",
        "lif_pe, LIF, 0.8, 8, , , , , , true",
        "expleak, LI, , 8, , , , , , false",
        "expleak_norm, LI, , 8, , , , , , true",
        "expleak_min, LI, , 8, , , , , -0.5, false"
    })
    void shouldSpikeAsSinabs(
            String name,
            String type,
            @Nullable Float threshold,
            @Nullable Double tau,
            @Nullable Double tauSyn,
            @Nullable Float resetTo,
            @Nullable ResetRule reset,
            @Nullable Integer most,
            @Nullable Double floor,
            boolean normalised) {
        GoldenFile golden = GoldenFile.open("sinabs_iaf");
        int[] shape = golden.shape(name + ".x");
        var parameters = new TreeMap<String, Object>(Map.of("r", number(1)));
        if (!type.equals("IF")) {
            parameters.put(type.equals("CubaLIF") ? "tau_mem" : "tau", number(tau == null ? INTEGRATES : tau));
            parameters.put("v_leak", number(0));
        }
        if (tauSyn != null) {
            parameters.put("tau_syn", number(tauSyn));
        }
        if (threshold != null) {
            parameters.put("v_threshold", number(threshold));
        }
        if (resetTo != null) {
            parameters.put("v_reset", number(resetTo));
        }
        var settings = new SimulationSettings(
                Dialect.SINABS,
                null,
                reset,
                null,
                new SimulationSettings.Membranes(
                        most, floor == null ? Double.valueOf(Double.NEGATIVE_INFINITY) : floor, normalised));
        int size = shape[1] * shape[2];
        NirSimulator.Recording found = Objects.requireNonNull(
                new NirSimulator(graph(shape[2], new NirNode.Primitive(type, parameters)), settings)
                        .run(sequences(golden.doubles(name + ".x"), size), shape[1])
                        .get("neurons"));

        double[][] spikes = sequences(golden.doubles(name + ".out"), size);
        double[][] membranes = sequences(golden.doubles(name + ".v"), size);
        for (int b = 0; b < shape[0]; b++) {
            for (int i = 0; i < size; i++) {
                assertThat(found.output()[b][i]).isEqualTo(spikes[b][i] + 0.0, within(type.equals("LI") ? 1e-4 : 0));
                assertThat(found.membrane()[b][i]).isEqualTo(membranes[b][i], within(1e-4));
            }
        }
    }

    private static NirNode.Graph graph(int width, NirNode node) {
        return new NirNode.Graph(
                new TreeMap<>(Map.of(
                        "input",
                        new NirNode.Primitive("Input", Map.of("shape", size(width))),
                        "neurons",
                        node,
                        "output",
                        new NirNode.Primitive("Output", Map.of("shape", size(width))))),
                List.of(new NirNode.Edge("input", "neurons"), new NirNode.Edge("neurons", "output")),
                Collections.emptySortedMap());
    }

    private static NumberArray number(double value) {
        return new NumberArray(NumberType.F64, List.of(), new double[] {value});
    }

    private static NumberArray size(int width) {
        return new NumberArray(NumberType.I64, List.of(1), new double[] {width});
    }

    private static double[][] sequences(double[] values, int size) {
        double[][] result = new double[values.length / size][];
        for (int b = 0; b < result.length; b++) {
            result[b] = Arrays.copyOfRange(values, b * size, (b + 1) * size);
        }
        return result;
    }

    @Test
    void shouldNotTakeAllMemoryForAFewBytes() {
        for (Map.Entry<String, Map<String, Object>> node : Map.<String, Map<String, Object>>of(
                        "LIF",
                        Map.of("tau", number(1), "r", number(1), "v_leak", number(0), "v_threshold", number(1)),
                        "Delay",
                        Map.of("delay", number(1e6)))
                .entrySet()) {
            int width = node.getKey().equals("LIF") ? Integer.MAX_VALUE : 1 << 20;
            assertThatThrownBy(() -> new NirSimulator(
                            graph(width, new NirNode.Primitive(node.getKey(), node.getValue())),
                            SimulationSettings.of(Dialect.SINABS)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected")
                    .hasMessageContaining("at most");
        }
    }
}
