package io.keyspike.app.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.HardwareModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.models.arrays.ArrayFiles;
import io.keyspike.models.arrays.NumberArray;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {

    @TempDir
    Path folder;

    @Test
    void shouldRunANirFileToTheExportersSpikes() throws IOException {
        Path model = GoldenFile.copy("nir_snntorch_rsynaptic.nir", folder);
        GoldenFile.copy("nir_snntorch_rsynaptic.safetensors", folder);
        SortedMap<String, NumberArray> golden = ArrayFiles.read(folder.resolve("nir_snntorch_rsynaptic.safetensors"));
        Path input = folder.resolve("x.npz");
        ArrayFiles.write(input, new TreeMap<>(Map.of("x", array(golden, "x"))));
        Path output = folder.resolve("y.safetensors");

        CommandRun run = CommandRun.of(
                "simulate",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--layout",
                "TBN",
                "--dt",
                "1e-4",
                "--dialect",
                "snntorch",
                "--reset",
                "subtract",
                "--reset-delay",
                "true");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        SortedMap<String, NumberArray> y = ArrayFiles.read(output);
        assertThat(y.get("1.lif.spikes")).isEqualTo(golden.get("spk1"));
        assertThat(y.get("3.lif.spikes")).isEqualTo(golden.get("spk2"));
        assertThat(y).containsKeys("1.lif.membrane", "1.lif.current", "3.lif.membrane", "0.output");
    }

    @Test
    void shouldRunOurOwnModelOnEitherBackend() throws IOException {
        HardwareModel.write(folder, "yes-no", 1);
        Path model = folder.resolve("yes-no.safetensors");
        int width = ModelFiles.read(model).input().width();
        double[] values = new double[2 * 40 * width];
        var r = new java.util.Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextDouble(3);
        }
        Path input = folder.resolve("x.npy");
        ArrayFiles.write(
                input, new TreeMap<>(Map.of("x", NumberArray.float32(java.util.List.of(2, 40, width), values))));

        SortedMap<String, NumberArray> scalar = simulated(model, input, "scalar");

        assertThat(scalar).isEqualTo(simulated(model, input, "vector"));
        assertThat(scalar.keySet()).anyMatch(k -> k.endsWith(".spikes")).anyMatch(k -> k.endsWith(".membrane"));
    }

    private SortedMap<String, NumberArray> simulated(Path model, Path input, String backend) throws IOException {
        Path output = folder.resolve(backend + ".npz");
        CommandRun run = CommandRun.of(
                "simulate",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--backend",
                backend);
        assertThat(run.err()).isEmpty();
        return ArrayFiles.read(output);
    }

    private static NumberArray array(SortedMap<String, NumberArray> arrays, String name) {
        NumberArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("expected " + name);
        }
        return array;
    }

    @Test
    void shouldRunRockpoolsJsonAndConvertItBothWays() throws IOException {
        Path model = GoldenFile.copy("rockpool_wavesense.json", folder);
        GoldenFile.copy("rockpool_wavesense.safetensors", folder);
        SortedMap<String, NumberArray> golden = ArrayFiles.read(folder.resolve("rockpool_wavesense.safetensors"));
        Path input = folder.resolve("x.npy");
        ArrayFiles.write(input, new TreeMap<>(Map.of("x", array(golden, "x"))));
        Path copy = folder.resolve("copy.json");
        assertThat(CommandRun.of("convert", model.toString(), copy.toString()).err())
                .isEmpty();

        for (Path file : java.util.List.of(model, copy)) {
            SortedMap<String, NumberArray> y = simulated(file, input, "vector");
            assertThat(array(y, "wave0.spk2_skip.spikes").values())
                    .isEqualTo(array(golden, "r.wave0.spk2_skip.spikes").values());
            assertThat(array(y, "spk_out.spikes").values())
                    .isEqualTo(array(golden, "y").values());
            // two synapses of each neuron: [B, T, N, S] as Rockpool records them
            assertThat(array(y, "wave1.spk1.current").shape())
                    .isEqualTo(array(golden, "r.wave1.spk1.isyn").shape());
        }
        CommandRun refused = CommandRun.of(
                "convert", model.toString(), folder.resolve("no.nir").toString());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("(current-lif)").hasLineCount(1);
    }

    @Test
    void shouldRunStateDictionariesOfSnnTorchWithEveryReset() throws IOException {
        GoldenFile.copy("snntorch_rleaky.safetensors", folder);
        SortedMap<String, NumberArray> golden = ArrayFiles.read(folder.resolve("snntorch_rleaky.safetensors"));
        int width = array(golden, "x").shape().get(2);
        Path input = folder.resolve("x.npz");
        ArrayFiles.write(input, new TreeMap<>(Map.of("x", array(golden, "x"))));
        Path dictionary = folder.resolve("net.npz");
        ArrayFiles.write(
                dictionary,
                new TreeMap<>(Map.of(
                        "l.recurrent.weight", array(golden, "W"),
                        "l.recurrent.bias", array(golden, "b"))));
        Path architecture = folder.resolve("net.yaml");
        Path output = folder.resolve("y.safetensors");
        for (String reset : java.util.List.of("subtract", "zero", "none")) {
            java.nio.file.Files.writeString(
                    architecture,
                    "{input: " + width + ", layers: [{kind: rleaky, name: l, beta: 0.9, reset: " + reset + "}]}");
            CommandRun run = CommandRun.of(
                    "simulate",
                    dictionary.toString(),
                    "--from-snntorch",
                    architecture.toString(),
                    "--input",
                    input.toString(),
                    "--output",
                    output.toString(),
                    "--layout",
                    "TBN");
            assertThat(run.err()).isEmpty();
            assertThat(ArrayFiles.read(output).get("l.spikes"))
                    .isEqualTo(golden.get("all_to_all." + reset + ".delay1.spk"));
        }
    }

    @Test
    void shouldConvertThereAndBackAndRefuseInOneSentence() throws IOException {
        Path nir = GoldenFile.copy("nir_snntorch_leaky.nir", folder);
        Path copy = folder.resolve("copy.nir");
        assertThat(CommandRun.of("convert", nir.toString(), copy.toString()).exitCode())
                .isEqualTo(ExitCode.OK);
        Path weights = folder.resolve("weights.npz");
        CommandRun toWeights =
                CommandRun.of("convert", copy.toString(), weights.toString(), "--dialect", "snntorch", "--to-snntorch");
        assertThat(toWeights.err()).isEmpty();
        assertThat(ArrayFiles.read(weights)).containsKeys("0.weight", "0.bias", "1.beta", "1.threshold", "2.weight");

        CommandRun noModel = CommandRun.of(
                "convert", nir.toString(), folder.resolve("m.safetensors").toString());
        assertThat(noModel.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(noModel.err()).contains("--like");
        Path conv = GoldenFile.copy("nir_primitives_conv_v108.nir", folder);
        CommandRun refused =
                CommandRun.of("convert", conv.toString(), weights.toString(), "--dt", "1e-3", "--to-snntorch");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains("node if_gain (diagonal): expected dense synapses, leaky and synaptic neurons for snnTorch")
                .hasLineCount(1);
    }
}
