package io.keyspike.trainer.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.compose.Tones;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.loop.Crew;
import io.keyspike.trainer.loop.EpochTime;
import io.keyspike.trainer.loop.ExchangeCost;
import io.keyspike.trainer.loop.SyntheticImages;
import io.keyspike.trainer.loop.SyntheticWords;
import io.keyspike.trainer.loop.Trainer;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.loop.TrainingOptions;
import io.keyspike.trainer.loop.TrainingResult;
import io.keyspike.trainer.loss.LossParts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings that workers in this process have a part in: the model is that of one process, whatever becomes of them. */
class SharedTrainingTest {

    /** Trainings of each kind that batches come in. */
    enum Work {
        /** Clips, with dropout, prefixes, learnt time constants, and a last batch that is smaller than the others. */
        WORDS("words", """
                name: words
                data: {words: [rising, falling], unknown: true, clip_seconds: 0.5}
                features: {kind: log_mel, log_mel: {bands: 12, context_frames: 3, stride_frames: 2}}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  layers:
                    - {name: hidden1, width: 20, dropout: 0.2, neuron: {kind: adaptive}}
                    - {name: hidden2, width: 16, bias: true, neuron: {kind: lif, tau_millis: 60}}
                    - {name: readout, bias: true, neuron: {kind: readout, readout_decay: 0.8}}
                loss: {rule: maximum, logit_scale: 4}
                optimiser: {kind: adam_w, learning_rate: 1.0e-2, clip_norm: 2}
                training: {epochs: 2, batch: 44, prefix: {probability: 0.5, min_frames: 5, max_frames: 15}}
                augmentation: {copies: 2, roll_frames: 2}
                decision: {calibration: {enabled: false}}
                """),
        /** Normalised in parts. */
        NORMED("words", """
                name: normed
                data: {words: [rising, falling], unknown: true, clip_seconds: 0.5}
                features: {kind: log_mel, log_mel: {bands: 12, context_frames: 3, stride_frames: 2}}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  layers:
                    - {name: hidden1, width: 20, batch_norm: true, dropout: 0.2, neuron: {kind: adaptive}}
                    - {name: hidden2, width: 16, bias: true, batch_norm: true, neuron: {kind: lif, tau_millis: 60}}
                    - {name: readout, bias: true, neuron: {kind: readout, readout_decay: 0.8}}
                loss: {rule: maximum, logit_scale: 4}
                optimiser: {kind: adam_w, learning_rate: 1.0e-2, clip_norm: 2}
                training: {epochs: 2, batch: 22, parts: 5, prefix: {probability: 0.5, min_frames: 5, max_frames: 15}}
                decision: {calibration: {enabled: false}}
                """),
        /** Normalised in parts from the first layer on, with an input that is the same at each step. */
        NORMED_IMAGES("images", """
                name: normed-squares
                data: {kind: idx, words: [left, right, top], split: {validation: 0.2}}
                features: {kind: image, image: {rows: 6, columns: 6, steps: 8}}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  layers:
                    - {name: hidden, width: 20, batch_norm: true}
                    - {name: output, bias: true}
                loss: {logit_scale: 0.5}
                optimiser: {learning_rate: 1.0e-2}
                training: {epochs: 2, batch: 50, parts: 16}
                """),
        /** For a chip: quantised weights, time constants that differ from batch to batch. */
        CHIP("words", """
                name: chip
                data: {words: [rising, falling], clip_seconds: 0.5}
                features: {kind: filterbank, normaliser: {offset: 0.5, rectified: true}}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  layers:
                    - {name: frontend, synapse: diagonal, init: {kind: normal, mean: 0.5, deviation: 0},
                       neuron: {kind: hardware, tau_millis: 64, reset: zero}}
                    - {name: hidden, width: 24, init: {kind: normal, deviation: 0.35},
                       neuron: {kind: hardware, tau_millis: 64, reset: zero}}
                    - {name: output, init: {kind: normal, deviation: 0.2}, neuron: {kind: hardware, tau_millis: 64, reset: zero}}
                loss: {rule: spike_count, logit_scale: 0.5, magnitude_weight: 0.5}
                chip: {profile: h1, mismatch: 1}
                training: {epochs: 1, batch: 32}
                decision: {calibration: {enabled: false}}
                """),
        /** The same image at each step, so that the first product is made once. */
        IMAGES("images", """
                name: squares
                data: {kind: idx, words: [left, right, top], split: {validation: 0.2}}
                features: {kind: image, image: {rows: 6, columns: 6, steps: 8}}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  layers:
                    - {name: hidden, width: 20, bias: true, dropout: 0.3}
                    - {name: output, bias: true}
                loss: {logit_scale: 0.5}
                optimiser: {learning_rate: 1.0e-2}
                training: {epochs: 2, batch: 50}
                """),
        /** Windows of streams, whose labels have a step each. */
        STREAMS("", """
                name: streams
                data: {words: [rising, falling], unknown: true, silence: true, clip_seconds: 0.9}
                features: {kind: log_mel, log_mel: {bands: 12, context_frames: 3, stride_frames: 2}}
                network:
                  surrogate: {kind: fast_sigmoid, slope: 4}
                  layers:
                    - {name: hidden, width: 16, neuron: {kind: adaptive}}
                    - {name: readout, bias: true, neuron: {kind: readout, readout_decay: 0.7}}
                loss: {rule: peak, logit_scale: 4}
                optimiser: {kind: adam_w, learning_rate: 2.0e-2, clip_norm: 2, schedule: {kind: cosine}}
                training: {epochs: 2, batch: 32}
                decision: {rule: each, smoothing_seconds: 0.06}
                streams:
                  enabled: true
                  words: [words]
                  speech: [speech]
                  speech_split: {validation: 0.3, testing: 0.1}
                  bank: {streams: 6, seconds: 8, refreshed: 2}
                  compose: {gap_seconds: [0.1, 0.6], pause_seconds: [0.3, 1.0], speech_seconds: 2, room_probability: 0.3}
                  windows: {per_epoch: 64, prefix_seconds: 0.3, seconds: 1.2}
                  loss: {ramp: [0.2, 0.8], negative_weight: [1, 4]}
                  mining: {from_epoch: 2, every: 1, dead_seconds: 1}
                  validation: {streams: 3, speech_streams: 1, seconds: 8, rates: [1]}
                  average_decay: 0.95
                """);

        private final String folder;
        private final String yaml;

        Work(String folder, String yaml) {
            this.folder = folder;
            this.yaml = yaml;
        }

        TrainingConfig config() {
            return ConfigReader.parse(yaml);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path data;

    @BeforeAll
    static void write() throws IOException {
        SyntheticWords.write(data.resolve("words"));
        SyntheticImages.write(data.resolve("images"), 150, 20);
        Path speech = Files.createDirectories(data.resolve("speech"));
        for (int i = 0; i < 12; i++) {
            WavWriter.write(
                    speech.resolve("speaker" + i + "-1.wav"),
                    Tones.RATE_HZ,
                    Tones.speech("speech", 4, i).samples());
        }
    }

    /** Hears what a training says about its workers. */
    private static class Listener implements TrainingListener {
        final List<String> lost = new ArrayList<>();
        final List<ExchangeCost> costs = new ArrayList<>();
        List<String> processes = List.of();

        @Override
        public void sharedWith(List<String> all) {
            processes = all;
        }

        @Override
        public void workerLost(String worker, String reason, int left) {
            lost.add(worker + ": " + reason + ", " + left + " left");
        }

        @Override
        public void exchanged(int epoch, ExchangeCost cost, EpochTime time) {
            costs.add(cost);
        }
    }

    private static TrainingOptions options() {
        return new TrainingOptions("vector", 1, null, null, false, () -> false);
    }

    private static TrainingResult alone(Work work) throws IOException {
        return new Trainer(work.config(), options(), new TrainingListener() {}).run(data.resolve(work.folder));
    }

    private static TrainingResult shared(Work work, List<HostAndPort> workers, Duration patience, Listener listener)
            throws IOException {
        var plan = new WorkerCrew.Plan(1, workers, null, "vector", 1, patience);
        try (var crew = WorkerCrew.open(plan, listener)) {
            var trainer = new Trainer(work.config(), options(), listener);
            trainer.shareWith(crew);
            return trainer.run(data.resolve(work.folder));
        }
    }

    private static WorkerServer worker(String backend) throws IOException {
        return worker(backend, null);
    }

    private static WorkerServer worker(String backend, @Nullable String token) throws IOException {
        return WorkerServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token, backend, 1, remark -> {});
    }

    private static HostAndPort at(int port) {
        return new HostAndPort("127.0.0.1", port);
    }

    private static void assertSame(TrainingResult found, TrainingResult expected) {
        assertThat(found.model().network()).isEqualTo(expected.model().network());
        assertThat(found.model().decision()).isEqualTo(expected.model().decision());
        assertThat(found.chosenEpoch()).isEqualTo(expected.chosenEpoch());
        for (int e = 0; e < expected.history().size(); e++) {
            assertThat(found.history().get(e).loss())
                    .isEqualTo(expected.history().get(e).loss());
            assertThat(found.history().get(e).trainingAccuracy())
                    .isEqualTo(expected.history().get(e).trainingAccuracy());
        }
    }

    @ParameterizedTest
    @EnumSource(Work.class)
    void shouldMakeTheSameModelWithOneTwoAndThreeProcesses(Work work) throws IOException {
        TrainingResult expected = alone(work);
        try (var first = worker("vector");
                var second = worker("scalar")) {
            var two = new Listener();
            assertSame(shared(work, List.of(at(first.port())), PATIENCE, two), expected);
            var three = new Listener();
            assertSame(shared(work, List.of(at(first.port()), at(second.port())), PATIENCE, three), expected);
            assertThat(two.lost).isEmpty();
            assertThat(three.lost).isEmpty();
            assertThat(three.processes).hasSize(3).first().isEqualTo("this process with 1 thread");
            assertThat(two.costs).isNotEmpty().allSatisfy(cost -> {
                assertThat(cost.processes()).isEqualTo(2);
                assertThat(cost.bytesSent()).isPositive();
                assertThat(cost.bytesReceived()).isPositive();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldGoOnBitForBitWhereAWorkerIsLost(int batch) throws IOException {
        TrainingResult expected = alone(Work.WORDS);
        WorkerServer leaving = worker("vector");
        try (var left = worker("vector")) {
            int port = leaving.port();
            var listener = new Listener() {
                @Override
                public void batchDone(
                        int epoch, int done, int batches, LossParts loss, double accuracy, double speed, double time) {
                    if (epoch == 1 && done == batch) {
                        leaving.close();
                    }
                }
            };
            assertSame(shared(Work.WORDS, List.of(at(port), at(left.port())), PATIENCE, listener), expected);
            assertThat(listener.lost)
                    .singleElement()
                    .asString()
                    .matches("worker 127\\.0\\.0\\.1:" + port + ": (it was stopped|the connection failed .*), 2 left");
        } finally {
            leaving.close();
        }
    }

    @Test
    void shouldDoThePartOfAWorkerThatDoesNotAnswer() throws Exception {
        TrainingResult expected = alone(Work.WORDS);
        try (var silent = new SilentWorker()) {
            var listener = new Listener();
            assertSame(shared(Work.WORDS, List.of(at(silent.port())), Duration.ofMillis(1_500), listener), expected);
            assertThat(listener.lost)
                    .containsExactly(
                            "worker 127.0.0.1:" + silent.port() + ": it did not answer within 1500 ms, 1 left");
        }
    }

    @Test
    void shouldSayWhyAWorkerCannotBeHad() throws IOException {
        int closed;
        try (var gone = worker("vector")) {
            closed = gone.port();
        }
        assertThatThrownBy(() -> shared(Work.WORDS, List.of(at(closed)), PATIENCE, new Listener()))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        "worker 127\\.0\\.0\\.1:" + closed + ": the connection failed \\(Connection refused\\)");
        try (var secret = worker("vector", "a-token-of-many-letters")) {
            assertThatThrownBy(() -> shared(Work.WORDS, List.of(at(secret.port())), PATIENCE, new Listener()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("worker 127.0.0.1:" + secret.port()
                            + ": it refused the token: expected a token, found none");
            var plan = new WorkerCrew.Plan(1, List.of(at(secret.port())), "another", "vector", 1, PATIENCE);
            assertThatThrownBy(() -> WorkerCrew.open(plan, new Listener()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("worker 127.0.0.1:" + secret.port()
                            + ": it refused the token: expected its token, found another");
        }
        try (var busy = worker("vector")) {
            var plan = new WorkerCrew.Plan(1, List.of(at(busy.port())), null, "vector", 1, PATIENCE);
            try (var first = WorkerCrew.open(plan, new Listener())) {
                assertThat(first.ownThreads()).isEqualTo(1);
                assertThatThrownBy(() -> WorkerCrew.open(plan, new Listener()))
                        .isInstanceOf(IOException.class)
                        .hasMessage("worker 127.0.0.1:" + busy.port() + ": it refused: expected a worker that is free,"
                                + " found one at work on another training");
            }
        }
    }

    @Test
    void shouldRefuseBatchesThatCannotBeTakenApart() {
        TrainingConfig normed = ConfigReader.parse(
                Work.WORDS.yaml.replace("{name: hidden1, width: 20,", "{name: hidden1, width: 20, batch_norm: true,"));
        assertThatThrownBy(() -> Crew.requireParts(normed, "vector"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("--workers: expected training.parts, the parts that a batch is normalised in, since"
                        + " 'hidden1' has batch_norm, found none; set them to 8, for instance");
        TrainingConfig penalty =
                ConfigReader.parse(Work.CHIP.yaml.replace("magnitude_weight: 0.5", "rate_weight: 0.5"));
        assertThatThrownBy(() -> Crew.requireParts(penalty, "vector"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("found loss.rate_weight 0.5");
        assertThatThrownBy(() -> ConfigReader.parse(Work.CHIP
                        .yaml
                        .replace("magnitude_weight: 0.5", "rate_weight: 0.5")
                        .replace("batch: 32", "batch: 32, parts: 4")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("training.parts: expected none with loss.rate_weight, a loss over a whole batch, found 4");
        assertThatThrownBy(() -> Crew.requireParts(Work.WORDS.config(), "tornado"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("found tornado");
    }
}
