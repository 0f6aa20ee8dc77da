package io.keyspike.models.description;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.features.ClipLogMel;
import io.keyspike.audio.features.Pcen;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.spotter.KeywordSpotter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that are fed with something else than a stream of sound. */
class ModelInputTest {

    static List<ModelInput> inputs() {
        return List.of(
                new ModelInput.Image(7, 5, 12, 2e-3),
                ModelInput.Image.standard(),
                ModelInput.EventFrames.standard(),
                new ModelInput.EventFrames(64, 16, 333, 1_000),
                ModelInput.ClipSpectrogram.standard(),
                new ModelInput.ClipSpectrogram(
                        ModelInput.ClipSpectrogram.standard().spectrum(), ClipLogMel.Padding.ZERO, 1));
    }

    private static KeywordModel model(ModelInput input) {
        List<Node> nodes = List.of(
                new Node.Input("input", input.width()),
                new Node.Dense("d", input.width(), 2, false),
                new Node.Readout("r", 2));
        KeywordModel sound = TestModels.hardwareModel("other", 1, 0.7f);
        return KeywordModel.of(
                "other",
                input,
                TestModels.network(NetworkGraph.ofChain(input.stepSeconds(), nodes), new Random(1)),
                List.of("a", "b"),
                TestModels.decision(List.of("a", "b"), 0.5f),
                sound.chip(),
                sound.provenance());
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void shouldBeInTheModelFileAsItIs(ModelInput input) throws ModelFileException {
        KeywordModel model = model(input);
        KeywordModel read = ModelFiles.parse(ModelFiles.bytes(model), "memory");
        assertThat(read).isEqualTo(model);
        assertThat(read.input()).isEqualTo(input);
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void shouldNotListen(ModelInput input) {
        String sentence = "other: expected a model that runs on streamed audio, found one for " + input.describe();
        assertThatThrownBy(() -> model(input).features())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
        assertThatThrownBy(() -> new KeywordSpotter(model(input), Backends.preferredSteps()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void shouldCountFramesOfEventsUpToTheCrop() {
        assertThat(ModelInput.EventFrames.standard().frames()).isEqualTo(250);
        assertThat(new ModelInput.EventFrames(64, 16, 333, 1_000).frames()).isEqualTo(4);
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThatThrownBy(() -> new ModelInput.Image(0, 5, 12, 1e-3))
                .hasMessage("image: expected rows from 1 to 4096, found 0");
        assertThatThrownBy(() -> new ModelInput.Image(1, 1, 1, 0))
                .hasMessage("image: expected a time step above 0 and up to 1 s, found 0.0");
        assertThatThrownBy(() -> new ModelInput.EventFrames(10, 11, 1, 1))
                .hasMessage("events: expected channels from 1 to 10, found 11");
        assertThatThrownBy(() -> new ModelInput.EventFrames(10, 10, 1, 1_000_000))
                .hasMessage("events: expected at most 65536 frames, found windows of 1 us in 1000000 us");
        assertThatThrownBy(() -> new ModelInput.ClipSpectrogram(
                        ModelInput.ClipSpectrogram.standard().spectrum(), ClipLogMel.Padding.ZERO, 0))
                .hasMessage("clip log-mel: expected frames from 1 to 65536, found 0");
        assertThatThrownBy(() -> new ModelInput.ClipSpectrogram(
                        ModelInput.ClipSpectrogram.standard().spectrum().withPcen(Pcen.standard()),
                        ClipLogMel.Padding.ZERO,
                        128))
                .hasMessage("clip log-mel: expected the logarithm, found pcen");
    }
}
