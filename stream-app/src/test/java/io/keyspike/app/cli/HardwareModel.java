package io.keyspike.app.cli;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.Reset;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An untrained network in the shape of the hardware recipe, 13-64-2: valid, and deaf. */
public final class HardwareModel {

    private HardwareModel() {}

    /** Writes one into a folder, as {@code <name>.safetensors}; another seed gives another version. */
    public static Path write(Path folder, String name, long seed) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        ModelFiles.write(file, of(name, seed));
        return file;
    }

    public static KeywordModel of(String name, long seed) {
        FilterbankSpec features = FilterbankSpec.standard();
        List<Node> nodes = List.of(
                new Node.Input("input", 13),
                new Node.Dense("in", 13, 64, false),
                new Node.Lif("hidden", 64, Reset.ZERO, 0f),
                new Node.Dense("out", 64, 2, false),
                new Node.Lif("output", 2, Reset.ZERO, 0f));
        var random = new Random(seed);
        var tensors = new TreeMap<String, Tensor>();
        for (Node node : nodes) {
            node.parameters().forEach((parameter, shape) -> {
                float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = switch (parameter) {
                        case "decay" -> (float) Math.exp(-8.0 / (node.name().equals("hidden") ? 10 : 64));
                        case "threshold" -> 1;
                        default -> random.nextFloat(-0.1f, 0.1f);
                    };
                }
                tensors.put(node.name() + "." + parameter, new Tensor(shape, values));
            });
        }
        var network = new Network(NetworkGraph.ofChain(features.stepSeconds(), nodes), tensors);
        var decision = new DecisionSettings(
                0.2,
                5,
                Map.of("yes", 0.8f, "no", 0.85f),
                0.1,
                0.7,
                0.3,
                null,
                new ClipDecision(ClipRule.SPIKE_COUNT, 1));
        var provenance = new Provenance(
                "made by hand",
                "0000",
                seed,
                "",
                "test",
                "25",
                "any",
                "scalar",
                Map.of("test.accuracy", 0.5),
                "nobody's data",
                "2026-01-01T00:00:00Z");
        return KeywordModel.of(name, features, network, List.of("yes", "no"), decision, ChipPower.H1, provenance);
    }
}
