package io.keyspike.app.cli;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.Reset;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A model made by hand that hears tones: two words for low and high, and nothing in silence. And the tones. */
public final class ToneModel {

    public static final int RATE_HZ = 16_000;
    public static final double LOW_HZ = 300;
    public static final double HIGH_HZ = 4_000;
    private static final double BORDER_HZ = 1_200;

    private ToneModel() {}

    /** @param low word for a low tone, {@code high} that for a high one */
    public static KeywordModel named(String name, String low, String high) {
        return named(name, low, high, 5);
    }

    /** @param gain weight of the front end: the larger, the quieter the tones that are heard */
    public static KeywordModel named(String name, String low, String high, float gain) {
        FilterbankSpec features = FilterbankSpec.standard();
        int channels = features.width();
        var input = new Node.Input("input", channels);
        var synapse = new Node.Diagonal("synapse", channels);
        var front = new Node.Lif("front", channels, Reset.SUBTRACT, 0f);
        var dense = new Node.Dense("dense", channels, 3, true);
        var readout = new Node.Readout("readout", 3);
        float[] weight = new float[channels * 3];
        for (int c = 0; c < channels; c++) {
            weight[3 * c + (features.centreHz(c) < BORDER_HZ ? 1 : 2)] = 30;
        }
        var network = new Network(
                NetworkGraph.ofChain(features.stepSeconds(), List.of(input, synapse, front, dense, readout)),
                Map.of(
                        "synapse.weight", Tensor.vector(filled(channels, gain)),
                        "front.decay", Tensor.vector(filled(channels, 0.5f)),
                        "front.threshold", Tensor.vector(filled(channels, 1)),
                        "dense.weight", Tensor.matrix(channels, 3, weight),
                        "dense.bias", Tensor.vector(1, 0, 0),
                        "readout.decay", Tensor.vector(filled(3, 0.9f))));
        var decision = new DecisionSettings(
                0,
                1,
                Map.of(low, 0.9f, high, 0.9f),
                0.1,
                0.7,
                0.1,
                null,
                new DecisionSettings.ClipDecision(DecisionSettings.ClipRule.MAXIMUM, 1));
        var provenance = new Provenance(
                "none", "0", 0, "", "test", "25", "any", "none", Map.of(), "none", "2026-01-01T00:00:00Z");
        return KeywordModel.of(
                name, features, network, List.of("quiet", low, high), decision, ChipPower.H1, provenance);
    }

    public static Path write(Path folder, String name, String low, String high) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        ModelFiles.write(file, named(name, low, high));
        return file;
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    /** Half a second of silence before each tone of half a second, and one more behind the last. */
    public static short[] tones(double... frequenciesHz) {
        int half = RATE_HZ / 2;
        short[] samples = new short[half * (2 * frequenciesHz.length + 1)];
        for (int tone = 0; tone < frequenciesHz.length; tone++) {
            for (int i = 0; i < half; i++) {
                double phase = 2 * Math.PI * frequenciesHz[tone] * i / RATE_HZ;
                samples[half * (2 * tone + 1) + i] = (short) Math.round(12_000 * Math.sin(phase));
            }
        }
        return samples;
    }
}
