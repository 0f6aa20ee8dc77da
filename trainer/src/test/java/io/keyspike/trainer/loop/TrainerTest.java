package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureState;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.trainer.calibrate.Calibration;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.Evaluation;
import io.keyspike.trainer.loss.LossParts;
import io.keyspike.trainer.report.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings on a small synthetic data set. */
class TrainerTest {
    private static final String ADAPTIVE = """
            name: sweeps
            data: {words: [rising, falling], unknown: true, silence: true, clip_seconds: 0.5}
            features: {kind: log_mel, log_mel: {bands: 20, context_frames: 3, stride_frames: 2}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              reset_detached: false
              layers:
                - {name: hidden1, width: 24, batch_norm: true, dropout: 0.1, neuron: {kind: adaptive}}
                - {name: hidden2, width: 24, batch_norm: true, dropout: 0.1, neuron: {kind: adaptive}}
                - {name: readout, bias: true, neuron: {kind: readout, readout_decay: 0.8}}
            loss: {rule: maximum, logit_scale: 4, label_smoothing: 0.1}
            optimiser: {kind: adam_w, learning_rate: 1.5e-2, weight_decay: 1.0e-2, clip_norm: 2,
                        schedule: {kind: cosine, warm_up: 0.03}}
            training: {epochs: EPOCHS, batch: 16, prefix: {probability: 0.5, min_frames: 5, max_frames: 15}}
            augmentation: {copies: 2, roll_frames: 2, frequency_mask: 2, time_mask: 3}
            decision: {warm_up_seconds: 0.2, confirm_seconds: 0.12, calibration: {grid: [0.4, 0.5, 0.6]}}
            """;

    private static final String HARDWARE = """
            name: sweeps-hardware
            data: {words: [rising, falling], clip_seconds: 0.5}
            features: {kind: filterbank, normaliser: {offset: 0.5, rectified: true}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: frontend, synapse: diagonal, init: {kind: normal, mean: 0.5, deviation: 0},
                   neuron: {kind: hardware, tau_millis: 64, reset: zero}}
                - {name: hidden, width: 32, init: {kind: normal, deviation: 0.35},
                   neuron: {kind: hardware, tau_millis: 64, reset: zero}}
                - {name: output, init: {kind: normal, deviation: 0.2}, neuron: {kind: hardware, tau_millis: 64, reset: zero}}
            loss: {rule: spike_count, logit_scale: 0.5, rate_weight: 1, magnitude_weight: 0.5}
            optimiser: {learning_rate: 1.0e-2, learning_rates: {frontend: 1.0e-4}, clamp_weights: 0.9, clip_norm: 1}
            training: {epochs: EPOCHS, batch: 8, select: best}
            augmentation: {copies: 4, roll_frames: 3, noise_probability: 0}
            decision: {smoothing_seconds: 0.2, calibration: {other_words: false, grid: [0.5, 0.7]}}
            """;

    private static final String LIF = """
            name: sweeps-lif
            data: {words: [rising, falling], clip_seconds: 0.5}
            features: {kind: log_mel, log_mel: {bands: 20, context_frames: 3, stride_frames: 2}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: hidden, width: 32, bias: true, neuron: {kind: lif, tau_millis: 60}}
                - {name: output, bias: true, neuron: {kind: lif, tau_millis: 60}}
            loss: LOSS
            optimiser: {learning_rate: 1.0e-2}
            training: {epochs: EPOCHS, batch: 8, select: last}
            decision: {calibration: {enabled: false}}
            """;

    private static final int EPOCHS = 80;

    @TempDir
    private static Path temporary;

    private static Path words = Path.of("");

    @BeforeAll
    static void write() {
        words = SyntheticWords.write(temporary.resolve("words"));
    }

    private static TrainingConfig config(String yaml, int epochs) {
        return ConfigReader.parse(yaml.replace("EPOCHS", String.valueOf(epochs)));
    }

    private static TrainingOptions options(int threads) {
        return new TrainingOptions("vector", threads, null, null, false, () -> false);
    }

    private static TrainingResult train(TrainingConfig config, TrainingOptions options) throws IOException {
        return new Trainer(config, options, new TrainingListener() {}).run(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {ADAPTIVE, HARDWARE})
    void shouldLearnToTellSweepsApart(String yaml) throws IOException {
        TrainingResult result = train(config(yaml, EPOCHS), options(2));
        ClipMetrics testing = Objects.requireNonNull(result.metrics().get(Split.TESTING));
        assertThat(testing.total()).isEqualTo(yaml.equals(ADAPTIVE) ? 16 : 8);
        assertThat(testing.accuracy()).isGreaterThan(0.9);
        assertThat(testing.firingRates().values())
                .allSatisfy(rate -> assertThat(rate).isBetween(0.005, 0.6));
        assertThat(result.history()).hasSize(EPOCHS);
        assertThat(result.history().getLast().loss())
                .isLessThan(result.history().getFirst().loss());

        Path file = temporary.resolve("learnt.safetensors");
        ModelFiles.write(file, result.model());
        KeywordModel read = ModelFiles.read(file);
        Evaluation evaluation =
                Evaluation.run(read, words, Split.TESTING, Backends.named("scalar", 1), 2, Progress.NONE);
        assertThat(evaluation.metrics().confusion()).isDeepEqualTo(testing.confusion());
        assertThat(evaluation.metrics().firingRates()).isEqualTo(testing.firingRates());
        assertThat(read.provenance().metrics()).containsEntry("testing.accuracy", testing.accuracy());
        assertThat(ConfigReader.parse(read.provenance().configuration())).isEqualTo(result.config());
        assertStreamsAsItWasMeasured(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: cross_entropy, logit_scale: 0.5, population: 4}",
                "{kind: cross_entropy_rate}",
                "{kind: cross_entropy_membrane}",
                "{kind: mean_squared_count, correct_target: 0.4, other_target: 0.05}",
                "{kind: mean_squared_count, correct_target: 0.4, other_target: 0.05, population: 4}",
                "{kind: mean_squared_membrane, correct_target: 1.0, other_target: 0.0}"
            })
    void shouldLearnWithEveryLoss(String loss) throws IOException {
        TrainingResult result = train(config(LIF.replace("LOSS", loss), 60), options(2));
        assertThat(Objects.requireNonNull(result.metrics().get(Split.TRAINING)).accuracy())
                .isGreaterThan(0.75);
        assertThat(result.history().getLast().trainingAccuracy()).isGreaterThan(0.75);
        assertThat(result.history().getLast().loss())
                .isLessThan(result.history().getFirst().loss());
        assertStreamsAsItWasMeasured(result.model());
    }

    /** The law of parity on a trained model: the stream's outputs equal the whole sequence's, bit for bit. */
    private static void assertStreamsAsItWasMeasured(KeywordModel model) {
        short[] clip = SyntheticWords.clip("rising", 77);
        float[][] steps = FeatureExtractors.extract(FeatureExtractors.of(model.features()), clip);
        int width = model.features().width();
        float[] input = new float[steps.length * width];
        for (int t = 0; t < steps.length; t++) {
            System.arraycopy(steps[t], 0, input, t * width, width);
        }
        float[] whole = new SequenceNetwork(model.network(), Backends.named("vector", 2))
                .forward(steps.length, 1, input)
                .output();

        FeatureExtractor extractor = FeatureExtractors.of(model.features());
        FeatureState features = extractor.newState();
        StreamingNetwork network = new StreamingNetwork(model.network(), Backends.stepsNamed("scalar"));
        NetworkState state = network.newState();
        float[] feature = new float[width];
        float[] output = new float[network.outputs()];
        int step = 0;
        int at = 0;
        while (at < clip.length) {
            at = extractor.consume(features, clip, at, Math.min(clip.length, at + 97), feature);
            if (features.stepComplete()) {
                network.step(state, feature, output);
                for (int n = 0; n < output.length; n++) {
                    assertThat(output[n]).isEqualTo(whole[step * output.length + n]);
                }
                step++;
            }
        }
        assertThat(step).isEqualTo(steps.length);
    }

    @Test
    void shouldMakeTheSameModelWhateverTheThreadsAndTheBackend() throws IOException {
        TrainingConfig config = config(ADAPTIVE, 3);
        KeywordModel one = train(config, options(1)).model();
        KeywordModel three = train(config, options(3)).model();
        KeywordModel scalar = train(
                        config, new TrainingOptions("scalar", 1, temporary.resolve("cache"), null, false, () -> false))
                .model();
        assertThat(three.network()).isEqualTo(one.network());
        assertThat(three.decision()).isEqualTo(one.decision());
        assertThat(scalar.network()).isEqualTo(one.network());
        assertThat(train(config.withSeed(2), options(2)).model().network()).isNotEqualTo(one.network());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8, 13})
    void shouldGoOnAsIfNeverStopped(int stopAfter) throws IOException {
        TrainingConfig config = config(ADAPTIVE, 4);
        TrainingResult whole = train(config, options(2));
        Path checkpoint = temporary.resolve("stopped-" + stopAfter + ".checkpoint");
        var batches = new AtomicInteger();
        var stopping =
                new TrainingOptions("vector", 2, null, checkpoint, false, () -> batches.incrementAndGet() >= stopAfter);
        assertThatThrownBy(() -> train(config, stopping)).isInstanceOf(TrainingStoppedException.class);
        assertThat(checkpoint).exists();
        assertThatThrownBy(() -> train(
                        config.withSeed(3), new TrainingOptions("vector", 2, null, checkpoint, true, () -> false)))
                .hasMessageContaining("expected a checkpoint of this configuration and data, found one of another");
        TrainingResult resumed = train(config, new TrainingOptions("vector", 1, null, checkpoint, true, () -> false));
        assertThat(resumed.model().network()).isEqualTo(whole.model().network());
        assertThat(resumed.chosenEpoch()).isEqualTo(whole.chosenEpoch());
        assertThat(resumed.history()).hasSameSizeAs(whole.history());
        for (int e = 0; e < whole.history().size(); e++) {
            assertThat(resumed.history().get(e).loss())
                    .isEqualTo(whole.history().get(e).loss());
        }

        // What came after the last epoch may have failed: nothing is learnt again.
        assertThat(checkpoint).exists();
        var batchesAgain = new AtomicInteger();
        TrainingOptions again =
                new TrainingOptions("vector", 1, null, checkpoint, true, () -> batchesAgain.incrementAndGet() < 0);
        assertThat(train(config, again).model().network())
                .isEqualTo(whole.model().network());
        assertThat(batchesAgain).hasValue(0);
    }

    @Test
    void shouldLeaveTheLastGoodCheckpointWhenItDiverges() throws IOException {
        Path checkpoint = temporary.resolve("diverged.checkpoint");
        var everyBatch = new TrainingOptions("vector", 1, null, checkpoint, false, () -> false, 0);
        String exploding = LIF.replace("LOSS", "{kind: mean_squared_membrane}")
                .replace("optimiser: {learning_rate: 1.0e-2}", "optimiser: {kind: sgd, learning_rate: 1.0e+12}");
        assertThatThrownBy(() -> train(config(exploding, 5), everyBatch))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageMatching(
                        "training diverged in epoch \\d, batch \\d: (the loss|[a-z.]+\\[\\d+]) is -?(NaN|Infinity)"
                                + " at a learning rate of 1.0E12 .*");
        byte[] before = Files.readAllBytes(checkpoint);
        var goingOn = new TrainingOptions("vector", 1, null, checkpoint, true, () -> false, 0);
        assertThatThrownBy(() -> train(config(exploding, 5), goingOn)).isInstanceOf(TrainingDivergedException.class);
        assertThat(Files.readAllBytes(checkpoint)).isEqualTo(before);
        assertThat(temporary.resolve("diverged.checkpoint.partial")).doesNotExist();
    }

    /** A link to a device that is always full stands for a disk that is. */
    private static void fill(Path checkpoint) throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "skipped: no /dev/full");
        Files.createSymbolicLink(checkpoint.resolveSibling(checkpoint.getFileName() + ".partial"), full);
    }

    @Test
    void shouldNoticeAFullDiskBeforeTheFirstBatch() throws IOException {
        Path checkpoint = temporary.resolve("full.checkpoint");
        fill(checkpoint);
        var batches = new AtomicInteger();
        var options = new TrainingOptions("vector", 1, null, checkpoint, false, () -> batches.incrementAndGet() < 0);

        assertThatThrownBy(() -> train(config(LIF.replace("LOSS", "{}"), 1), options))
                .isInstanceOf(IOException.class)
                .hasMessage(checkpoint + ": cannot write the checkpoint (No space left on device)");
        assertThat(batches).hasValue(0);
    }

    @Test
    void shouldLoseTheCheckpointAndNotTheTrainingWhenTheDiskFillsUp() throws IOException {
        TrainingConfig config = config(LIF.replace("LOSS", "{}"), 2);
        TrainingResult undisturbed = train(config, options(1));
        Path checkpoint = temporary.resolve("filling.checkpoint");
        var failures = new ArrayList<String>();
        var everyBatch = new TrainingOptions("vector", 1, null, checkpoint, false, () -> false, 0);
        TrainingResult result = new Trainer(config, everyBatch, new TrainingListener() {
                    @Override
                    public void epochDone(EpochRecord record, boolean best) {
                        try {
                            if (record.epoch() == 1) {
                                fill(checkpoint);
                            }
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }

                    @Override
                    public void checkpointFailed(String reason) {
                        failures.add(reason);
                        try {
                            // The file that could not be finished was removed, and the disk is still full.
                            fill(checkpoint);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                })
                .run(words);

        assertThat(failures)
                .isNotEmpty()
                .allMatch(reason -> reason.startsWith(checkpoint + ": cannot write the checkpoint (No space left"));
        assertThat(result.model().network()).isEqualTo(undisturbed.model().network());
    }

    @Test
    void shouldSayWhereTheTimeOfEachEpochWent() throws IOException {
        var times = new ArrayList<EpochTime>();
        new Trainer(config(LIF.replace("LOSS", "{}"), 2), options(1), new TrainingListener() {
                    @Override
                    public void timeSpent(int epoch, EpochTime time) {
                        assertThat(epoch).isEqualTo(times.size() + 1);
                        times.add(time);
                    }
                })
                .run(words);

        assertThat(times).hasSize(2).allSatisfy(time -> {
            assertThat(time.learning()).isPositive();
            assertThat(time.validating()).isPositive();
            assertThat(time.waiting()).isPositive();
            assertThat(time.shareOfInput()).isBetween(0.0, 1.0);
        });
        assertThat(new EpochTime(1, 2, 5, 1).plus(new EpochTime(0, 0, 3, 0)))
                .isEqualTo(new EpochTime(1, 2, 8, 1))
                .satisfies(t -> assertThat(t.shareOfInput()).isEqualTo(0.25));
    }

    @Test
    void shouldSayWhenACheckpointIsCutShortOrAnotherFile() throws IOException {
        TrainingConfig config = config(LIF.replace("LOSS", "{}"), 1);
        Path checkpoint = temporary.resolve("broken.checkpoint");
        train(config, new TrainingOptions("vector", 1, null, checkpoint, false, () -> false));
        var goingOn = new TrainingOptions("vector", 1, null, checkpoint, true, () -> false);
        byte[] whole = Files.readAllBytes(checkpoint);
        for (int length : new int[] {0, 3, 90, whole.length - 1}) {
            Files.write(checkpoint, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> train(config, goingOn))
                    .isInstanceOf(IOException.class)
                    .hasMessage(checkpoint + ": expected a whole checkpoint, found one that ends early");
        }
        Files.writeString(checkpoint, "something else");
        assertThatThrownBy(() -> train(config, goingOn))
                .hasMessage(checkpoint + ": expected a training checkpoint, found another kind of file");
    }

    @Test
    void shouldShowEveryClipAsOftenAsAsked() throws IOException {
        TrainingConfig config = config(ADAPTIVE.replace("training: {", "training: {repeats: 3, "), 2);
        var batches = new ArrayList<Integer>();
        var clips = new AtomicInteger();
        new Trainer(config, options(1), new TrainingListener() {
                    @Override
                    public void batchDone(
                            int epoch,
                            int batch,
                            int count,
                            LossParts loss,
                            double accuracy,
                            double samplesPerSecond,
                            double secondsLeft) {
                        batches.add(count);
                        clips.addAndGet(loss.clips());
                    }
                })
                .run(words);
        // 64 clips, three times in each of two epochs.
        assertThat(clips).hasValue(2 * 3 * 64);
        assertThat(batches).hasSize(24).containsOnly(12);
    }

    @Test
    void shouldTakeTheBestEpochOrTheLast() throws IOException {
        TrainingConfig best = config(ADAPTIVE, 5);
        TrainingResult result = train(best, options(2));
        double chosen = result.history().get(result.chosenEpoch() - 1).validationAccuracy();
        assertThat(result.history())
                .allSatisfy(r -> assertThat(r.validationAccuracy()).isLessThanOrEqualTo(chosen));
        assertThat(Objects.requireNonNull(result.metrics().get(Split.VALIDATION))
                        .accuracy())
                .isEqualTo(chosen);
        TrainingConfig last = config(ADAPTIVE.replace("training: {epochs", "training: {select: last, epochs"), 5);
        assertThat(train(last, options(2)).chosenEpoch()).isEqualTo(5);
    }

    @Test
    void shouldHearWordsInStreamsWithTheThresholdsItChose() throws IOException {
        TrainingResult result = train(config(ADAPTIVE, EPOCHS).withSeed(4), options(2));
        Calibration calibration = Objects.requireNonNull(result.calibration());
        assertThat(calibration.labels())
                .extracting(Calibration.LabelResult::label)
                .containsExactly("rising", "falling");
        assertThat(calibration.clips()).isEqualTo(8);
        assertThat(calibration.hits()).isGreaterThanOrEqualTo(4);
        assertThat(result.model().decision().thresholds()).containsOnlyKeys("rising", "falling");

        var spotter = new KeywordSpotter(result.model(), Backends.preferredSteps());
        var state = spotter.newState();
        List<String> heard = new ArrayList<>();
        for (String word : List.of("_silence_", "_silence_", "rising", "_silence_", "_silence_")) {
            short[] clip = SyntheticWords.clip(word, 55);
            spotter.process(state, clip, 0, clip.length, d -> heard.add(d.keyword()));
        }
        assertThat(heard).containsExactly("rising");
    }

    @Test
    void shouldLeaveAReport() throws IOException {
        TrainingResult result = train(config(HARDWARE, 2), options(2));
        Path folder = temporary.resolve("report");
        TrainingReport.write(folder, result);
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains(
                        "<h2>Loss</h2>",
                        "<h2>Accuracy</h2>",
                        "<h2>Firing rates in hidden</h2>",
                        "<h2>Confusion, testing</h2>",
                        "<h2>Spikes of one validation sample</h2>",
                        "<h2>Streams of validation clips</h2>",
                        "prefers-color-scheme: dark")
                .doesNotContain("http:", "https:", "src=", "href=", "url(", "<script", "NaN", "Infinity");
        assertThat(Files.readString(folder.resolve("report.json")))
                .contains(
                        "\"interval95\"",
                        "\"falseReportsPerHour\"",
                        result.data().hash());
    }

    @Test
    void shouldSayWhatADataSetLacks() {
        TrainingConfig config = config(HARDWARE.replace("[rising, falling]", "[rising, sinking]"), 1);
        assertThatThrownBy(() -> train(config, options(1)))
                .isInstanceOf(IOException.class)
                .hasMessage(words + ": expected training clips of 'sinking', found none");
    }

    @Test
    void shouldLimitTheUnknownClips() throws IOException {
        TrainingConfig config = config(ADAPTIVE.replace("unknown: true", "unknown: true, unknown_limit: 3"), 1);
        TrainingResult result = train(config, options(1));
        assertThat(Objects.requireNonNull(result.metrics().get(Split.TRAINING)).total())
                .isEqualTo(16 + 16 + 3 + 16);
    }
}
