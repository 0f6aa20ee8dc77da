package io.keyspike.models.rockpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Reset;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.models.network.Tensor;
import io.keyspike.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rockpool's own files: every spike of every layer, membranes but for rounding; and what cannot be expressed. */
class RockpoolFilesTest {

    private static final float TOLERANCE = 1e-4f;

    @TempDir
    Path folder;

    private Network golden(String name) throws IOException {
        return RockpoolFiles.read(GoldenFile.copy(name + ".json", folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rockpool_wavesense", "rockpool_synnet"})
    void shouldSpikeAsRockpool(String name) throws IOException {
        Network network = golden(name);
        GoldenFile golden = GoldenFile.open(name);
        int steps = golden.shape("x")[1];
        assertThat(network.graph().stepSeconds()).isEqualTo(1e-3);
        for (String backend : new String[] {"scalar", "vector"}) {
            SequenceNetwork.Result found =
                    new SequenceNetwork(network, Backends.named(backend, 2)).forward(steps, 1, golden.floats("x"));
            assertThat(found.output()).containsExactly(golden.floats("y")).contains(1f);
            long recordings = golden.names().stream()
                    .filter(n -> n.startsWith("r.") && n.endsWith(".spikes"))
                    .count();
            assertThat(found.layers()).hasSize((int) recordings);
            for (SequenceNetwork.Layer layer : found.layers()) {
                String recording = recording(golden, layer.name());
                assertThat(layer.spikes()).as(recording).containsExactly(golden.floats(recording + ".spikes"));
                Node.CurrentLif node = (Node.CurrentLif)
                        network.graph().plan().node(network.graph().plan().position(layer.name()));
                float[] threshold = network.tensor(node, "threshold").values();
                float[] after = layer.membrane().clone();
                for (int i = 0; i < after.length; i++) {
                    after[i] -= layer.spikes()[i] * threshold[i % threshold.length];
                }
                assertThat(after)
                        .as(recording)
                        .containsExactly(golden.floats(recording + ".vmem"), Offset.offset(TOLERANCE));
            }
        }
    }

    /** {@code wave0_spk2_res} is recorded as {@code r.wave0.spk2_res}. */
    private static String recording(GoldenFile golden, String layer) {
        return golden.has("r." + layer + ".spikes") ? "r." + layer : "r." + layer.replaceFirst("_", ".");
    }

    @ParameterizedTest
    @CsvSource({
        "rockpool_wavesense, scalar",
        "rockpool_wavesense, vector",
        "rockpool_synnet, scalar",
        "rockpool_synnet, vector"
    })
    void shouldSpikeInAStreamThatIsSavedAndRestored(String name, String kernels) throws IOException {
        Network network = golden(name);
        GoldenFile golden = GoldenFile.open(name);
        StepKernels steps = Backends.stepsNamed(kernels);
        var streaming = new StreamingNetwork(network, steps);
        NetworkState state = streaming.newState();
        float[] x = golden.floats("x");
        float[] in = new float[streaming.inputs()];
        float[] out = new float[streaming.outputs()];
        float[] all = new float[golden.shape("y")[1] * out.length];
        for (int t = 0; t < golden.shape("x")[1]; t++) {
            System.arraycopy(x, t * in.length, in, 0, in.length);
            streaming.step(state, in, out);
            System.arraycopy(out, 0, all, t * out.length, out.length);
            if (t % 7 == 3) {
                var bytes = java.nio.ByteBuffer.allocate(state.byteSize());
                state.save(bytes);
                state = streaming.newState();
                state.restore(bytes.flip());
            }
        }
        assertThat(all).containsExactly(golden.floats("y"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rockpool_wavesense", "rockpool_synnet"})
    void shouldReadWhatItWrites(String name) throws IOException {
        Network network = golden(name);
        Path copy = folder.resolve("copy.json");
        RockpoolFiles.write(copy, network);
        Network read = RockpoolFiles.read(copy);
        if (name.endsWith("wavesense")) {
            assertThat(read.graph()).isEqualTo(network.graph());
            assertThat(read.tensors()).isEqualTo(network.tensors());
        } else {
            assertThat(read.tensors()).isEqualTo(network.tensors());
        }
        assertThat(RockpoolFiles.toJson(read)).isEqualTo(Files.readString(copy));
    }

    @Test
    void shouldGiveABiasToTheMembraneInEveryStep() throws IOException {
        String json = Files.readString(GoldenFile.copy("rockpool_synnet.json", folder));
        Network plain = RockpoolFiles.parse(json);
        float bias = 0.1f;
        Network biased = RockpoolFiles.parse(json.replace("\"bias\": \"0.0\"", "\"bias\": \"" + (double) bias + "\""));
        assertThat(biased.tensors()).isNotEqualTo(plain.tensors());
        assertThat(RockpoolFiles.parse(RockpoolFiles.toJson(biased)).tensors()).isEqualTo(biased.tensors());
        int steps = 5;
        var result = new SequenceNetwork(biased, Backends.named("vector", 1))
                .forward(
                        steps,
                        1,
                        new float[steps * biased.graph().plan().input().inputs()]);
        SequenceNetwork.Layer first = result.layers().getFirst();
        float decay = java.util.Objects.requireNonNull(biased.tensors().get("0_neurons.decay"))
                .values()[0];
        float v = 0;
        for (int t = 0; t < steps; t++) {
            v = decay * v + bias;
            assertThat(first.membrane()[t * first.neurons()]).isEqualTo(v);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "_has_rec\": \"false | _has_rec\": \"true | recurrent weights",
                "noise_std\": \"0.0 | noise_std\": \"0.5 | noise_std: expected 0, found 0.5",
                "leak_mode | leakmode | leakmode: expected a module or value",
                "\"threshold\": \"1.0 | \"threshold\": \"-1.0 | threshold: expected more than 0",
                "\"weight\": \"[[ | \"weight\": \"[[[ | expected",
                "out_neurons | out-neurons | out-neurons: expected wave0, or modules named by their order"
            })
    void shouldRefuseWhatItCannotExpress(String from, String to, String sentence) throws IOException {
        String json = Files.readString(GoldenFile.copy("rockpool_synnet.json", folder));
        assertThat(json).contains(from);
        assertThatThrownBy(() -> RockpoolFiles.parse(json.replace(from, to)))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void shouldRefuseToWriteOtherNeurons() {
        var graph = NetworkGraph.ofChain(
                1e-3,
                List.of(
                        new Node.Input("input", 1),
                        new Node.Dense("synapse", 1, 1, false),
                        new Node.Lif("lif", 1, Reset.SUBTRACT, null)));
        var network = new Network(
                graph,
                Map.of(
                        "synapse.weight",
                        Tensor.matrix(1, 1, new float[1]),
                        "lif.decay",
                        Tensor.vector(0.5f),
                        "lif.threshold",
                        Tensor.vector(1f)));
        assertThatThrownBy(() -> RockpoolFiles.toJson(network))
                .isInstanceOf(ModelFileException.class)
                .hasMessage("lif: expected current-lif neurons, found lif");
    }

    @Test
    void shouldRefuseMutatedFilesInOneSentence() throws IOException {
        byte[] json = Files.readAllBytes(GoldenFile.copy("rockpool_wavesense.json", folder));
        var random = new java.util.SplittableRandom(1);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] mutated = i % 3 == 0 ? Arrays.copyOf(json, random.nextInt(json.length)) : json.clone();
            for (int k = 0; k < 4 && mutated.length > 0; k++) {
                mutated[random.nextInt(mutated.length)] = (byte) (32 + random.nextInt(95));
            }
            try {
                RockpoolFiles.parse(new String(mutated, java.nio.charset.StandardCharsets.ISO_8859_1));
            } catch (ModelFileException e) {
                refused++;
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
        assertThat(refused).isGreaterThan(100);
    }
}
