package io.keyspike.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.network.Network;
import io.keyspike.trainer.cache.FrameStore;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.LoopConfig.PrefixConfig;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.features.BatchBuilder;
import io.keyspike.trainer.features.BatchSource;
import io.keyspike.trainer.features.BatchesOfClips;
import io.keyspike.trainer.features.ClipBatches;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.features.TrainingFeatures;
import io.keyspike.trainer.layers.TrainableNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the loop asks of batches that something can be done ahead of. */
class TrainingLoopTest {
    private static final int CLIPS = 12;
    private static final int BATCH = 4;
    private static final int FRAMES = 9;
    private static final FilterbankSpec SPEC = FilterbankSpec.standard();
    private static final TrainingConfig CONFIG = ConfigReader.parse("""
            data: {words: [a, b]}
            training: {epochs: 3, batch: 4}
            network: {layers: [{name: out, bias: true, neuron: {kind: lif}}]}
            """);

    @TempDir
    private Path temporary;

    /** Batches of noise that note what is asked of them; what is done ahead of an epoch fails from one on. */
    private static final class Noted extends BatchesOfClips {
        private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        private final int failing;
        private FutureTask<String> piece = new FutureTask<>(() -> "nothing");

        Noted(int failing) {
            super(clips());
            this.failing = failing;
        }

        private static ClipBatches clips() {
            FrameStore frames = FrameStore.inMemory(CLIPS, FRAMES, SPEC.width());
            var random = new SplitMix(4);
            int[] labels = new int[CLIPS];
            for (int i = 0; i < CLIPS; i++) {
                float[] values = new float[FRAMES * SPEC.width()];
                for (int k = 0; k < values.length; k++) {
                    values[k] = random.nextFloat();
                }
                frames.write(values, i);
                labels[i] = i % 2;
            }
            var clean = new LabelledFrames(frames, labels);
            var unchanged = new AugmentationConfig(
                    0, 1, 0, List.of(1.0, 1.0), 0, List.of(0.0, 0.0), 0, List.of(0.0, 0.0), 0, 0, 0);
            return new ClipBatches(
                    new BatchBuilder(
                            new TrainingFeatures(new ModelInput.Sound(SPEC), clean, frames, 1, clean),
                            unchanged,
                            new PrefixConfig(0, 1, 1),
                            7,
                            BATCH),
                    CLIPS,
                    BATCH,
                    true,
                    7);
        }

        @Override
        public void begin(int epoch, Supplier<Network> network) {
            try {
                piece.run();
                asked.add("begin " + epoch + " with " + piece.get());
            } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException("epoch " + epoch, e.getCause());
            }
        }

        @Override
        public List<Runnable> ahead(int epoch) {
            asked.add("ahead " + epoch);
            piece = new FutureTask<>(() -> {
                if (epoch == failing) {
                    throw new IllegalArgumentException("out of tune");
                }
                return "piece " + epoch;
            });
            return List.of(piece);
        }
    }

    private static TrainingLoop loop(BatchSource batches, Path checkpoint, boolean resume, BooleanSupplier stop) {
        var network = new TrainableNetwork(
                CONFIG.network(),
                SPEC.width(),
                2,
                0.004,
                5,
                Backends.named("vector", 1),
                batches.maximumSteps(),
                BATCH,
                Membranes.Precision.FLOAT32);
        return new TrainingLoop(
                CONFIG.training(),
                1,
                network,
                new TrainingStep(network, CONFIG.loss(), CONFIG.optimiser(), 100, BATCH),
                batches,
                0,
                trained -> new Validation.Measure(1, Map.of()),
                new TrainingOptions("vector", 1, null, checkpoint, resume, stop),
                "key",
                new TrainingListener() {});
    }

    @Test
    void shouldWorkAheadOfEveryEpochThatFollows() throws IOException {
        var batches = new Noted(0);
        loop(batches, temporary.resolve("whole"), false, () -> false).run();
        assertThat(batches.asked)
                .containsExactly(
                        "begin 1 with nothing", "ahead 2", "begin 2 with piece 2", "ahead 3", "begin 3 with piece 3");
    }

    @Test
    void shouldWorkAheadOfTheEpochsAfterTheOneThatItWasStoppedIn() throws IOException {
        Path checkpoint = temporary.resolve("stopped");
        var steps = new AtomicInteger();
        assertThatThrownBy(() -> loop(new Noted(0), checkpoint, false, () -> steps.incrementAndGet() > 4)
                        .run())
                .isInstanceOf(TrainingStoppedException.class);
        var batches = new Noted(0);
        loop(batches, checkpoint, true, () -> false).run();
        assertThat(batches.asked).containsExactly("ahead 3", "begin 3 with piece 3");
    }

    @Test
    void shouldThrowWhatWentWrongAhead() {
        var batches = new Noted(3);
        assertThatThrownBy(() -> loop(batches, temporary.resolve("failed"), false, () -> false)
                        .run())
                .hasMessage("epoch 3")
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasRootCauseMessage("out of tune");
        assertThat(batches.asked).hasSize(4);
    }
}
