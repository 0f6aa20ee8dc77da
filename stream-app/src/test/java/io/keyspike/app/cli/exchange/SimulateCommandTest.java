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
        assertThat(refused.err()).contains("node conv (Conv2d)").hasLineCount(1);
    }
}
