package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on images that stand still, from IDX files to a model file. */
class ImageTrainingTest {
    private static final String CONFIG = """
            name: squares
            data: {kind: idx, words: [left, right, top], split: {validation: 0.2}}
            features: {kind: image, image: {rows: 6, columns: 6, steps: 8}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: hidden, width: 20, bias: true}
                - {name: output, bias: true}
            loss: {logit_scale: 0.5}
            optimiser: {learning_rate: 1.0e-2}
            training: {epochs: 12, batch: 16}
            """;

    @TempDir
    private Path folder;

    private static TrainingResult train(TrainingConfig config, Path data) throws IOException {
        return new Trainer(config, TrainingOptions.inMemory(), new TrainingListener() {}).run(data);
    }

    @Test
    void shouldLearnImagesAndEvaluateThemFromTheModelFile() throws IOException {
        Path data = SyntheticImages.write(folder.resolve("images"), 150, 40);
        TrainingResult result = train(ConfigReader.parse(CONFIG), data);
        ClipMetrics testing = Objects.requireNonNull(result.metrics().get(Split.TESTING));
        assertThat(testing.total()).isEqualTo(40);
        assertThat(testing.accuracy()).isGreaterThan(0.9);

        Path file = folder.resolve("squares.safetensors");
        ModelFiles.write(file, result.model());
        KeywordModel read = ModelFiles.read(file);
        assertThat(read.input()).isEqualTo(new ModelInput.Image(6, 6, 8, 1e-3));
        for (Split split : Split.values()) {
            Evaluation evaluation = Evaluation.run(read, data, split, Backends.named("scalar", 1), 1, Progress.NONE);
            assertThat(evaluation.metrics().confusion())
                    .isDeepEqualTo(
                            Objects.requireNonNull(result.metrics().get(split)).confusion());
        }
        assertThatThrownBy(() -> new KeywordSpotter(read, Backends.preferredSteps()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "squares: expected a model that runs on streamed audio, found one for images of 6 x 6 pixels");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind: idx         | kind: speech_commands | data.kind: expected idx for images of 6 x 6 pixels, found speech_commands
            steps: 8          | steps: 0              | features.image: image: expected steps from 1 to 65536, found 0
            rows: 6           | rws: 6                | features.image.rws: unknown key, expected one of [columns, rows, step_seconds, steps]; did you mean rows?
            epochs: 12        | prefix: {probability: 0.5} | training.prefix.probability: expected 0 for images of 6 x 6 pixels, found 0.5
            kind: image,      | kind: image, normaliser: {gain: 2}, | features.normaliser: expected null for images of 6 x 6 pixels, found NormaliserConfig[gain=2.0, offset=0.0, rectified=false]
            validation: 0.2   | validation: 1         | data.split: expected validation and testing to sum to less than 1, found 1.1
            kind: idx         | kind: idx, silence: true | data.silence: expected false for data of kind idx, found true
            """)
    void shouldRefuseWhatImagesDoNotHave(String given, String instead, String message) {
        assertThatThrownBy(() -> ConfigReader.parse(CONFIG.replace(given, instead)))
                .hasMessage(message);
    }

    @Test
    void shouldTakeTenDigitsWhereNoWordsAreGiven() {
        TrainingConfig config = ConfigReader.parse(CONFIG.replace("words: [left, right, top], ", ""));
        assertThat(config.data().labels()).hasSize(10).startsWith("0", "1").endsWith("9");
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
    }
}
