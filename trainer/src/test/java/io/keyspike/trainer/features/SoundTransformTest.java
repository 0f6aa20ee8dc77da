package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.WavWriter;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.models.description.ModelInput;
import io.keyspike.testing.GoldenFile;
import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.loop.SyntheticWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoundTransformTest {
    private static final AugmentationConfig CHANGES =
            new AugmentationConfig(2, 1, 1, List.of(0.9, 1.1), 50, List.of(-3.0, 3.0), 1, List.of(5.0, 15.0), 0, 0, 0);

    @TempDir
    private Path folder;

    private Clip clip(short[] sound) throws IOException {
        Path file = folder.resolve("clip.wav");
        WavWriter.write(file, 16_000, sound);
        return new Clip("a/clip.wav", file, "a", Split.TRAINING);
    }

    /** What a configuration asks for with the kind alone is what the tutorial computes with torchaudio. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldGiveTheFeaturesOfTheTutorial(int clip) throws IOException {
        assertFeaturesOfTheTutorial(GoldenFile.open("logmel_synthetic"), clip);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @NeedsRecordings(SharedData.LOG_MEL)
    void shouldGiveTheFeaturesOfTheTutorialOnRecordings(int clip) throws IOException {
        assertFeaturesOfTheTutorial(GoldenFile.open(SharedData.LOG_MEL), clip);
    }

    private void assertFeaturesOfTheTutorial(GoldenFile golden, int clip) throws IOException {
        TrainingConfig config = ConfigReader.parse("data: {words: [yes, \"no\"]}\nfeatures: {kind: clip_log_mel}\n"
                + "network: {layers: [{name: output}]}");
        var input = (ModelInput.ClipSpectrogram) config.features().input();
        SoundTransform transform = SoundTransform.of(input, 1);
        assertThat(transform.frames()).isEqualTo(128);
        assertThat(transform.width()).isEqualTo(32);
        float[] values = new float[128 * 32];
        transform.apply(clip(golden.shorts("raw" + clip + "_int16")), values);
        float[] expected = golden.floats("torchaudio" + clip + ".logmel01");
        for (int t = 0; t < 128; t++) {
            for (int b = 0; b < 32; b++) {
                assertThat(values[t * 32 + b]).isCloseTo(expected[b * 128 + t], within(1e-4f));
            }
        }
    }

    @Test
    void shouldGiveTheStreamsFramesBeforeTheNormaliser() throws IOException {
        short[] sound = SyntheticWords.clip("rising", 3);
        float[][] streamed = FeatureExtractors.extract(FeatureExtractors.of(FilterbankSpec.standard()), sound);
        SoundTransform transform = SoundTransform.of(FilterbankSpec.standard(), 0.5);
        float[] values = new float[transform.frames() * transform.width()];
        transform.apply(clip(sound), values);
        for (int f = 0; f < streamed.length; f++) {
            for (int c = 0; c < transform.width(); c++) {
                assertThat(values[f * transform.width() + c]).isEqualTo(streamed[f][c]);
            }
        }
    }

    /** Two transforms that give other values have other recipes, and those that give the same have the same. */
    @Test
    void shouldTellInItsRecipeWhatItDependsOn() {
        SoundTransform bank = SoundTransform.of(FilterbankSpec.standard(), 0.5);
        assertThat(SoundTransform.of(FilterbankSpec.standard(), 0.5).recipe()).isEqualTo(bank.recipe());
        assertThat(SoundTransform.of(FilterbankSpec.standard(), 0.5).probe()).isEqualTo(bank.probe());
        assertThat(SoundTransform.of(FilterbankSpec.standard(), 0.6).recipe()).isNotEqualTo(bank.recipe());
        LogMelSpec mel = LogMelSpec.standard();
        assertThat(SoundTransform.of(mel, 0.5).recipe()).isNotEqualTo(bank.recipe());
        // Context and stride are made of frames later.
        assertThat(SoundTransform.of(mel.withoutContext(), 0.5).recipe())
                .isEqualTo(SoundTransform.of(mel, 0.5).recipe());
        var noise = new SoundAugmentation(CHANGES, 16_000, List.of(SyntheticWords.clip("_silence_", 1)));
        var otherNoise = new SoundAugmentation(CHANGES, 16_000, List.of(SyntheticWords.clip("_silence_", 2)));
        var copy = new ChangedSoundTransform(bank, noise, 0);
        assertThat(new ChangedSoundTransform(bank, noise, 0).recipe()).isEqualTo(copy.recipe());
        assertThat(new ChangedSoundTransform(bank, noise, 1).recipe()).isNotEqualTo(copy.recipe());
        assertThat(new ChangedSoundTransform(bank, otherNoise, 0).recipe()).isNotEqualTo(copy.recipe());
        assertThat(copy.recipe()).isNotEqualTo(bank.recipe());
        assertThat(copy.probe()).isNotEqualTo(bank.probe());
    }
}
