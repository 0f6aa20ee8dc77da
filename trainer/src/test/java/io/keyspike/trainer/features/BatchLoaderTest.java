package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.FrameSource;
import io.keyspike.trainer.cache.FrameStore;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.LoopConfig.PrefixConfig;
import io.keyspike.trainer.layers.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLoaderTest {
    private static final int CLIPS = 23;
    private static final int FRAMES = 30;
    private static final int BATCH = 5;
    private static final long SEED = 7;
    private static final AugmentationConfig CHANGES =
            new AugmentationConfig(2, 1, 0, List.of(1.0, 1.0), 0, List.of(0.0, 0.0), 0, List.of(0.0, 0.0), 4, 4, 8);

    @SuppressWarnings("ArrayRecordComponent") // a carrier, compared field by field
    private record Built(Pass pass, float[] input, int[] labels) {}

    private static TrainingFeatures features() {
        int width = FilterbankSpec.standard().width();
        FrameStore copies = FrameStore.inMemory(2 * CLIPS, FRAMES, width);
        var random = new SplitMix(3);
        for (int i = 0; i < 2 * CLIPS; i++) {
            float[] values = new float[FRAMES * width];
            for (int k = 0; k < values.length; k++) {
                values[k] = (float) random.nextGaussian();
            }
            copies.write(values, i);
        }
        int[] labels = new int[CLIPS];
        Arrays.setAll(labels, i -> i % 3);
        var clean = new LabelledFrames(copies, labels);
        return new TrainingFeatures(new ModelInput.Sound(FilterbankSpec.standard()), clean, copies, 2, clean);
    }

    private static BatchBuilder builder(TrainingFeatures features, int batch) {
        return new BatchBuilder(features, CHANGES, new PrefixConfig(0.5, 3, 9), SEED, batch);
    }

    /** As a training makes them: every epoch's clips in an order of its own. */
    private static ClipBatches batches(TrainingFeatures features) {
        return new ClipBatches(builder(features, BATCH), CLIPS, BATCH, true, SEED);
    }

    /** The order that {@link ClipBatches} gives the clips of an epoch. */
    private static int[] order(int epoch) {
        return new SplitMix(SEED, 0x5_4F, epoch).permutation(CLIPS);
    }

    private static List<Built> epochs(int workers, int... firstBatches) {
        var built = new ArrayList<Built>();
        try (var loader = new BatchLoader(batches(features()), BATCH, workers)) {
            for (int epoch = 1; epoch <= firstBatches.length; epoch++) {
                loader.begin(epoch, firstBatches[epoch - 1], List.of());
                for (int b = firstBatches[epoch - 1]; b * BATCH < CLIPS; b++) {
                    Batch batch = loader.next();
                    built.add(new Built(
                            batch.pass(),
                            Arrays.copyOf(
                                    batch.input(),
                                    batch.pass().steps() * batch.pass().batch() * 13),
                            Arrays.copyOf(batch.labels(), batch.pass().batch())));
                    loader.release(batch);
                }
            }
        }
        return built;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldGiveTheSameBitsForAnyNumberOfWorkers(int workers) {
        List<Built> found = epochs(workers, 0, 0, 2);
        assertThat(found).hasSize(13);
        BatchBuilder builder = builder(features(), BATCH);
        Batch direct = builder.newBatch();
        int at = 0;
        for (int epoch = 1; epoch <= 3; epoch++) {
            int[] order = order(epoch);
            for (int b = epoch == 3 ? 2 : 0; b * BATCH < CLIPS; b++) {
                builder.build(epoch, b, order, b * BATCH, Math.min(BATCH, CLIPS - b * BATCH), direct);
                Built built = found.get(at++);
                assertThat(built.pass()).isEqualTo(direct.pass());
                assertThat(built.labels()).isEqualTo(Arrays.copyOf(direct.labels(), built.labels().length));
                assertThat(built.input()).isEqualTo(Arrays.copyOf(direct.input(), built.input().length));
            }
        }
    }

    @Test
    void shouldTakeTheClipsInTheirOrderAndFromTheFirstAgainWithoutShuffling() {
        TrainingFeatures features = features();
        var batches = new ClipBatches(builder(features, BATCH), 2 * CLIPS, BATCH, false, SEED);
        assertThat(batches.samples()).isEqualTo(2 * CLIPS);
        int[] order = new int[2 * CLIPS];
        Arrays.setAll(order, i -> i);
        BatchBuilder builder = builder(features, BATCH);
        Batch direct = builder.newBatch();
        try (var loader = new BatchLoader(batches, BATCH, 2)) {
            loader.begin(3, 7, List.of());
            for (int number = 7; number * BATCH < 2 * CLIPS; number++) {
                Batch batch = loader.next();
                builder.build(3, number, order, number * BATCH, Math.min(BATCH, 2 * CLIPS - number * BATCH), direct);
                assertThat(batch.pass()).isEqualTo(direct.pass());
                int inputs = batch.pass().steps() * batch.pass().batch() * 13;
                assertThat(Arrays.copyOf(batch.input(), inputs)).isEqualTo(Arrays.copyOf(direct.input(), inputs));
                loader.release(batch);
            }
        }
    }

    @Test
    void shouldChangeAClipTheSameWhateverItsBatch() {
        TrainingFeatures features = features();
        var builder = new BatchBuilder(features, CHANGES, new PrefixConfig(0, 1, 1), 7, CLIPS);
        Batch together = builder.newBatch();
        Batch alone = builder.newBatch();
        int[] order = new SplitMix(1).permutation(CLIPS);
        builder.build(4, 0, order, 0, CLIPS, together);
        int width = 13;
        for (int b = 0; b < CLIPS; b++) {
            builder.build(4, 9, order, b, 1, alone);
            for (int t = 0; t < FRAMES; t++) {
                assertThat(Arrays.copyOfRange(together.input(), (t * CLIPS + b) * width, (t * CLIPS + b + 1) * width))
                        .isEqualTo(Arrays.copyOfRange(alone.input(), t * width, (t + 1) * width));
            }
        }
    }

    @Test
    void shouldDropWhatWasNotTakenWhenAnEpochBegins() {
        try (var loader = new BatchLoader(batches(features()), BATCH, 3)) {
            loader.begin(1, 0, List.of());
            loader.release(loader.next());
            loader.begin(2, 4, List.of());
            Batch last = loader.next();
            assertThat(last.pass().batch()).isEqualTo(3);
            loader.release(last);
            assertThatThrownBy(loader::next).hasMessage("batch loader: expected a batch left in epoch 2, found none");
        }
    }

    @Test
    void shouldTellWhatAWorkerFoundBroken() {
        TrainingFeatures whole = features();
        FrameSource broken = new FrameSource() {
            @Override
            public int clips() {
                return 2 * CLIPS;
            }

            @Override
            public int frames() {
                return FRAMES;
            }

            @Override
            public int width() {
                return 13;
            }

            @Override
            public void read(int clip, int fromFrame, int count, float[] to, int toOffset) {
                throw new IllegalStateException("clip " + clip + " is gone");
            }
        };
        var features = new TrainingFeatures(whole.input(), whole.cleanTraining(), broken, 2, whole.validation());
        try (var loader = new BatchLoader(batches(features), BATCH, 1)) {
            loader.begin(1, 0, List.of());
            assertThatThrownBy(loader::next).hasMessageMatching("clip \\d+ is gone");
        }
    }

    /** Notes which batches are built; their contents do not matter. */
    private static BatchSource noting(List<String> done) {
        return new BatchesOfClips(batches(features())) {
            @Override
            public void build(int epoch, int number, int count, Batch into) {
                done.add("batch " + number);
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Runnable noting(List<String> done, String name) {
        return () -> done.add(name);
    }

    @Test
    void shouldBuildBatchesBeforeItWorksAhead() {
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        var released = new CountDownLatch(1);
        var last = new CountDownLatch(1);
        Runnable first = () -> {
            await(released);
            done.add("piece 0");
        };
        try (var loader = new BatchLoader(noting(done), BATCH, 1)) {
            loader.begin(1, 0, List.of(first, noting(done, "piece 1"), last::countDown));
            loader.release(loader.next());
            loader.release(loader.next());
            released.countDown();
            await(last);
        }
        assertThat(done).containsExactly("batch 0", "batch 1", "piece 0", "batch 2", "batch 3", "piece 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldWorkAheadOnOneThreadAtATime(int workers) {
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        var expected = new ArrayList<String>();
        var working = new AtomicInteger();
        var last = new CountDownLatch(1);
        var pieces = new ArrayList<Runnable>();
        for (int i = 0; i < 200; i++) {
            String name = "piece " + i;
            expected.add(name);
            pieces.add(() -> done.add(working.incrementAndGet() == 1 ? name : "two at a time"));
            pieces.add(working::decrementAndGet);
        }
        pieces.add(last::countDown);
        try (var loader = new BatchLoader(noting(new ArrayList<>()), BATCH, workers)) {
            loader.begin(1, 4, pieces);
            await(last);
        }
        assertThat(done).isEqualTo(expected);
    }

    @Test
    void shouldDropTheWorkAheadOfAnEpochThatWasLeft() {
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        var begun = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var last = new CountDownLatch(2);
        Runnable first = () -> {
            begun.countDown();
            await(released);
            last.countDown();
        };
        try (var loader = new BatchLoader(noting(new ArrayList<>()), BATCH, 2)) {
            loader.begin(1, 0, List.of(first, noting(done, "of the first epoch")));
            await(begun);
            loader.begin(2, 0, List.of(noting(done, "of the second"), last::countDown));
            released.countDown();
            await(last);
        }
        assertThat(done).containsExactly("of the second");
    }

    @Test
    void shouldLeaveNoThreadBehindThatWorksAhead() throws InterruptedException {
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        var worker = new CompletableFuture<Thread>();
        var closed = new CountDownLatch(1);
        Runnable first = () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> done.add(e.toString()));
            worker.complete(Thread.currentThread());
            // As composing does, it takes no notice of being interrupted.
            boolean interrupted = true;
            while (interrupted) {
                try {
                    closed.await();
                    interrupted = false;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        };
        try (var loader = new BatchLoader(noting(new ArrayList<>()), BATCH, 1)) {
            loader.begin(1, 0, List.of(first, noting(done, "piece 1")));
            worker.join();
        }
        closed.countDown();
        worker.join().join(30_000);
        assertThat(worker.join().isAlive()).isFalse();
        assertThat(done).isEmpty();
    }
}
