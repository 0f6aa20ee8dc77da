package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.StreamsConfig.MiningConfig;
import io.keyspike.trainer.config.StreamsConfig.WindowConfig;
import io.keyspike.trainer.features.StreamBank.Place;
import io.keyspike.trainer.layers.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamBatchesTest {
    private static final int BATCH = 8;
    private static final int STRIDE = 2;
    private static final int PREFIX_FRAMES = 80;
    private static final int WINDOW_FRAMES = 80 + 240;
    private static final int STEPS = WINDOW_FRAMES / STRIDE;
    private static final int PREFIX_STEPS = PREFIX_FRAMES / STRIDE;
    private static final int BANDS = ToneBanks.SPEC.bands();
    private static final MiningConfig NO_MINING = new MiningConfig(1, 0, 2, 300, 0.02);

    private static final StreamBatches.Miner NONE = (network, streams) -> {
        throw new IllegalStateException("mined");
    };

    private static AugmentationConfig masks(int frequency, int time) {
        return new AugmentationConfig(
                0, 1, 0, List.of(1.0, 1.0), 0, List.of(0.0, 0.0), 0, List.of(0.0, 0.0), 0, frequency, time);
    }

    private static Network network() {
        return ToneBanks.listener(new int[] {1, 2, 3, 4}, new float[] {1, 1, 1, 1});
    }

    private static StreamBatches batches(
            StreamBank bank,
            int perEpoch,
            double keywordShare,
            double minedShare,
            MiningConfig mining,
            AugmentationConfig masks,
            StreamBatches.Miner miner) {
        return new StreamBatches(
                bank,
                ToneBanks.stacking(),
                new WindowConfig(perEpoch, 0.8, 2.4, keywordShare, minedShare),
                mining,
                masks,
                miner,
                ToneBanks.LABELS,
                ToneBanks.TARGETS,
                3,
                BATCH);
    }

    private static StreamBatches plain(StreamBank bank, int perEpoch, double keywordShare) {
        return batches(bank, perEpoch, keywordShare, 0, NO_MINING, masks(0, 0), NONE);
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier, compared field by field
    private record Window(float[] newest, int[] labels) {}

    /** The windows of an epoch: of each step the newest frame, and the labels. */
    private static List<Window> windows(StreamBatches batches, int epoch) {
        var windows = new ArrayList<Window>();
        Batch batch = batches.newBatch();
        int width = ToneBanks.SPEC.width();
        for (int number = 0; number * BATCH < batches.samples(); number++) {
            int count = Math.min(BATCH, batches.samples() - number * BATCH);
            batches.build(epoch, number, count, batch);
            assertThat(batch.pass().steps()).isEqualTo(STEPS);
            assertThat(batch.pass().batch()).isEqualTo(count);
            for (int b = 0; b < count; b++) {
                float[] newest = new float[STEPS * BANDS];
                for (int t = 0; t < STEPS; t++) {
                    int from = (t * count + b + 1) * width - BANDS;
                    System.arraycopy(batch.input(), from, newest, t * BANDS, BANDS);
                }
                windows.add(new Window(newest, Arrays.copyOfRange(batch.labels(), b * STEPS, (b + 1) * STEPS)));
            }
        }
        return windows;
    }

    /** Where in the bank a window lies. */
    private static Place find(StreamBank bank, Window window) {
        for (int i = 0; i < bank.streams(); i++) {
            float[] frames = bank.entry((long) i).frames();
            for (int f = 0; f + WINDOW_FRAMES <= frames.length / BANDS; f++) {
                boolean same = true;
                for (int t = 0; t < STEPS && same; t++) {
                    int at = (f + t * STRIDE) * BANDS;
                    same = Arrays.equals(frames, at, at + BANDS, window.newest(), t * BANDS, (t + 1) * BANDS);
                }
                if (same) {
                    return new Place(i, f);
                }
            }
        }
        throw new AssertionError("the window is not in the bank");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void shouldCutWindowsOutOfTheBankAndTeachOnlyWholeKeywords(double keywordShare) {
        StreamBank bank = ToneBanks.prepared(6, 2);
        StreamBatches batches = plain(bank, 83, keywordShare);
        batches.begin(1, StreamBatchesTest::network);
        List<Window> windows = windows(batches, 1);
        assertThat(windows).hasSize(83);
        int whole = 0;
        int cut = 0;
        for (Window window : windows) {
            Place place = find(bank, window);
            StreamBank.Entry entry = bank.entry((long) place.stream());
            int from = place.frame();
            int[] expected = new int[STEPS];
            Arrays.setAll(expected, t -> t < PREFIX_STEPS ? StreamBank.ANYTHING : entry.targets()[from + t * STRIDE]);
            for (ComposedStream.Word word : entry.words()) {
                int early = bank.frameAt(word.end() - 1_280);
                int late = bank.frameAt(word.end() + 4_480);
                boolean complete = bank.frameAt(word.start()) >= from
                        && early >= from + PREFIX_FRAMES
                        && late <= from + WINDOW_FRAMES;
                boolean seen = false;
                for (int t = PREFIX_STEPS; t < STEPS; t++) {
                    int frame = from + t * STRIDE;
                    if (frame >= early && frame < late && expected[t] == word.label()) {
                        seen = true;
                        expected[t] = complete ? expected[t] : StreamBank.ANYTHING;
                    }
                }
                whole += seen && complete ? 1 : 0;
                cut += seen && !complete ? 1 : 0;
            }
            assertThat(window.labels()).isEqualTo(expected);
        }
        assertThat(cut).isGreaterThan(3);
        assertThat(whole).isGreaterThan(keywordShare == 1 ? 83 : 40);
    }

    @Test
    void shouldPlaceTheAskedShareRoundKeywordsEachAsOften() {
        StreamBank bank = ToneBanks.prepared(48, 2);
        StreamBatches batches = plain(bank, 400, 1);
        batches.begin(1, StreamBatchesTest::network);
        List<Window> windows = windows(batches, 1);
        // Nearly every window teaches a keyword; those at an end of a stream may hold it in part.
        long teaching = windows.stream()
                .filter(w -> Arrays.stream(w.labels()).anyMatch(l -> l == 0 || l == 1))
                .count();
        assertThat(teaching).isGreaterThan(360);
        long low = windows.stream()
                .filter(w -> Arrays.stream(w.labels()).anyMatch(l -> l == 0))
                .count();
        long high = windows.stream()
                .filter(w -> Arrays.stream(w.labels()).anyMatch(l -> l == 1))
                .count();
        assertThat((double) low / high).isBetween(0.75, 1.34);
        // The ends of keywords lie all over the window.
        Set<Integer> ends = new HashSet<>();
        for (Window window : windows) {
            for (int t = PREFIX_STEPS + 1; t < STEPS; t++) {
                if (window.labels()[t] >= 0 && window.labels()[t] < 2 && window.labels()[t - 1] != window.labels()[t]) {
                    ends.add(t);
                }
            }
        }
        assertThat(ends).hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldGiveTheSameWindowsForAnyNumberOfWorkers(int workers) {
        StreamBank bank = ToneBanks.prepared(4, 1);
        StreamBatches batches = batches(bank, 45, 0.4, 0, NO_MINING, masks(4, 20), NONE);
        try (var loader = new BatchLoader(batches, BATCH, workers)) {
            Batch direct = batches.newBatch();
            for (int epoch = 1; epoch <= 3; epoch++) {
                batches.begin(epoch, StreamBatchesTest::network);
                int first = epoch == 3 ? 2 : 0;
                loader.begin(epoch, first, List.of());
                for (int number = first; number * BATCH < 45; number++) {
                    Batch batch = loader.next();
                    batches.build(epoch, number, Math.min(BATCH, 45 - number * BATCH), direct);
                    Pass pass = batch.pass();
                    assertThat(pass).isEqualTo(direct.pass());
                    int inputs = pass.steps() * pass.batch() * ToneBanks.SPEC.width();
                    assertThat(Arrays.copyOf(batch.input(), inputs)).isEqualTo(Arrays.copyOf(direct.input(), inputs));
                    int labels = pass.steps() * pass.batch();
                    assertThat(Arrays.copyOf(batch.labels(), labels)).isEqualTo(Arrays.copyOf(direct.labels(), labels));
                    loader.release(batch);
                }
            }
        }
    }

    @Test
    void shouldShowOtherWindowsInEveryEpoch() {
        StreamBank bank = ToneBanks.prepared(4, 0);
        StreamBatches batches = plain(bank, 16, 0.4);
        batches.begin(1, StreamBatchesTest::network);
        float[] first = windows(batches, 1).getFirst().newest();
        batches.begin(2, StreamBatchesTest::network);
        assertThat(windows(batches, 2).getFirst().newest()).isNotEqualTo(first);
        assertThat(windows(batches, 1).getFirst().newest()).isEqualTo(first);
    }

    @Test
    void shouldComposeStreamsAgainBeforeEveryEpochButTheFirst() {
        StreamBank bank = ToneBanks.prepared(4, 1);
        StreamBatches batches = plain(bank, 16, 0.4);
        for (int epoch = 1; epoch <= 3; epoch++) {
            batches.begin(epoch, StreamBatchesTest::network);
            long again = IntStream.range(0, 4)
                    .filter(i -> bank.entry((long) i).variant() > 0)
                    .count();
            assertThat(again).isEqualTo(epoch - 1);
        }
    }

    private static final List<Place> MINED = List.of(new Place(1, 500), new Place(2, 700), new Place(0, 3));

    @Test
    void shouldShowWhatWasMined() {
        StreamBank bank = ToneBanks.prepared(4, 0);
        StreamBatches batches =
                batches(bank, 60, 0, 1, new MiningConfig(2, 1, 2, 300, 0), masks(0, 0), (network, streams) -> MINED);
        batches.begin(1, StreamBatchesTest::network);
        assertThat(batches.mined()).isZero();
        // Before anything was mined, windows lie anywhere.
        Set<Place> places = new HashSet<>();
        windows(batches, 1).forEach(w -> places.add(find(bank, w)));
        assertThat(places).hasSizeGreaterThan(50);
        batches.begin(2, StreamBatchesTest::network);
        assertThat(batches.mined()).isEqualTo(3);
        int[] seen = new int[4];
        for (Window window : windows(batches, 2)) {
            Place place = find(bank, window);
            seen[place.stream()]++;
            Place peak = MINED.stream()
                    .filter(m -> m.stream() == place.stream())
                    .findFirst()
                    .orElseThrow();
            int offset = peak.frame() - place.frame();
            if (place.frame() > 0) {
                // Neither at the beginning nor at the end of what counts.
                assertThat(offset).isBetween(PREFIX_FRAMES + 36, WINDOW_FRAMES - 37);
            }
        }
        assertThat(seen[0]).isBetween(8, 34);
        assertThat(seen[1]).isBetween(8, 34);
        assertThat(seen[2]).isBetween(8, 34);
        assertThat(seen[3]).isZero();
    }

    @ParameterizedTest
    @CsvSource({"3, 2, '3,5,7'", "1, 1, '1,2,3,4,5,6,7'", "5, 4, '5'", "1, 0, ''"})
    void shouldMineInTheEpochsAsked(int from, int every, String expected) {
        StreamBank bank = ToneBanks.prepared(2, 0);
        Network network = network();
        var mined = new ArrayList<String>();
        int[] epoch = new int[1];
        StreamBatches batches =
                batches(bank, 8, 0.4, 0.3, new MiningConfig(from, every, 2, 300, 0), masks(0, 0), (given, streams) -> {
                    assertThat(given).isSameAs(network);
                    assertThat(streams).isSameAs(bank);
                    mined.add(String.valueOf(epoch[0]));
                    return MINED.subList(0, 1);
                });
        for (epoch[0] = 1; epoch[0] <= 7; epoch[0]++) {
            batches.begin(epoch[0], () -> network);
        }
        assertThat(String.join(",", mined)).isEqualTo(expected);
    }

    @Test
    void shouldGoOnWithWhatWasMined() {
        MiningConfig mining = new MiningConfig(2, 2, 2, 300, 0);
        StreamBank bank = ToneBanks.prepared(4, 1);
        StreamBatches whole =
                batches(bank, 24, 0.2, 0.8, mining, masks(3, 10), (network, streams) -> MINED.subList(0, 2));
        whole.begin(1, StreamBatchesTest::network);
        assertThat(whole.state()).hasSize(2).allSatisfy(a -> assertThat(a).isEmpty());
        whole.begin(2, StreamBatchesTest::network);
        List<float[]> state = whole.state().stream().map(float[]::clone).toList();
        assertThat(state.get(0)).containsExactly(1, 2);
        assertThat(state.get(1)).containsExactly(500, 700);
        List<Window> second = windows(whole, 2);
        whole.begin(3, StreamBatchesTest::network);
        List<Window> third = windows(whole, 3);

        // Within the epoch: nothing is mined again.
        StreamBatches within = batches(ToneBanks.prepared(4, 1), 24, 0.2, 0.8, mining, masks(3, 10), NONE);
        within.resume(2, state);
        assertThat(within.mined()).isEqualTo(2);
        assertSame(windows(within, 2), second);
        // Between the epochs: what was mined holds on.
        StreamBatches between = batches(ToneBanks.prepared(4, 1), 24, 0.2, 0.8, mining, masks(3, 10), NONE);
        between.resume(3, state);
        between.begin(3, StreamBatchesTest::network);
        assertSame(windows(between, 3), third);
    }

    private static void assertSame(List<Window> found, List<Window> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).newest()).isEqualTo(expected.get(i).newest());
            assertThat(found.get(i).labels()).isEqualTo(expected.get(i).labels());
        }
    }

    @Test
    void shouldMaskBandsAndFrames() {
        StreamBank bank = ToneBanks.prepared(3, 0);
        StreamBatches batches = batches(bank, 64, 0.4, 0, NO_MINING, masks(5, 40), NONE);
        batches.begin(1, StreamBatchesTest::network);
        var bands = new HashSet<Integer>();
        var frames = new HashSet<Integer>();
        for (Window window : windows(batches, 1)) {
            int masked = (int) IntStream.range(0, BANDS)
                    .filter(c -> IntStream.range(0, STEPS).allMatch(t -> window.newest()[t * BANDS + c] == 0))
                    .count();
            bands.add(masked);
            frames.add((int) IntStream.range(0, STEPS)
                    .filter(t -> IntStream.range(0, BANDS).allMatch(c -> window.newest()[t * BANDS + c] == 0))
                    .count());
        }
        assertThat(bands).isSubsetOf(0, 1, 2, 3, 4, 5).hasSize(6);
        assertThat(frames.stream().max(Integer::compare).orElseThrow()).isBetween(15, 20);
    }

    @Test
    void shouldSampleWhatCountsOfTheFirstWindows() {
        StreamBank bank = ToneBanks.prepared(3, 1);
        bank.prepare(4);
        LabelledFrames sample = plain(bank, 64, 0.4).sample(10);
        assertThat(bank.entry(0L).variant()).isZero();
        assertThat(sample.clips()).isEqualTo(10);
        assertThat(sample.frames().frames()).isEqualTo(240);
        assertThat(sample.frames().width()).isEqualTo(BANDS);
        float[] clip = new float[240 * BANDS];
        for (int i = 0; i < 10; i++) {
            sample.frames().read(i, 0, 240, clip, 0);
            float[] first = Arrays.copyOf(clip, BANDS);
            boolean found = IntStream.range(0, 3)
                    .mapToObj(s -> Objects.requireNonNull(bank.entry((long) s)).frames())
                    .anyMatch(f -> IntStream.range(0, f.length / BANDS - 239)
                            .anyMatch(at -> Arrays.equals(f, at * BANDS, (at + 1) * BANDS, first, 0, BANDS)
                                    && Arrays.equals(f, at * BANDS, (at + 240) * BANDS, clip, 0, clip.length)));
            assertThat(found).isTrue();
        }
        float[] piece = new float[3 * BANDS];
        sample.frames().read(9, 7, 3, piece, 0);
        assertThat(piece).isEqualTo(Arrays.copyOfRange(clip, 7 * BANDS, 10 * BANDS));
        assertThat((double) piece[0]).isCloseTo(clip[7 * BANDS], within(0.0));
    }
}
