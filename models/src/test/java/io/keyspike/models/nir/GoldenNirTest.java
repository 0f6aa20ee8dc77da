package io.keyspike.models.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.arrays.NumberType;
import io.keyspike.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NIR files of every exporting library and of both layouts of the format: read, run to the library's spikes, written again. */
class GoldenNirTest {
    private static final double CLOSE = 2e-5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nir_norse",
                "nir_norse_default_dt",
                "nir_rockpool",
                "nir_sinabs",
                "nir_snntorch_leaky",
                "nir_snntorch_leaky_zero",
                "nir_snntorch_rsynaptic",
                "nir_snntorch_synaptic",
                "nir_primitives_conv1d_v104",
                "nir_primitives_conv1d_v108",
                "nir_primitives_conv_v104",
                "nir_primitives_conv_v108",
                "nir_primitives_flat_v104",
                "nir_primitives_flat_v108",
                "nir_primitives_recurrent_v104",
                "nir_primitives_recurrent_v108"
            })
    void shouldReadWhatNirReadsAndWriteItAgain(String name) throws IOException {
        GoldenFile golden = GoldenFile.open(name);
        Path file = GoldenFile.copy(name + ".nir", folder);

        NirNode.Graph graph = NirFiles.read(file);

        assertParameters(graph, "", golden);
        JsonNode edges = golden.params().get("edges");
        assertThat(graph.edges()).hasSize(edges.size());
        edges.forEach(e -> assertThat(graph.edges())
                .contains(new NirNode.Edge(e.get(0).asText(), e.get(1).asText())));
        Path copy = folder.resolve("copy.nir");
        NirFiles.write(copy, graph);
        assertThat(NirFiles.read(copy)).isEqualTo(graph);
        // Whatever the file leaves open, the graph runs.
        int size = NumberArray.size(new NirSimulator(graph, settings(Dialect.NIR, 1e-3)).inputShape());
        var r = new Random(1);
        double[][] input = {r.doubles(5L * size).toArray()};
        new NirSimulator(graph, settings(Dialect.NIR, 1e-3)).run(input, 5);
    }

    private static void assertParameters(NirNode.Graph graph, String prefix, GoldenFile golden) {
        graph.nodes().forEach((name, node) -> {
            String path = prefix + name;
            assertThat(golden.params().get("types").get(path).asText()).isEqualTo(node.type());
            switch (node) {
                case NirNode.Graph sub -> assertParameters(sub, path + "/", golden);
                case NirNode.Primitive primitive ->
                    primitive.parameters().forEach((parameter, value) -> {
                        String tensor = "node." + path + "." + parameter;
                        if (value instanceof NumberArray array && golden.has(tensor)) {
                            assertThat(array.values()).as(tensor).isEqualTo(golden.doubles(tensor));
                        }
                    });
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "nir_norse, NORSE, 1e-3, TBN",
        "nir_norse_default_dt, NORSE, 1e-3, TBN",
        "nir_norse_default_dt, NORSE, 1e-6, TBN",
        "nir_norse, NORSE, , TBN",
        "nir_rockpool, ROCKPOOL, 1e-3, BTN",
        "nir_sinabs, SINABS, , TN",
        "nir_snntorch_leaky, SNNTORCH, 1e-4, TBN",
        "nir_snntorch_leaky_zero, SNNTORCH, 1e-4, TBN",
        "nir_snntorch_rsynaptic, SNNTORCH, , TBN",
        "nir_snntorch_synaptic, SNNTORCH, , TBN"
    })
    void shouldRunToTheExportersSpikes(String name, Dialect dialect, Double dt, String layout) throws IOException {
        GoldenFile golden = GoldenFile.open(name);
        JsonNode params = golden.params();
        ResetRule reset = params.has("reset")
                ? ResetRule.valueOf(params.get("reset").asText().toUpperCase(java.util.Locale.ROOT))
                : null;
        Boolean delay = params.has("reset_delay") ? params.get("reset_delay").asBoolean() : null;
        NirNode.Graph graph = NirFiles.read(GoldenFile.copy(name + ".nir", folder));
        double[][] input = sequences(golden, "x", layout);

        SortedMap<String, NirSimulator.Recording> run = new NirSimulator(
                        graph, new SimulationSettings(dialect, dt, reset, delay))
                .run(input, input[0].length / NumberArray.size(List.of(lastAxis(golden, "x"))));

        int compared = 0;
        for (Map.Entry<String, String> pair : expected(golden, run).entrySet()) {
            NirSimulator.Recording node = Objects.requireNonNull(run.get(pair.getValue()), pair.getValue());
            double[][] found =
                    pair.getKey().startsWith("spk") || pair.getKey().equals("out") ? node.output() : node.membrane();
            double[][] theirs = sequences(golden, pair.getKey(), layout);
            for (int b = 0; b < theirs.length; b++) {
                if (pair.getKey().startsWith("spk")) {
                    assertThat(found[b]).as(pair.getKey()).isEqualTo(theirs[b]);
                } else {
                    assertClose(found[b], theirs[b], pair.getKey());
                }
            }
            compared++;
        }
        assertThat(compared).isGreaterThanOrEqualTo(2);
    }

    /** Golden tensors by the name of our node: the first and second spiking node, and Norse's integrator at the end. */
    private static Map<String, String> expected(GoldenFile golden, SortedMap<String, NirSimulator.Recording> run) {
        List<String> spiking = run.entrySet().stream()
                .filter(e -> e.getValue().spikes())
                .map(Map.Entry::getKey)
                .toList();
        var result = new TreeMap<String, String>();
        for (int layer = 1; layer <= spiking.size(); layer++) {
            for (String kind : List.of("spk", "mem", "v")) {
                if (golden.has(kind + layer)) {
                    result.put(kind + layer, spiking.get(layer - 1));
                }
            }
        }
        if (golden.has("out")) {
            result.put("out", "5");
        }
        return result;
    }

    private static int lastAxis(GoldenFile golden, String tensor) {
        int[] shape = golden.shape(tensor);
        return shape[shape.length - 1];
    }

    /** {@code [B][T · N]} of a tensor in some layout. */
    private static double[][] sequences(GoldenFile golden, String tensor, String layout) {
        int[] shape = golden.shape(tensor);
        // Sinabs counts negative membranes as -0 spikes
        double[] values = java.util.Arrays.stream(golden.doubles(tensor))
                .map(v -> v + 0.0)
                .toArray();
        int n = shape[shape.length - 1];
        int batch = layout.equals("TN") ? 1 : shape[layout.indexOf('B')];
        int steps = shape[layout.indexOf('T')];
        double[][] result = new double[batch][steps * n];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                int row = layout.equals("TBN") ? t * batch + b : b * steps + t;
                System.arraycopy(values, row * n, result[b], t * n, n);
            }
        }
        return result;
    }

    private static void assertClose(double[] found, double[] expected, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i])
                    .as(what + " " + i)
                    .isCloseTo(
                            expected[i],
                            org.assertj.core.api.Assertions.within(CLOSE * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private static SimulationSettings settings(Dialect dialect, double dt) {
        return new SimulationSettings(dialect, dt, null, null);
    }

    @Test
    void shouldConvolveAsTheirDefinitionsSay() {
        var weight = NumberArray.float32(List.of(2, 1, 2), new double[] {1, 2, 10, 20});
        var convolution = new TreeMap<String, Object>(Map.of(
                "weight", weight,
                "bias", NumberArray.float32(List.of(2), new double[] {0.5, 0}),
                "stride", number(1),
                "dilation", number(2),
                "groups", number(2)));
        convolution.put("padding", "same");
        NirNode.Graph graph = chain(
                Map.of("shape", NumberArray.float32(List.of(2), new double[] {2, 4})),
                new NirNode.Primitive("Conv1d", convolution));

        double[] out = output(graph, new double[] {1, 2, 3, 4, 5, 6, 7, 8});

        // dilated by 2 and padded by 1 on each side: y[k] = w0 x[k-1] + w1 x[k+1]
        assertThat(out).containsExactly(4.5, 7.5, 10.5, 3.5, 120, 190, 220, 70);
    }

    @Test
    void shouldPool() {
        NirNode.Graph graph = chain(
                Map.of("shape", NumberArray.float32(List.of(3), new double[] {1, 2, 3})),
                new NirNode.Primitive(
                        "AvgPool2d", Map.of("kernel_size", number(2), "stride", number(1), "padding", pair(0, 1))));

        assertThat(output(graph, new double[] {1, 2, 3, 4, 5, 6})).containsExactly(1.25, 3, 4, 2.25);
    }

    @Test
    void shouldDelayEachValueByItsOwnTime() {
        NirNode.Graph graph = chain(
                Map.of("shape", NumberArray.float32(List.of(1), new double[] {2})),
                new NirNode.Primitive("Delay", Map.of("delay", NumberArray.float32(List.of(2), new double[] {0, 2e-3
                }))));

        assertThat(output(graph, new double[] {1, 2, 3, 4, 5, 6})).containsExactly(1, 0, 3, 0, 5, 2);
    }

    @Test
    void shouldRefuseByName() {
        var shape = Map.of("shape", NumberArray.float32(List.of(1), new double[] {2}));
        assertThatThrownBy(() -> output(chain(shape, new NirNode.Primitive("Sigmoid", Map.of())), new double[2]))
                .hasMessageContaining("node a (Sigmoid)");
        assertThatThrownBy(() -> output(
                        chain(shape, new NirNode.Primitive("Scale", Map.of("scale", number(1), "shift", number(2)))),
                        new double[2]))
                .hasMessageContaining("'shift'");
        assertThatThrownBy(() ->
                        output(chain(shape, new NirNode.Primitive("Scale", Map.of("scale", pair3()))), new double[2]))
                .hasMessageContaining("node a (Scale): expected 'scale' for a shape of [2], found [3]");
    }

    private static double[] output(NirNode.Graph graph, double[] input) {
        var simulator = new NirSimulator(graph, settings(Dialect.NIR, 1e-3));
        int steps = input.length / NumberArray.size(simulator.inputShape());
        return Objects.requireNonNull(
                        simulator.run(new double[][] {input}, steps).get("output"))
                .output()[0];
    }

    private static NirNode.Graph chain(Map<String, ?> input, NirNode.Primitive node) {
        var nodes = new TreeMap<String, NirNode>(Map.of(
                "input", new NirNode.Primitive("Input", input),
                "a", node,
                "output", new NirNode.Primitive("Output", Map.of())));
        return new NirNode.Graph(
                nodes,
                List.of(new NirNode.Edge("input", "a"), new NirNode.Edge("a", "output")),
                Collections.emptySortedMap());
    }

    private static NumberArray number(double value) {
        return new NumberArray(NumberType.I64, List.of(), new double[] {value});
    }

    private static NumberArray pair(double first, double second) {
        return new NumberArray(NumberType.I64, List.of(2), new double[] {first, second});
    }

    private static NumberArray pair3() {
        return new NumberArray(NumberType.F32, List.of(3), new double[] {1, 2, 3});
    }

    /** Each of a thousand damaged files is refused in one sentence, or read as another graph; it never ends otherwise. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "nir_snntorch_rsynaptic",
                "nir_primitives_flat_v108",
                "nir_primitives_conv_v104",
                "nir_norse",
                "nir_rockpool"
            })
    void shouldRefuseDamagedFilesInOneSentence(String name) throws IOException {
        byte[] good = Files.readAllBytes(GoldenFile.copy(name + ".nir", folder));
        var r = new Random(name.hashCode());
        int refused = 0;
        for (int k = 0; k < 200; k++) {
            byte[] damaged = damaged(good, r, k);
            try {
                NirNode.Graph graph = NirFiles.parse(damaged, "damaged.nir");
                new NirSimulator(graph, settings(Dialect.NIR, 1e-3));
            } catch (NirException e) {
                assertThat(e.getMessage()).startsWith("damaged.nir: ").hasLineCount(1);
                refused++;
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).hasLineCount(1).contains("expected");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    private static byte[] damaged(byte[] good, Random r, int k) {
        byte[] bytes = good.clone();
        switch (k % 4) {
            case 0 -> bytes[r.nextInt(bytes.length)] ^= (byte) (1 << r.nextInt(8));
            case 1 -> {
                return java.util.Arrays.copyOf(bytes, r.nextInt(bytes.length));
            }
            case 2 -> {
                int from = r.nextInt(bytes.length);
                for (int i = from; i < Math.min(bytes.length, from + 16); i++) {
                    bytes[i] = (byte) r.nextInt(256);
                }
            }
            default -> {
                // where the structure of these files begins
                for (int i = 0; i < 8; i++) {
                    bytes[r.nextInt(Math.min(bytes.length, 4096))] = (byte) r.nextInt(256);
                }
            }
        }
        return bytes;
    }
}
