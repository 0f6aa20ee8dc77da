package io.keyspike.app.kafka;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.spotter.KeywordSpotter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Models with random weights that hear "words" in noise, many of them, always the same for the same seed and sound. */
public final class TestModels {

    public static final int RATE_HZ = 16_000;
    public static final int FRAME = 320;

    private static final int HIDDEN = 24;

    private TestModels() {}

    public static KeywordSpotter spotter(String name, long seed) {
        return new KeywordSpotter(model(name, seed), Backends.stepsNamed("scalar"));
    }

    public static KeywordModel model(String name, long seed) {
        return model(name, seed, HIDDEN);
    }

    /** @param hidden neurons: 64 bytes of the model's file each */
    public static KeywordModel model(String name, long seed, int hidden) {
        List<String> labels = List.of(name + "-alpha", name + "-beta", name + "-gamma");
        FilterbankSpec features = FilterbankSpec.standard();
        int inputs = features.width();
        List<Node> nodes = List.of(
                new Node.Input("input", inputs),
                new Node.Dense("in", inputs, hidden, false),
                new Node.Lif("hidden", hidden, Reset.SUBTRACT, null),
                new Node.Dense("out", hidden, labels.size(), false),
                new Node.Lif("output", labels.size(), Reset.ZERO, 0f));
        var random = new Random(seed);
        var tensors = new TreeMap<String, Tensor>();
        for (Node node : nodes) {
            node.parameters().forEach((parameter, shape) -> {
                int size = shape.stream().reduce(1, Math::multiplyExact);
                float[] values = new float[size];
                for (int i = 0; i < size; i++) {
                    values[i] = value(parameter, node.name(), random);
                }
                tensors.put(node.name() + "." + parameter, new Tensor(shape, values));
            });
        }
        var decision = new DecisionSettings(
                0.05,
                8f,
                labels.stream().collect(Collectors.toMap(label -> label, label -> 0.45f)),
                0.016,
                0.1,
                0.05,
                null,
                new DecisionSettings.ClipDecision(DecisionSettings.ClipRule.SPIKE_COUNT, 1));
        var graph = NetworkGraph.ofChain(features.stepSeconds(), nodes);
        var unversioned = new KeywordModel(
                name,
                "",
                features,
                new Network(graph, tensors),
                labels,
                decision,
                ChipPower.H1,
                new Provenance("none", "", seed, "", "", "", "", "scalar", Map.of(), "", "2026-01-01T00:00:00Z"));
        return new KeywordModel(
                name,
                ModelFiles.versionOf(unversioned),
                features,
                unversioned.network(),
                labels,
                decision,
                unversioned.chip(),
                unversioned.provenance());
    }

    private static float value(String parameter, String node, Random random) {
        return switch (parameter) {
            case "decay" -> 0.9f;
            case "threshold" -> 1f;
            default -> (float) random.nextGaussian() * (node.equals("in") ? 60 : 0.6f);
        };
    }

    /** Noise whose loudness and colour change every so often. */
    public static short[] sound(long seed, int samples) {
        var random = new Random(seed);
        short[] sound = new short[samples];
        double level = 0;
        double colour = 0;
        double memory = 0;
        for (int i = 0; i < samples; i++) {
            if (i % 1_600 == 0) {
                level = 200 + random.nextDouble() * 6_000;
                colour = random.nextDouble() * 0.95;
            }
            memory = colour * memory + (1 - colour) * random.nextGaussian();
            sound[i] = (short) Math.clamp(Math.round(level * memory), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return sound;
    }

    /** What a spotter hears without Kafka. */
    public static List<Detection> hear(KeywordSpotter spotter, short[] sound) {
        var heard = new ArrayList<Detection>();
        spotter.process(spotter.newState(), sound, 0, sound.length, heard::add);
        return heard;
    }

    /** The events that a service must send for what a spotter heard. */
    public static List<KeywordEvent.Identity> identities(
            String device, long session, KeywordSpotter spotter, List<Detection> heard) {
        String prefix = device + "/" + HexFormat.of().toHexDigits(session) + "/";
        return heard.stream()
                .map(d -> new KeywordEvent.Identity(
                        prefix + d.samplePosition() + "/" + d.keyword(),
                        d.score(),
                        spotter.model().version()))
                .toList();
    }
}
