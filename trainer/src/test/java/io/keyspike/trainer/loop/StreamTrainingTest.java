package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.trainer.compose.Tones;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.loss.LossParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings on streams of sweeps among other tones. */
class StreamTrainingTest {
    private static final String CONFIG = """
            name: sweeps-in-streams
            data: {words: [WORDS], unknown: true, silence: true, clip_seconds: 0.9}
            features: {kind: log_mel, log_mel: {bands: 16, context_frames: 3, stride_frames: 2}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: hidden, width: 24, batch_norm: true, neuron: {kind: adaptive}}
                - {name: readout, bias: true, neuron: {kind: readout, readout_decay: 0.7}}
            loss: {rule: peak, logit_scale: 4}
            optimiser: {kind: adam_w, learning_rate: 2.0e-2, clip_norm: 2, schedule: {kind: cosine}}
            training: {epochs: EPOCHS, batch: 16}
            augmentation: {frequency_mask: 2, time_mask: 4}
            decision: {rule: each, smoothing_seconds: 0.06}
            streams:
              enabled: true
              words: [words]
              speech: [speech]
              speech_split: {validation: 0.3, testing: 0.1}
              bank: {streams: 16, seconds: 10, refreshed: 4}
              compose: {gap_seconds: [0.1, 0.6], pause_seconds: [0.3, 1.0], speech_seconds: 2, room_probability: 0.3}
              windows: {per_epoch: 96, prefix_seconds: 0.3, seconds: 1.5}
              loss: {ramp: [0.2, 0.8], negative_weight: [1, 4]}
              mining: {from_epoch: 2, every: 1, dead_seconds: 1}
              validation:
                streams: 10
                speech_streams: 3
                seconds: 12
                compose: {gap_seconds: [0.2, 0.6], speech_seconds: 2}
                rates: [1]
              average_decay: 0.95
            """;

    private static final int BATCHES = 6;

    @TempDir
    private static Path temporary;

    @BeforeAll
    static void write() throws IOException {
        SyntheticWords.write(temporary.resolve("words"));
        Path speech = Files.createDirectories(temporary.resolve("speech"));
        for (int i = 0; i < 16; i++) {
            short[] samples = Tones.speech("speech", 4, i).samples();
            WavWriter.write(speech.resolve("speaker" + i + "-1.wav"), Tones.RATE_HZ, samples);
        }
    }

    private static TrainingConfig config(int epochs) {
        return config(CONFIG, epochs);
    }

    private static TrainingConfig config(String yaml, int epochs) {
        return ConfigReader.parse(yaml.replace("EPOCHS", String.valueOf(epochs)).replace("WORDS", "rising, falling"));
    }

    private static TrainingOptions options(int threads) {
        return new TrainingOptions("vector", threads, null, null, false, () -> false);
    }

    private static TrainingResult train(TrainingConfig config, TrainingOptions options) throws IOException {
        return new Trainer(config, options, new TrainingListener() {}).run(temporary);
    }

    @Test
    void shouldLearnToReportTwoWordsAmongOthers() throws IOException {
        TrainingResult untrained = train(config(CONFIG.replace("2.0e-2", "1.0e-9"), 1), options(2));
        TrainingResult result = train(config(20), options(2));
        double before = untrained.history().getLast().validationAccuracy();
        double heard = result.history().get(result.chosenEpoch() - 1).validationAccuracy();
        assertThat(heard).isGreaterThan(0.9);
        assertThat(heard - before).isGreaterThan(0.3);
        assertThat(result.history())
                .hasSize(20)
                .allSatisfy(r -> assertThat(r.validationAccuracy()).isLessThanOrEqualTo(heard));
        assertThat(result.history().getLast().trainingAccuracy())
                .isGreaterThan(result.history().getFirst().trainingAccuracy());

        // Of clips, the model says what it would report of them.
        assertThat(result.model().labels()).containsExactly("rising", "falling", "unknown", "silence");
        assertThat(result.model().decision().clip().rule()).isEqualTo(ClipRule.PEAK);
        assertThat(Objects.requireNonNull(result.metrics().get(Split.VALIDATION))
                        .accuracy())
                .isGreaterThan(0.4);
        Path file = temporary.resolve("streams.safetensors");
        ModelFiles.write(file, result.model());
        KeywordModel read = ModelFiles.read(file);
        assertThat(read.decision()).isEqualTo(result.model().decision());
        assertThat(ConfigReader.parse(read.provenance().configuration())).isEqualTo(result.config());
    }

    @Test
    void shouldMakeTheSameModelWhateverTheThreadsAndTheCache() throws IOException {
        TrainingConfig config = config(3);
        TrainingResult one = train(config, options(1));
        for (int threads = 2; threads <= 3; threads++) {
            Path cache = threads == 3 ? temporary.resolve("cache") : null;
            TrainingResult other =
                    train(config, new TrainingOptions("vector", threads, cache, null, false, () -> false));
            assertThat(other.model().network()).isEqualTo(one.model().network());
            assertThat(other.model().decision()).isEqualTo(one.model().decision());
            assertThat(other.model().input()).isEqualTo(one.model().input());
            for (int e = 0; e < 3; e++) {
                assertThat(other.history().get(e).loss())
                        .isEqualTo(one.history().get(e).loss());
                assertThat(other.history().get(e).validationAccuracy())
                        .isEqualTo(one.history().get(e).validationAccuracy());
            }
        }
        TrainingConfig workers = config(CONFIG.replace("batch: 16", "batch: 16, workers: 3"), 3);
        assertThat(train(workers, options(2)).model().network())
                .isEqualTo(one.model().network());
        assertThat(train(config.withSeed(2), options(2)).model().network())
                .isNotEqualTo(one.model().network());
    }

    private static void assertSame(TrainingResult found, TrainingResult expected) {
        assertThat(found.model().network()).isEqualTo(expected.model().network());
        assertThat(found.model().decision()).isEqualTo(expected.model().decision());
        assertThat(found.chosenEpoch()).isEqualTo(expected.chosenEpoch());
        assertThat(found.history()).hasSameSizeAs(expected.history());
        for (int e = 0; e < expected.history().size(); e++) {
            assertThat(found.history().get(e).loss())
                    .isEqualTo(expected.history().get(e).loss());
            assertThat(found.history().get(e).validationAccuracy())
                    .isEqualTo(expected.history().get(e).validationAccuracy());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"best", "last"})
    void shouldGoOnAsIfNeverStopped(String select) throws IOException {
        // Mined before epochs 2 and 4; epoch 3 shows what was mined before.
        TrainingConfig config = config(
                CONFIG.replace("batch: 16", "batch: 16, select: " + select).replace("every: 1", "every: 2"), 4);
        TrainingResult whole = train(config, options(2));
        for (int stopAfter : new int[] {1, BATCHES, 2 * BATCHES + 2, 4 * BATCHES}) {
            Path checkpoint = temporary.resolve(select + stopAfter + ".checkpoint");
            var batches = new AtomicInteger();
            var stopping = new TrainingOptions(
                    "vector", 2, null, checkpoint, false, () -> batches.incrementAndGet() >= stopAfter);
            assertThatThrownBy(() -> train(config, stopping)).isInstanceOf(TrainingStoppedException.class);
            assertSame(train(config, new TrainingOptions("vector", 1, null, checkpoint, true, () -> false)), whole);
        }
    }

    /** Killed in the first batch of an epoch, when the last checkpoint is the one from the end of the epoch before. */
    private static TrainingListener dyingIn(int epoch) {
        return new TrainingListener() {
            @Override
            public void batchDone(
                    int inEpoch,
                    int batch,
                    int batches,
                    LossParts loss,
                    double accuracy,
                    double samplesPerSecond,
                    double secondsLeft) {
                if (inEpoch == epoch) {
                    throw new IllegalStateException("killed");
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldGoOnFromTheCheckpointBetweenTwoEpochs(int epoch) throws IOException {
        TrainingConfig config = config(CONFIG.replace("every: 1", "every: 2"), 4);
        TrainingResult whole = train(config, options(2));
        Path checkpoint = temporary.resolve("between-" + epoch + ".checkpoint");
        var options = new TrainingOptions("vector", 2, null, checkpoint, false, () -> false, 0);
        assertThatThrownBy(() -> new Trainer(config, options, dyingIn(epoch)).run(temporary))
                .hasMessage("killed");
        var resumed = new ArrayList<Integer>();
        var listening = new TrainingListener() {
            @Override
            public void resumed(int inEpoch, int batchesDone) {
                resumed.addAll(List.of(inEpoch, batchesDone));
            }
        };
        TrainingResult found = new Trainer(
                        config, new TrainingOptions("vector", 1, null, checkpoint, true, () -> false), listening)
                .run(temporary);
        assertThat(resumed).containsExactly(epoch, 0);
        assertSame(found, whole);
    }

    /** A run that is taken up where an epoch begins composes that epoch's streams then, and not ahead. */
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 2"})
    void shouldMakeTheSameModelWhetherStreamsAreComposedAheadOrNot(int threads, int workers) throws IOException {
        TrainingConfig config = config(CONFIG.replace("batch: 16", "batch: 16, workers: " + workers), 4);
        TrainingResult ahead = train(config, options(threads));
        Path checkpoint = temporary.resolve("epochs-" + threads + ".checkpoint");
        for (int epoch = 2; epoch <= 4; epoch++) {
            var options = new TrainingOptions("vector", threads, null, checkpoint, epoch > 2, () -> false, 0);
            TrainingListener dying = dyingIn(epoch);
            assertThatThrownBy(() -> new Trainer(config, options, dying).run(temporary))
                    .hasMessage("killed");
        }
        assertSame(train(config, new TrainingOptions("vector", threads, null, checkpoint, true, () -> false)), ahead);
    }

    @Test
    void shouldStartFromAModelWithANewLastLayer() throws IOException {
        // Batch norm is folded into the weights of a finished model, so a layer that has it cannot be loaded.
        String plain = CONFIG.replace("batch_norm: true", "bias: true");
        TrainingConfig one = ConfigReader.parse(plain.replace("EPOCHS", "2").replace("WORDS", "rising"));
        KeywordModel start = train(one, options(2)).model();
        // As good as nothing is learnt, so that what training began with is what is exported.
        TrainingConfig two =
                config(plain.replace("2.0e-2", "1.0e-30").replace("average_decay: 0.95", "average_decay: 0"), 1);
        var fresh = new ArrayList<String>();
        var listening = new TrainingListener() {
            @Override
            public void startedFrom(String model, List<String> layers) {
                fresh.add(model);
                fresh.addAll(layers);
            }
        };
        KeywordModel found = new Trainer(two, options(1), listening)
                .trainOn(temporary, start)
                .model();
        assertThat(fresh).containsExactly("sweeps-in-streams", "readout");
        assertThat(found.labels()).containsExactly("rising", "falling", "unknown", "silence");
        for (String tensor : List.of("hidden_synapse.weight", "hidden_synapse.bias")) {
            assertThat(found.network().tensors().get(tensor))
                    .isEqualTo(start.network().tensors().get(tensor));
        }
        assertThat(found.features()).isEqualTo(start.features());
        assertThat(train(two, options(1)).model().network().tensors().get("hidden_synapse.weight"))
                .isNotEqualTo(start.network().tensors().get("hidden_synapse.weight"));

        TrainingConfig wider = config(plain.replace("width: 24", "width: 25"), 1);
        assertThatThrownBy(() -> new Trainer(wider, options(1), listening).trainOn(temporary, start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("model: expected at least one layer of [hidden, readout] in the same size to start from,"
                        + " found none");
        TrainingConfig bands = config(plain.replace("bands: 16", "bands: 20"), 1);
        assertThatThrownBy(() -> new Trainer(bands, options(1), listening).trainOn(temporary, start))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("features: expected those of the model to start from");
    }

    @Test
    void shouldNotGoOnFromTheCheckpointOfARunThatStartedElsewhere() throws IOException {
        TrainingConfig config = config(CONFIG.replace("batch_norm: true", "bias: true"), 1);
        KeywordModel start = train(config, options(2)).model();
        KeywordModel other = train(config.withSeed(2), options(2)).model();
        Path checkpoint = temporary.resolve("started.checkpoint");
        var stopping = new TrainingOptions("vector", 1, null, checkpoint, false, () -> true);
        assertThatThrownBy(() -> new Trainer(config, stopping, new TrainingListener() {}).trainOn(temporary, start))
                .isInstanceOf(TrainingStoppedException.class);
        var resuming = new TrainingOptions("vector", 1, null, checkpoint, true, () -> false);
        assertThatThrownBy(() -> train(config, resuming)).hasMessageContaining("found one of another");
        assertThatThrownBy(() -> new Trainer(config, resuming, new TrainingListener() {}).trainOn(temporary, other))
                .hasMessageContaining("found one of another");
        assertThat(new Trainer(config, resuming, new TrainingListener() {})
                        .trainOn(temporary, start)
                        .model()
                        .network())
                .isEqualTo(new Trainer(config, options(1), new TrainingListener() {})
                        .trainOn(temporary, start)
                        .model()
                        .network());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "speech: [speech] | speech: [gone] | /gone: expected a file or folder of recordings, found none",
                "speech: [speech] | rooms: [rooms] | /rooms: expected a file or folder of recordings, found none",
                "speech: [speech] | 'more_words: [{word: rising, files: \"tts/r*\"}]' | /tts/r*: expected recordings of"
                        + " 'rising', found none"
            })
    void shouldNameWhatIsMissing(String what, String instead, String message) {
        TrainingConfig config = config(CONFIG.replace(what, instead), 1);
        assertThatThrownBy(() -> train(config, options(1)))
                .isInstanceOf(IOException.class)
                .hasMessage(temporary + message);
    }

    @Test
    void shouldNameWhatDoesNotGo() {
        assertThatThrownBy(() -> train(config(CONFIG.replace("words: [words]", "words: [nowhere]"), 1), options(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere");
        String never =
                CONFIG.replace("decision: {rule: each,", "decision: {rule: each, never: [unknown, silence, falling],");
        assertThatThrownBy(() -> train(config(never, 1), options(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "decision.never: expected [unknown, silence] with streams, found [unknown, silence, falling]");
        TrainingConfig absent = ConfigReader.parse(CONFIG.replace("EPOCHS", "1").replace("WORDS", "rising, sinking"));
        assertThatThrownBy(() -> train(absent, options(1)))
                .isInstanceOf(IOException.class)
                .hasMessage(temporary + ": expected training clips of 'sinking', found none");
    }
}
