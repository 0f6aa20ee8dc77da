package io.keyspike.models.spotter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.SequenceNetwork;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeywordSpotterTest {

    private static final int RATE = 16_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 10, 11})
    void shouldHearTheSameHoweverSoundIsCut(long seed) {
        KeywordSpotter spotter = spotter(seed);
        short[] sound = TestModels.sound(4 * RATE, seed);
        SpotterState whole = spotter.newState();
        List<Detection> expected = process(spotter, whole, sound, 0, sound.length);
        assertThat(expected).isNotEmpty();

        SpotterState cut = spotter.newState();
        var heard = new ArrayList<Detection>();
        var r = new Random(seed);
        for (int at = 0; at < sound.length; ) {
            int length = Math.min(1 + r.nextInt(4_096), sound.length - at);
            // Each frame in an array of its own, somewhere in it.
            short[] frame = new short[length + 5];
            System.arraycopy(sound, at, frame, 3, length);
            heard.addAll(process(spotter, cut, frame, 3, 3 + length));
            at += length;
        }

        assertThat(heard).isEqualTo(expected);
        assertSameSavedForm(cut, whole);
        assertThat(cut.samplePosition()).isEqualTo(sound.length);
        assertThat(cut.steps()).isEqualTo(whole.steps());
        for (int layer = 0; layer < spotter.network().spikingLayers(); layer++) {
            assertThat(cut.spikes(layer)).isEqualTo(whole.spikes(layer)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 10})
    void shouldHearTheSameWhetherOrNotSomebodyLooks(long seed) {
        KeywordSpotter spotter = spotter(seed);
        short[] sound = TestModels.sound(4 * RATE, seed);
        SpotterState unseen = spotter.newState();
        List<Detection> expected = process(spotter, unseen, sound, 0, sound.length);

        SpotterState seen = spotter.newState();
        var heard = new ArrayList<Detection>();
        var scores = new ArrayList<Float>();
        long[] looked = new long[1 + spotter.network().spikingLayers()];
        spotter.process(
                seen,
                sound,
                0,
                sound.length,
                detection -> {
                    heard.add(detection);
                    assertThat(scores.getLast()).isEqualTo(detection.score());
                },
                (state, features, output) -> {
                    assertThat(features).hasSize(spotter.network().inputs());
                    assertThat(output).hasSize(spotter.network().outputs());
                    looked[0]++;
                    for (int layer = 0; layer < spotter.network().spikingLayers(); layer++) {
                        looked[1 + layer] += state.network().lastSpikeTotal(layer);
                    }
                    float best = 0;
                    for (int label = 0; label < output.length; label++) {
                        best = Math.max(best, state.score(label));
                    }
                    scores.add(best);
                });

        assertThat(heard).isNotEmpty().isEqualTo(expected);
        assertSameSavedForm(seen, unseen);
        assertThat(looked[0]).isEqualTo(seen.steps());
        for (int layer = 0; layer < spotter.network().spikingLayers(); layer++) {
            assertThat(looked[1 + layer]).isEqualTo(seen.spikes(layer));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 10, 11})
    void shouldSpikeAsTheSequenceDoesOnTheSameSound(long seed) {
        // Labels without threshold: no report, so no reset of outputs that the sequence would not know of.
        KeywordModel model = model(seed).withDecision(TestModels.decision(List.of(), 1f));
        var spotter = new KeywordSpotter(model, Backends.preferredSteps());
        short[] sound = TestModels.sound(2 * RATE, seed);
        SpotterState state = spotter.newState();
        process(spotter, state, sound, 0, sound.length);

        float[][] features = FeatureExtractors.extract(FeatureExtractors.of(model.features()), sound);
        float[] input = new float[features.length * model.features().width()];
        for (int t = 0; t < features.length; t++) {
            System.arraycopy(features[t], 0, input, t * features[t].length, features[t].length);
        }
        var expected =
                new SequenceNetwork(model.network(), Backends.named("scalar", 1)).forward(features.length, 1, input);

        assertThat(state.steps()).isEqualTo(features.length);
        for (int layer = 0; layer < expected.layers().size(); layer++) {
            double spikes = 0;
            for (float s : expected.layers().get(layer).spikes()) {
                spikes += s;
            }
            assertThat(state.takeSpikes(layer)).isEqualTo((long) spikes).isPositive();
            assertThat(state.takeSpikes(layer)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldContinueAfterRestoreAsIfNeverStopped(long seed) {
        KeywordSpotter spotter = spotter(seed);
        short[] sound = TestModels.sound(4 * RATE, seed);
        SpotterState straight = spotter.newState();
        SpotterState stopped = spotter.newState();
        var r = new Random(seed);
        for (int at = 0; at < sound.length; ) {
            int to = Math.min(at + 1 + r.nextInt(1_000), sound.length);
            if (r.nextInt(4) == 0) {
                byte[] saved = save(stopped);
                stopped = spotter.newState();
                process(spotter, stopped, sound, 0, r.nextInt(3_000)); // something to be overwritten
                stopped.restore(ByteBuffer.wrap(saved));
            }
            assertThat(process(spotter, stopped, sound, at, to)).isEqualTo(process(spotter, straight, sound, at, to));
            assertSameSavedForm(stopped, straight);
            at = to;
        }
    }

    @Test
    void shouldSaveTheHardwareModelInLessThanTwoKibibytes() {
        var spotter = new KeywordSpotter(TestModels.hardwareModel("yes-no", 1, 0.5f), TestModels.kernels());
        SpotterState state = spotter.newState();

        assertThat(state.byteSize()).isLessThan(2_048);
        assertThat(state.network().byteSize()).isEqualTo(4 * (13 + 64 + 2) + 2 + 8 + 1);
    }

    @Test
    void shouldSayAtWhichSampleItDecided() {
        KeywordSpotter spotter = spotter(1);
        int step = spotter.model().features().stepSamples();
        short[] sound = TestModels.sound(4 * RATE, 1);
        SpotterState state = spotter.newState();

        for (Detection d : process(spotter, state, sound, 0, sound.length)) {
            assertThat(d.samplePosition() % step).isZero();
            assertThat(d.samplePosition()).isBetween(1L, (long) sound.length);
            assertThat(d.keyword()).isEqualTo(spotter.model().labels().get(d.label()));
            assertThat(d.score()).isBetween(0f, 1f);
        }
    }

    @Test
    void shouldMoveThePositionOverAGapAndBeginAfresh() {
        KeywordSpotter spotter = spotter(3);
        short[] sound = TestModels.sound(RATE, 3);
        SpotterState state = spotter.newState();
        process(spotter, state, sound, 0, sound.length);

        state.bridgeGap(1_000);

        assertThat(state.samplePosition()).isEqualTo(RATE + 1_000);
        NetworkState fresh = spotter.newState().network();
        for (int layer = 0; layer < spotter.network().spikingLayers(); layer++) {
            assertThat(state.network().membrane(layer)).isEqualTo(fresh.membrane(layer));
        }
        assertThatThrownBy(() -> state.bridgeGap(-1)).hasMessage("gap: expected at least 0 missing samples, found -1");
    }

    @Test
    void shouldTakeOverTheStateOfAModelOfTheSameKind() {
        KeywordModel first = TestModels.hardwareModel("first", 1, 0.6f);
        var second = new KeywordModel(
                "second",
                "second@1",
                first.features(),
                first.network(),
                first.labels(),
                TestModels.decision(first.labels(), 0.7f),
                first.chip(),
                first.provenance());
        var a = new KeywordSpotter(first, TestModels.kernels());
        var b = new KeywordSpotter(second, TestModels.kernels());
        short[] sound = TestModels.sound(2 * RATE, 1);
        SpotterState state = a.newState();
        process(a, state, sound, 0, RATE + 77);

        SpotterState taken = b.takeOver(a, state);
        assertSameSavedForm(taken, state);
        assertThat(taken.samplePosition()).isEqualTo(RATE + 77);
        assertThat(taken.steps()).isEqualTo(state.steps());
        assertThat(taken.spikes(0)).isEqualTo(state.spikes(0));

        process(b, taken, sound, RATE + 77, sound.length);
        assertThat(state.samplePosition()).as("the old state is untouched").isEqualTo(RATE + 77);
    }

    @Test
    void shouldTakeOverAStreamWhereTheDecisionHasAnotherRule() {
        KeywordModel first = TestModels.hardwareModel("first", 1, 0.6f);
        var best = new KeywordSpotter(first, TestModels.kernels());
        KeywordSpotter each = best.withDecision(first.decision().each(0.9f, Map.of()));
        short[] sound = TestModels.sound(RATE, 1);
        SpotterState state = best.newState();
        process(best, state, sound, 0, 5_000);
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
        state.save(saved);

        SpotterState taken = each.takeOver(best, state);

        assertThat(taken.samplePosition()).isEqualTo(5_000);
        assertThat(taken.network().membrane(0)).isEqualTo(state.network().membrane(0));
        assertSameSavedForm(best.takeOver(each, taken), state);
        assertThatThrownBy(() -> each.newState().restore(saved.flip()))
                .as("the form of another rule")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("spotter state: expected one from a model with fingerprint");
    }

    /** What is reported of one word must not depend on the thresholds of another, down to the network's readout. */
    @Test
    void shouldGiveTheSameScoresWhateverIsReportedWhenEachLabelIsJudged() {
        KeywordModel model = TestModels.adaptiveModel("each", 2, 16, 0.05f);
        var eager = new KeywordSpotter(model.withDecision(model.decision().each(1, Map.of())), TestModels.kernels());
        KeywordSpotter silent = eager.withThresholds(Map.of());
        short[] sound = TestModels.sound(4 * RATE, 1);
        var scores = new ArrayList<Float>();
        var others = new ArrayList<Float>();
        var reports = new ArrayList<Detection>();

        eager.process(eager.newState(), sound, 0, sound.length, reports::add, (s, f, o) -> scores.add(s.score(3)));
        silent.process(silent.newState(), sound, 0, sound.length, d -> {}, (s, f, o) -> others.add(s.score(3)));

        assertThat(reports).isNotEmpty();
        assertThat(scores).isEqualTo(others);
    }

    @Test
    void shouldStayTheSameModelWithOtherThresholdsAndCarryEverythingOver() {
        var a = new KeywordSpotter(TestModels.hardwareModel("first", 1, 0.6f), TestModels.kernels());
        String word = a.model().labels().getFirst();
        KeywordSpotter b = a.withThresholds(Map.of(word, 0.31f));
        short[] sound = TestModels.sound(RATE, 1);
        SpotterState state = a.newState();
        process(a, state, sound, 0, 5_000);

        assertThat(b.model().version()).isEqualTo(a.model().version());
        assertThat(b.model().decision().thresholds()).isEqualTo(Map.of(word, 0.31f));
        assertThat(b.network()).isSameAs(a.network());
        assertSameSavedForm(b.takeOver(a, state), state);
        assertThatThrownBy(() -> a.withThresholds(Map.of("nonsense", 0.5f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void shouldBeginAfreshButKeepThePositionWithAModelOfAnotherKind() {
        var a = new KeywordSpotter(TestModels.hardwareModel("first", 1, 0.6f), TestModels.kernels());
        var b = new KeywordSpotter(TestModels.adaptiveModel("second", 1, 32, 0.6f), TestModels.kernels());
        short[] sound = TestModels.sound(RATE, 1);
        SpotterState state = a.newState();
        process(a, state, sound, 0, 5_000);

        SpotterState taken = b.takeOver(a, state);

        assertThat(taken.samplePosition()).isEqualTo(5_000);
        assertThat(taken.steps()).isZero();
        process(b, taken, sound, 5_000, sound.length);
        assertThat(taken.samplePosition()).isEqualTo(RATE);
    }

    @Test
    void shouldRefuseStatesOfOthers() {
        KeywordSpotter a = spotter(1);
        KeywordSpotter b = spotter(3);
        short[] sound = new short[10];

        assertThatThrownBy(() -> a.process(b.newState(), sound, 0, 10, d -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found one made by another");
        assertThatThrownBy(() -> a.process(a.newState(), sound, 0, 11, d -> {}))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseBytesOfAnotherModelAndBeFreshThen() {
        KeywordSpotter a = spotter(1);
        KeywordSpotter b = spotter(2);
        byte[] saved = save(a.newState());
        SpotterState state = b.newState();
        process(b, state, TestModels.sound(RATE, 1), 0, RATE);

        assertThatThrownBy(() -> state.restore(ByteBuffer.wrap(saved)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fingerprint");
        assertSameSavedForm(state, b.newState());
        assertThatThrownBy(() -> state.restore(ByteBuffer.wrap(new byte[100])))
                .hasMessage("spotter state: expected magic 534b and version 1, found 0000 and 0");
        byte[] short1 = Arrays.copyOf(save(state), state.byteSize() - 1);
        assertThatThrownBy(() -> state.restore(ByteBuffer.wrap(short1))).isInstanceOf(BufferUnderflowException.class);
    }

    private static KeywordModel model(long seed) {
        if (seed >= 10) {
            return TestModels.graphModel("graph", seed, 0.2f);
        }
        return seed % 2 == 1
                ? TestModels.hardwareModel("hardware", seed, 0.6f)
                : TestModels.adaptiveModel("adaptive", seed, 24, 0.2f);
    }

    private static KeywordSpotter spotter(long seed) {
        return new KeywordSpotter(model(seed), TestModels.kernels());
    }

    private static List<Detection> process(
            KeywordSpotter spotter, SpotterState state, short[] sound, int from, int to) {
        var heard = new ArrayList<Detection>();
        spotter.process(state, sound, from, to, heard::add);
        return heard;
    }

    private static byte[] save(SpotterState state) {
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
        state.save(saved);
        return saved.array();
    }

    private static void assertSameSavedForm(SpotterState actual, SpotterState expected) {
        assertThat(save(actual)).isEqualTo(save(expected));
    }
}
