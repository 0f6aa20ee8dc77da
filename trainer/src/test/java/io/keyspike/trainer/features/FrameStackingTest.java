package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.models.description.ModelInput;
import io.keyspike.trainer.cache.FrameStore;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.LoopConfig.PrefixConfig;
import io.keyspike.trainer.layers.Pass;
import io.keyspike.trainer.loop.SyntheticWords;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the network is trained on is, bit for bit, what a stream would give it. */
class FrameStackingTest {
    static final AugmentationConfig NO_CHANGE =
            new AugmentationConfig(0, 1, 0, List.of(1.0, 1.0), 0, List.of(0.0, 0.0), 0, List.of(0.0, 0.0), 0, 0, 0);

    static List<FeatureSpec> specs() {
        LogMelSpec mel = LogMelSpec.standard();
        Normaliser perBand = normaliser(mel.bands());
        FilterbankSpec filterbank = FilterbankSpec.standard();
        return List.of(
                mel.withNormaliser(perBand),
                new LogMelSpec(16_000, 400, 512, 160, 40, 20, 7_600, mel.melScale(), true, 1e-6, 3, 1, perBand),
                new LogMelSpec(16_000, 400, 512, 160, 40, 20, 7_600, mel.melScale(), true, 1e-6, 4, 3, null),
                filterbank.withNormaliser(normaliser(filterbank.width())));
    }

    private static Normaliser normaliser(int channels) {
        return new Normaliser(
                Collections.nCopies(channels, -3.25f), Collections.nCopies(channels, 2.5f), 0.9f, 0.5f, false);
    }

    private static FrameStore store(FeatureSpec spec, short[]... clips) {
        FeatureSpec frameSpec = spec.withoutContext();
        var extractor = FeatureExtractors.of(frameSpec);
        int frames = FeatureExtractors.extract(extractor, clips[0]).length;
        FrameStore store = FrameStore.inMemory(clips.length, frames, frameSpec.width());
        for (int i = 0; i < clips.length; i++) {
            float[] values = new float[frames * frameSpec.width()];
            float[][] rows = FeatureExtractors.extract(extractor, clips[i]);
            for (int f = 0; f < frames; f++) {
                System.arraycopy(rows[f], 0, values, f * frameSpec.width(), frameSpec.width());
            }
            store.write(values, i);
        }
        return store;
    }

    private static Batch build(BatchBuilder builder, int epoch, int... clips) {
        Batch batch = builder.newBatch();
        builder.build(epoch, 0, clips, 0, clips.length, batch);
        return batch;
    }

    private static TrainingFeatures features(FeatureSpec spec, FrameStore store) {
        var clean = new LabelledFrames(store, new int[store.clips()]);
        return new TrainingFeatures(new ModelInput.Sound(spec), clean, store, 1, clean);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void shouldGiveTheStreamsStepsForAnUnchangedClip(FeatureSpec spec) {
        short[] clip = SyntheticWords.clip("rising", 1);
        TrainingFeatures features = features(spec, store(spec, clip, SyntheticWords.clip("flat", 2)));
        var batches = new BatchBuilder(features, NO_CHANGE, new PrefixConfig(0, 1, 1), 1, 2);
        Batch batch = build(batches, 1, 1, 0);
        Pass pass = batch.pass();
        float[][] streamed = FeatureExtractors.extract(FeatureExtractors.of(spec), clip);
        assertThat(pass.steps()).isEqualTo(streamed.length);
        assertThat(pass.firstStep()).isZero();
        for (int t = 0; t < streamed.length; t++) {
            for (int i = 0; i < spec.width(); i++) {
                assertThat(batch.input()[(t * 2 + 1) * spec.width() + i]).isEqualTo(streamed[t][i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void shouldPutTheEndOfAClipInFrontAsAStreamWouldHearIt(FeatureSpec spec) {
        FrameStacking stacking = FrameStacking.of(new ModelInput.Sound(spec));
        FrameStore store = store(spec, SyntheticWords.clip("rising", 1));
        var batches = new BatchBuilder(features(spec, store), NO_CHANGE, new PrefixConfig(1, 7, 7), 1, 1);
        Batch batch = build(batches, 1, 0);
        Pass pass = batch.pass();
        int frames = store.frames();
        float[] joined = new float[(frames + 7) * store.width()];
        store.read(0, frames - 7, 7, joined, 0);
        store.read(0, 0, frames, joined, 7 * store.width());
        float[] expected = new float[stacking.steps(frames + 7) * spec.width()];
        stacking.stack(joined, frames + 7, expected, 0, 1);
        assertThat(pass.steps()).isEqualTo(stacking.steps(frames + 7));
        assertThat(pass.firstStep()).isEqualTo((7 + stacking.stride() - 1) / stacking.stride());
        assertThat(batch.input()).startsWith(expected);
    }

    @Test
    void shouldRollAndMaskWithinTheClipOnly() {
        FeatureSpec spec = FilterbankSpec.standard();
        FrameStore store = store(spec, SyntheticWords.clip("rising", 1));
        var changes =
                new AugmentationConfig(0, 1, 0, List.of(1.0, 1.0), 0, List.of(0.0, 0.0), 0, List.of(0.0, 0.0), 3, 4, 8);
        var batches = new BatchBuilder(features(spec, store), changes, new PrefixConfig(0, 1, 1), 5, 1);
        int width = spec.width();
        float[] clip = new float[store.frames() * width];
        store.read(0, 0, store.frames(), clip, 0);
        for (int epoch = 1; epoch <= 20; epoch++) {
            float[] changed = build(batches, epoch, 0).input();
            int shift = shiftOf(clip, changed, store.frames(), width);
            assertThat(shift).as("epoch %d", epoch).isBetween(-3, 3);
            assertThat(build(batches, epoch, 0).input()).isEqualTo(changed);
        }
    }

    /** The roll by which every value is either the clip's or masked, with at most 4 bands and 8 frames masked. */
    private static int shiftOf(float[] clip, float[] changed, int frames, int width) {
        for (int shift = -3; shift <= 3; shift++) {
            boolean fits = true;
            int kept = 0;
            for (int f = 0; f < frames; f++) {
                for (int c = 0; c < width; c++) {
                    float original = clip[Math.floorMod(f - shift, frames) * width + c];
                    float now = changed[f * width + c];
                    fits &= now == original || now == 0;
                    kept += now == original ? 1 : 0;
                }
            }
            if (fits && kept >= (frames - 8) * (width - 4)) {
                return shift;
            }
        }
        return Integer.MAX_VALUE;
    }
}
