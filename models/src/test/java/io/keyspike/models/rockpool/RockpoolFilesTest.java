package io.keyspike.models.rockpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Reset;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.NetworkRecorder;
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

    /** Of Rockpool's own LIFTorch: one and two synapses, bias, a limit of spikes, recurrent weights, all kinds of leaks. */
    @ParameterizedTest
    @ValueSource(strings = {"syn1", "syn2", "syn2_max1", "rec", "bitshift", "decays"})
    void shouldSpikeAsASingleModule(String name) throws IOException {
        GoldenFile golden = GoldenFile.open("rockpool_lif");
        int[] shape = golden.shape(name + ".x");
        int neurons = golden.shape(name + ".spikes")[2];
        var module = new com.fasterxml.jackson.databind.node.ObjectNode(
                com.fasterxml.jackson.databind.node.JsonNodeFactory.instance);
        for (String key : List.of("threshold", "bias", "tau_mem", "tau_syn", "alpha", "beta", "dash_mem", "dash_syn")) {
            if (golden.has(name + "." + key)) {
                int[] axes = golden.shape(name + "." + key);
                module.put(key, table(golden.floats(name + "." + key), axes.length == 2 ? axes[1] : 0));
            }
        }
        boolean recurrent = golden.has(name + ".w_rec");
        float[] back = recurrent ? golden.floats(name + ".w_rec") : new float[neurons * shape[2]];
        module.put("w_rec", table(back, shape[2]))
                .put("_has_rec", String.valueOf(recurrent))
                .put("dt", "0.001")
                .put("noise_std", "0.0")
                .put("max_spikes_per_dt", name.endsWith("max1") ? "1" : "65536.0")
                .put(
                        "leak_mode",
                        switch (name) {
                            case "bitshift" -> "\"bitshifts\"";
                            case "decays" -> "\"decays\"";
                            default -> "\"taus\"";
                        });
        Network network = RockpoolFiles.parse(module.toString());
        for (Network read : List.of(network, RockpoolFiles.parse(RockpoolFiles.toJson(network)))) {
            var recorder = new NetworkRecorder(read, Backends.stepsNamed("vector"));
            String node = read.equals(network) ? "neurons" : "out_neurons";
            for (int b = 0; b < shape[0]; b++) {
                NetworkRecorder.Recording found = java.util.Objects.requireNonNull(
                        recorder.run(sequence(golden, name + ".x", b), shape[1]).get(node));
                assertThat(found.output()).containsExactly(sequence(golden, name + ".spikes", b));
                assertThat(found.membrane())
                        .containsExactly(sequence(golden, name + ".vmem", b), Offset.offset(TOLERANCE));
                assertThat(neuronMajor(found, shape[2] / neurons))
                        .containsExactly(sequence(golden, name + ".isyn", b), Offset.offset(TOLERANCE));
            }
        }
    }

    /** Currents in Rockpool's order, without that of a bias: {@code [T, N, S]}. */
    private static float[] neuronMajor(NetworkRecorder.Recording found, int synapses) {
        int width = found.width();
        int steps = found.current().length / found.currents() / width;
        float[] result = new float[steps * width * synapses];
        for (int i = 0; i < result.length; i++) {
            int step = i / (width * synapses);
            int neuron = i / synapses % width;
            result[i] = found.current()[(step * found.currents() + i % synapses) * width + neuron];
        }
        return result;
    }

    private static float[] sequence(GoldenFile golden, String tensor, int b) {
        int length = golden.floats(tensor).length / golden.shape(tensor)[0];
        return Arrays.copyOfRange(golden.floats(tensor), b * length, (b + 1) * length);
    }

    private static String table(float[] values, int columns) {
        var text = new StringBuilder("[");
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : columns > 0 && i % columns == 0 ? "], " : ", ")
                    .append(columns > 0 && i % columns == 0 ? "[" : "")
                    .append((double) values[i]);
        }
        return text.append(columns > 0 ? "]]" : "]").toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"w_rec\": \"[[ | \"w_rec\": \"[[1.0], [ | w_rec: expected rows of",
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
