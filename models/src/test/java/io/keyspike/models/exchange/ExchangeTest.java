package io.keyspike.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.TestModels;
import io.keyspike.models.arrays.ArrayFiles;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import io.keyspike.models.json.JsonFields;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkRecorder;
import io.keyspike.models.nir.Dialect;
import io.keyspike.models.nir.NirFiles;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.nir.NirSimulator;
import io.keyspike.models.nir.ResetRule;
import io.keyspike.models.nir.SimulationSettings;
import io.keyspike.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that came from another library, and went back, are the same. */
class ExchangeTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "nir_snntorch_leaky, SNNTORCH, SUBTRACT, true",
        "nir_snntorch_leaky_zero, SNNTORCH, ZERO, false",
        "nir_snntorch_synaptic, SNNTORCH, SUBTRACT, true",
        "nir_snntorch_rsynaptic, SNNTORCH, SUBTRACT, true",
        "nir_norse, NORSE, ,",
        "nir_sinabs, SINABS, ,",
        "nir_rockpool, ROCKPOOL, ,"
    })
    void shouldRunImportedNetworksToTheExportersSpikes(String name, Dialect dialect, ResetRule reset, Boolean delay)
            throws IOException {
        GoldenFile golden = GoldenFile.open(name);
        NirNode.Graph graph = NirFiles.read(GoldenFile.copy(name + ".nir", folder));

        Network network = NirToNetwork.convert(graph, new SimulationSettings(dialect, null, reset, delay), null);

        int[] shape = golden.shape("x");
        boolean batched = name.contains("snntorch") || name.contains("norse");
        int steps = shape[name.contains("rockpool") ? 1 : 0];
        int batch = batched ? shape[1] : 1;
        for (int b = 0; b < batch; b++) {
            SortedMap<String, NetworkRecorder.Recording> run = new NetworkRecorder(
                            network, Backends.stepsNamed("vector"))
                    .run(sequence(golden, "x", steps, batch, b), steps);
            List<NetworkRecorder.Recording> spiking = run.values().stream()
                    .filter(NetworkRecorder.Recording::spikes)
                    .toList();
            for (int layer = 1; layer <= 2; layer++) {
                assertThat(spiking.get(layer - 1).output())
                        .as("layer " + layer)
                        .isEqualTo(sequence(golden, "spk" + layer, steps, batch, b));
            }
        }
    }

    /** {@code [T, N]} of one sequence. */
    private static float[] sequence(GoldenFile golden, String tensor, int steps, int batch, int b) {
        float[] values = golden.floats(tensor);
        int n = values.length / steps / batch;
        float[] result = new float[steps * n];
        for (int t = 0; t < steps; t++) {
            for (int i = 0; i < n; i++) {
                // Sinabs counts negative membranes as -0 spikes
                result[t * n + i] = values[(t * batch + b) * n + i] + 0f;
            }
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"nir_snntorch_leaky", "nir_snntorch_leaky_zero", "nir_snntorch_synaptic"})
    void shouldKeepParametersOnTheWayThereAndBack(String name) throws IOException {
        NirNode.Graph graph = NirFiles.read(GoldenFile.copy(name + ".nir", folder));
        var settings = SimulationSettings.of(Dialect.SNNTORCH);
        Network network = NirToNetwork.convert(graph, settings, null);

        NirNode.Graph back = NetworkToNir.convert(network);
        Path file = folder.resolve("back.nir");
        NirFiles.write(file, back);

        assertThat(NirToNetwork.convert(NirFiles.read(file), settings, null)).isEqualTo(network);
        graph.nodes().forEach((node, theirs) -> {
            if (theirs instanceof NirNode.Primitive before
                    && back.nodes().get(node) instanceof NirNode.Primitive after) {
                assertThat(after.type()).isEqualTo(before.type());
                for (String parameter : List.of("weight", "bias", "v_threshold")) {
                    if (before.numbers(parameter) != null) {
                        assertThat(after.numbers(parameter)).as(parameter).isEqualTo(before.numbers(parameter));
                    }
                }
            }
        });
    }

    @Test
    void shouldRunExportedNetworksToTheSameSpikes() {
        int tried = 0;
        for (TestModels.Kind kind : TestModels.Kind.values()) {
            Network network = TestModels.network(kind, 1);
            NirNode.Graph graph;
            try {
                graph = NetworkToNir.convert(network);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).hasLineCount(1).contains("expected");
                continue;
            }
            assertThat(NirToNetwork.convert(graph, SimulationSettings.of(Dialect.SNNTORCH), null)
                            .graph()
                            .stepSeconds())
                    .isEqualTo(network.graph().stepSeconds());
            tried++;
        }
        assertThat(tried).isPositive();
    }

    @Test
    void shouldReadAndWriteStateDictionaries() throws IOException {
        SortedMap<String, NumberArray> dictionary = new TreeMap<>(Map.of(
                "0.weight", NumberArray.float32(List.of(2, 3), new double[] {1, 2, 3, 4, 5, 6}),
                "0.bias", NumberArray.float32(List.of(2), new double[] {0.5, -0.5}),
                "1.beta", NumberArray.float32(List.of(), new double[] {0.9f}),
                "1.threshold", NumberArray.float32(List.of(2), new double[] {1, 2}),
                "1.graded_spikes_factor", NumberArray.float32(List.of(), new double[] {1}),
                "1.reset_mechanism_val", new NumberArray(NumberType.I64, List.of(), new double[] {1})));
        for (String extension : List.of("npz", "safetensors")) {
            Path file = folder.resolve("net." + extension);
            ArrayFiles.write(file, dictionary);
            assertThat(ArrayFiles.read(file)).isEqualTo(dictionary);
        }

        Network network = SnnTorchWeights.read(dictionary, architecture("leaky"), 1e-3);
        SortedMap<String, NumberArray> back = SnnTorchWeights.write(network);

        assertThat(back.get("0.weight")).isEqualTo(dictionary.get("0.weight"));
        assertThat(back.get("0.bias")).isEqualTo(dictionary.get("0.bias"));
        assertThat(back.get("1.threshold")).isEqualTo(dictionary.get("1.threshold"));
        assertThat(back.get("1.reset_mechanism_val")).isEqualTo(dictionary.get("1.reset_mechanism_val"));
        assertThatThrownBy(() -> SnnTorchWeights.read(dictionary, architecture("synaptic"), 1e-3))
                .hasMessageContaining("alpha");
        dictionary.put("2.weight", NumberArray.float32(List.of(1), new double[] {1}));
        assertThatThrownBy(() -> SnnTorchWeights.read(dictionary, architecture("leaky"), 1e-3))
                .hasMessageContaining("2.weight");
    }

    private static JsonFields architecture(String kind) {
        return JsonFields.parse(
                "{\"input\": 3, \"layers\": [{\"kind\": \"linear\", \"name\": \"0\"}, {\"kind\": \"" + kind
                        + "\", \"name\": \"1\"}]}",
                "architecture");
    }

    @Test
    void shouldRunANirGraphAsItsNetwork() throws IOException {
        NirNode.Graph graph = NirFiles.read(GoldenFile.copy("nir_snntorch_leaky.nir", folder));
        NirNode.Graph back =
                NetworkToNir.convert(NirToNetwork.convert(graph, SimulationSettings.of(Dialect.SNNTORCH), null));

        assertThat(new NirSimulator(back, SimulationSettings.of(Dialect.SNNTORCH)).inputShape())
                .isEqualTo(new NirSimulator(graph, SimulationSettings.of(Dialect.SNNTORCH)).inputShape());
    }
}
