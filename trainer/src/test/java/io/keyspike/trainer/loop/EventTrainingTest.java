package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.testing.GoldenFile;
import io.keyspike.trainer.cache.CacheMode;
import io.keyspike.trainer.cache.DiskCache;
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

/** Training on event files, from HDF5 to a model file. */
class EventTrainingTest {
    private static final String CONFIG = """
            name: spoken-digits
            data: {kind: events, words: [zero, one, two, three], split: {validation: 0.2, testing: 0.2, by_speaker: false}}
            features: {kind: events, events: {window_micros: 10000}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: hidden, width: 16, bias: true, neuron: {tau_millis: 200}}
                - {name: output, bias: true, neuron: {tau_millis: 200}}
            loss: {logit_scale: 0.5}
            optimiser: {learning_rate: 1.0e-2}
            training: {epochs: 6, batch: 5, workers: 2}
            """;

    @TempDir
    private Path folder;

    private Path events() {
        return GoldenFile.copy("synthetic_shd.h5", folder);
    }

    private TrainingResult train(TrainingConfig config, CacheMode way) throws IOException {
        var options = new TrainingOptions(
                "vector", 2, way, folder.resolve("cache"), DiskCache.DEFAULT_LIMIT_BYTES, null, false, () -> false, 30);
        return new Trainer(config, options, new TrainingListener() {}).run(events());
    }

    @Test
    void shouldTrainOnEventsWhereverTheirFramesAreKept() throws IOException {
        TrainingConfig config = ConfigReader.parse(CONFIG);
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
        TrainingResult result = train(config, CacheMode.MEMORY);
        assertThat(result.model().input()).isEqualTo(new ModelInput.EventFrames(700, 100, 10_000, 1_000_000));
        assertThat(result.history().getLast().loss())
                .isLessThan(result.history().getFirst().loss());
        for (CacheMode way : new CacheMode[] {CacheMode.NONE, CacheMode.DISK, CacheMode.DISK}) {
            assertThat(train(config, way).model().network())
                    .isEqualTo(result.model().network());
        }
        Path file = folder.resolve("digits.safetensors");
        ModelFiles.write(file, result.model());
        KeywordModel read = ModelFiles.read(file);
        for (Split split : Split.values()) {
            ClipMetrics expected = Objects.requireNonNull(result.metrics().get(split));
            Evaluation evaluation =
                    Evaluation.run(read, events(), split, Backends.named("scalar", 1), 1, Progress.NONE);
            assertThat(evaluation.metrics().confusion()).isDeepEqualTo(expected.confusion());
        }
    }

    @Test
    void shouldNameAUnitOutOfRange() {
        TrainingConfig config = ConfigReader.parse(CONFIG.replace("{window_micros: 10000}", "{units: 300}"));
        assertThatThrownBy(() -> train(config, CacheMode.MEMORY))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(java.util.regex.Pattern.quote(events().toString())
                        + ": expected units from 0 to 299, found \\d+ in sample \\d+");
    }
}
