package io.keyspike.models.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.StreamingNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChipImageTest {

    private static KeywordModel model(Network network, int labels) {
        var names = new java.util.ArrayList<String>();
        for (int i = 0; i < labels; i++) {
            names.add("word" + i);
        }
        return KeywordModel.of(
                "test",
                FilterbankSpec.standard(),
                network,
                names,
                new DecisionSettings(
                        0.1,
                        1,
                        Map.of(),
                        0.1,
                        0.1,
                        0.1,
                        null,
                        new DecisionSettings.ClipDecision(DecisionSettings.ClipRule.SPIKE_COUNT, 1)),
                ChipPower.H1,
                new Provenance("", "", 0, "", "", "", "", "", Map.of(), "", ""));
    }

    private static ChipProfile chip(long seed) {
        LeakRule leak =
                seed % 2 == 0 ? new LeakRule.Range(1, 1_000) : new LeakRule.Choices(List.of(10.0, 20.0, 64.0, 100.0));
        return Chips.chip(
                List.of(Reset.SUBTRACT, Reset.ZERO, Reset.NONE).get((int) (seed % 3)),
                2 + (int) (seed % 7),
                1 + (int) (seed % 6),
                List.of(50, 50, 100),
                leak);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldRunReadBackToTheSpikesOfTheQuantisedModel(long seed, @TempDir Path folder) throws IOException {
        ChipProfile profile = chip(seed);
        Network network = new ChipProjection(profile).apply(Chips.network(seed, 13, 60, 37, 5));
        Path file = folder.resolve("image.json");
        ChipImageFiles.write(file, ChipImage.of(model(network, 5), profile));
        ChipImage image = ChipImageFiles.read(file);

        int steps = 200;
        float[] input = new float[steps * 13];
        var r = new Random(seed);
        for (int i = 0; i < input.length; i++) {
            input[i] = Math.max(0, (float) (1.5 * r.nextGaussian() + 1));
        }
        var sequence = new SequenceNetwork(network, Backends.named("vector", 2)).forward(steps, 1, input);
        var streaming = new StreamingNetwork(network, Backends.stepsNamed("vector"));
        var integer = new IntegerNetwork(image, Backends.stepsNamed("scalar"));
        NetworkState streamed = streaming.newState();
        IntegerNetwork.State held = integer.newState();
        float[] output = new float[5];
        float[] integerOutput = new float[5];
        int spikes = 0;
        for (int t = 0; t < steps; t++) {
            float[] frame = Arrays.copyOfRange(input, t * 13, (t + 1) * 13);
            streaming.step(streamed, frame, output);
            integer.step(held, frame, integerOutput);
            assertThat(integerOutput).isEqualTo(output);
            for (int layer = 0; layer < 3; layer++) {
                spikes += held.lastSpikes(layer);
                int[] fired = Arrays.copyOf(held.lastFired(layer), held.lastSpikes(layer));
                assertThat(fired).isEqualTo(Arrays.copyOf(streamed.lastFired(layer), streamed.lastSpikes(layer)));
                assertThat(held.membrane(layer)).isEqualTo(streamed.membrane(layer));
                var whole = sequence.layers().get(layer);
                for (int n = 0; n < whole.neurons(); n++) {
                    assertThat(whole.spikes()[t * whole.neurons() + n])
                            .isEqualTo(Arrays.binarySearch(fired, n) >= 0 ? 1f : 0f);
                }
            }
        }
        assertThat(spikes).isGreaterThan(200);
        assertThat(new ChipImageNetwork(image).sameTensors(network)).isTrue();
    }

    /** What an image's network has in common with the one that it was made of. */
    private record ChipImageNetwork(ChipImage image) {
        boolean sameTensors(Network network) {
            return image.network().tensors().equals(network.tensors());
        }
    }

    @Test
    void shouldReadBackWhatWasWritten() {
        ChipProfile profile = chip(4);
        ChipImage image =
                ChipImage.of(model(new ChipProjection(profile).apply(Chips.network(3, 13, 20, 3)), 3), profile);
        assertThat(ChipImageFiles.parse(ChipImageFiles.toJson(image))).isEqualTo(image);
    }

    @Test
    void shouldRefuseAModelThatDoesNotFit() {
        assertThatThrownBy(() -> ChipImage.of(model(Chips.network(3, 13, 20, 3), 3), chip(1)))
                .hasMessageMatching(
                        "chip image: expected a model that fits test-chip, found \\d+ violations, the first: .*");
    }

    @Test
    void shouldRefuseDamagedImagesInOneSentence(@TempDir Path folder) throws IOException {
        ChipProfile profile = chip(4);
        ChipImage image =
                ChipImage.of(model(new ChipProjection(profile).apply(Chips.network(3, 13, 20, 3)), 3), profile);
        String json = ChipImageFiles.toJson(image);
        Path file = folder.resolve("bad.json");
        Map<String, String> damage = Map.of(
                "\"formatVersion\":1", "\"formatVersion\":2",
                "\"weightStep\":", "\"weightStep\":1.0000001,\"x\":",
                "\"reset\":\"zero\"", "\"reset\":\"never\"",
                "\"signs\":[\"", "\"signs\":[\"x",
                "\"magnitudes\":[", "\"magnitudes\":[128,",
                "\"timeConstantCodes\":[", "\"timeConstantCodes\":[99,",
                "\"decays\":[", "\"decays\":[1.5,");
        for (Map.Entry<String, String> change : damage.entrySet()) {
            assertThat(json).contains(change.getKey());
            Files.writeString(file, json.replace(change.getKey(), change.getValue()));
            assertThatThrownBy(() -> ChipImageFiles.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("bad.json: chip image")
                    .hasMessageContaining("expected")
                    .hasMessageContaining("found");
        }
    }

    @Test
    void shouldHaveASchemaOfTheFieldsThatAreWritten() throws IOException {
        ChipProfile profile = chip(4);
        JsonNode written = new ObjectMapper()
                .readTree(ChipImageFiles.toJson(ChipImage.of(
                        model(new ChipProjection(profile).apply(Chips.network(3, 13, 20, 3)), 3), profile)));
        JsonNode schema;
        try (InputStream in = ChipImage.class.getResourceAsStream("chip-image.schema.json")) {
            schema = new ObjectMapper().readTree(Objects.requireNonNull(in));
        }
        assertSameFields(schema, written);
        assertSameFields(schema.at("/properties/layers/items"), written.at("/layers/0"));
        assertSameFields(schema.at("/properties/map"), written.get("map"));
        assertSameFields(schema.at("/properties/map/properties/placements/items"), written.at("/map/placements/0"));
    }

    private static void assertSameFields(JsonNode schema, JsonNode written) {
        var required = new TreeSet<String>();
        schema.get("required").forEach(n -> required.add(n.asText()));
        var described = new TreeSet<String>();
        schema.get("properties").fieldNames().forEachRemaining(described::add);
        var found = new TreeSet<String>();
        written.fieldNames().forEachRemaining(found::add);
        assertThat(found).isEqualTo(required).isEqualTo(described);
    }
}
