package io.keyspike.trainer.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.ChannelNormaliser;
import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FeatureState;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.StreamComposer;
import io.keyspike.trainer.compose.Tones;
import io.keyspike.trainer.config.StreamsConfig.BankConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamBankTest {
    private static final int HOP = 160;
    private static final int WINDOW = 512;

    @Test
    void shouldHoldTheStepsOfALiveStreamBitForBit() {
        StreamBank bank = ToneBanks.prepared(3, 1);
        FrameStacking stacking = ToneBanks.stacking();
        Normaliser normaliser = ToneBanks.normaliser(ToneBanks.empty(ToneBanks.SPEC, new BankConfig(3, 12, 1), 1));
        FeatureExtractor live = FeatureExtractors.of(ToneBanks.SPEC.withNormaliser(normaliser));
        for (int i = 0; i < 3; i++) {
            float[][] expected = FeatureExtractors.extract(
                    live, ToneBanks.composer().compose(i, 0, 12).samples());
            StreamBank.Entry entry = bank.entry((long) i);
            int frames = entry.targets().length;
            assertThat(entry.frames()).hasSize(frames * bank.width());
            assertThat(stacking.steps(frames)).isEqualTo(expected.length);
            float[] found = new float[expected.length * stacking.width()];
            stacking.stack(entry.frames(), frames, found, 0, 1);
            for (int t = 0; t < expected.length; t++) {
                assertThat(Arrays.copyOfRange(found, t * stacking.width(), (t + 1) * stacking.width()))
                        .isEqualTo(expected[t]);
            }
        }
    }

    @Test
    void shouldMeasureTheFramesOfItsFirstStreams() {
        StreamBank bank = ToneBanks.empty(ToneBanks.SPEC, new BankConfig(3, 12, 0), 3);
        Normaliser found = ToneBanks.normaliser(bank);
        StreamBank plain = ToneBanks.empty(ToneBanks.SPEC, new BankConfig(3, 12, 0), 1);
        plain.prepare(0);
        for (int band = 0; band < plain.width(); band++) {
            int c = band;
            double[] values = IntStream.range(0, 3)
                    .mapToObj(i -> plain.entry((long) i).frames())
                    .flatMapToDouble(f ->
                            IntStream.range(0, f.length / plain.width()).mapToDouble(t -> f[t * plain.width() + c]))
                    .toArray();
            double mean = Arrays.stream(values).average().orElseThrow();
            double variance = Arrays.stream(values)
                    .map(v -> (v - mean) * (v - mean))
                    .average()
                    .orElseThrow();
            assertThat((double) found.mean().get(c)).isCloseTo(mean, within(1e-3));
            assertThat((double) found.deviation().get(c)).isCloseTo(Math.sqrt(variance), within(1e-2));
        }
    }

    static Stream<FeatureSpec> specs() {
        return Stream.of(ToneBanks.SPEC, FilterbankSpec.standard());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void shouldTellWhenALiveStreamHasAFrame(FeatureSpec spec) {
        StreamBank bank = ToneBanks.empty(spec, new BankConfig(1, 5, 0), 1);
        FeatureExtractor extractor = FeatureExtractors.of(spec.withoutContext());
        FeatureState state = extractor.newState();
        short[] samples = Tones.noise(0.5, 1_000, 1);
        float[] feature = new float[extractor.spec().width()];
        int frame = 0;
        for (int at = 0; at < samples.length; at++) {
            extractor.consume(state, samples, at, at + 1, feature);
            if (state.stepComplete()) {
                assertThat(bank.sampleAt(frame)).isEqualTo(at + 1);
                assertThat(bank.frameAt(at + 1)).isEqualTo(frame);
                assertThat(bank.frameAt(at + 2)).isEqualTo(frame + 1);
                frame++;
            }
        }
        assertThat(frame).isGreaterThan(40);
        assertThat(bank.frameSeconds()).isEqualTo(spec.withoutContext().stepSeconds());
    }

    /** One keyword at 1 s to 1.6 s, as a composer without any choice composes it. */
    @Test
    void shouldTellWhatEveryFrameTeaches() {
        var stock = new SoundStock(
                Tones.RATE_HZ,
                List.of(List.of(Tones.word("low", 400, 0.6, 5_000))),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        var settings = new io.keyspike.trainer.compose.ComposeSettings(
                1,
                0,
                0,
                List.of(4.0, 4.0),
                List.of(0.0, 0.0),
                1,
                -26,
                0,
                List.of(0.0, 0.0),
                0,
                List.of(1.0, 1.0),
                0,
                List.of(0.1, 0.1),
                0,
                List.of(0.0, 0.0));
        var composer = new StreamComposer(stock, settings, 1);
        var bank = new StreamBank(
                composer,
                ToneBanks.SPEC,
                new BankConfig(1, 8, 0),
                ToneBanks.TARGETS,
                ToneBanks.UNKNOWN,
                ToneBanks.SILENCE,
                1,
                Progress.NONE);
        bank.prepare(0);
        ComposedStream.Word word = composer.compose(0, 0, 8).words().getFirst();
        byte[] targets = bank.entry(0L).targets();
        assertThat(targets).hasSize((8 * 16_000 - WINDOW) / HOP + 1);
        // The frames whose last sample lies in each stretch.
        int start = Math.ceilDiv(word.start() - WINDOW, HOP);
        int early = Math.ceilDiv(word.end() - 1_280 - WINDOW, HOP);
        int late = Math.ceilDiv(word.end() + 4_480 - WINDOW, HOP);
        int forgotten = Math.ceilDiv(word.end() + 8_000 - WINDOW, HOP);
        for (int f = 0; f < targets.length; f++) {
            int expected = f < start
                    ? ToneBanks.SILENCE
                    : f < early
                            ? StreamBank.ANYTHING
                            : f < late ? 0 : f < forgotten ? StreamBank.ANYTHING : ToneBanks.SILENCE;
            assertThat((int) targets[f]).as("frame %d", f).isEqualTo(expected);
        }
        assertThat(late - early).isEqualTo(36);
        assertThat(bank.reportableFrom(word)).isEqualTo(early);
        assertThat(bank.reportableTo(word)).isEqualTo(late);
    }

    /** As {@link StreamBank}'s description says, frame by frame. */
    private static int target(ComposedStream stream, int frame) {
        int sample = frame * HOP + WINDOW;
        int target = ToneBanks.SILENCE;
        for (ComposedStream.Span span : stream.speech()) {
            if (sample >= span.start() && sample < span.end() + 4_800) {
                target = ToneBanks.UNKNOWN;
            }
        }
        for (ComposedStream.Word word : stream.words()) {
            if (sample >= word.end() - 1_280 && sample < word.end() + 4_480) {
                target = word.label();
            } else if (sample >= word.start() && sample < word.end() + 8_000) {
                target = StreamBank.ANYTHING;
            }
        }
        return target;
    }

    @Test
    void shouldTellSpeechAndSilenceAndKeywordsApartInEveryStream() {
        StreamBank bank = ToneBanks.prepared(6, 0);
        int[] seen = new int[ToneBanks.LABELS + 1];
        for (int i = 0; i < 6; i++) {
            ComposedStream stream = ToneBanks.composer().compose(i, 0, 12);
            StreamBank.Entry entry = bank.entry((long) i);
            assertThat(entry.words()).isEqualTo(stream.words());
            for (int f = 0; f < entry.targets().length; f++) {
                assertThat((int) entry.targets()[f]).isEqualTo(target(stream, f));
                seen[entry.targets()[f] + 1]++;
            }
        }
        assertThat(seen).doesNotContain(0);
    }

    private static List<Long> variants(StreamBank bank) {
        return IntStream.range(0, bank.streams())
                .mapToObj(i -> bank.entry((long) i).variant())
                .toList();
    }

    @Test
    void shouldComposeTheStreamsAgainInTurns() {
        StreamBank bank = ToneBanks.prepared(5, 2);
        var expected = List.of(
                List.of(0L, 0L, 0L, 0L, 0L),
                List.of(1L, 1L, 0L, 0L, 0L),
                List.of(1L, 1L, 1L, 1L, 0L),
                List.of(2L, 1L, 1L, 1L, 1L),
                List.of(2L, 2L, 2L, 1L, 1L),
                List.of(2L, 2L, 2L, 2L, 2L),
                List.of(3L, 3L, 2L, 2L, 2L));
        List<StreamBank.Entry> before = new ArrayList<>();
        for (int refreshed = 0; refreshed < expected.size(); refreshed++) {
            bank.prepare(refreshed);
            assertThat(variants(bank)).isEqualTo(expected.get(refreshed));
            for (int i = 0; i < 5; i++) {
                StreamBank.Entry entry = bank.entry((long) i);
                if (refreshed > 0) {
                    boolean same = expected.get(refreshed)
                            .get(i)
                            .equals(expected.get(refreshed - 1).get(i));
                    if (same) {
                        assertThat(entry).isSameAs(before.get(i));
                    } else {
                        assertThat(entry.frames()).isNotEqualTo(before.get(i).frames());
                    }
                }
            }
            before = IntStream.range(0, 5).mapToObj(i -> bank.entry((long) i)).toList();
        }
        // The same when a run is taken up there.
        StreamBank jumped = ToneBanks.prepared(5, 2);
        jumped.prepare(6);
        for (int i = 0; i < 5; i++) {
            assertThat(jumped.entry((long) i).frames()).isEqualTo(before.get(i).frames());
            assertThat(jumped.entry((long) i).targets()).isEqualTo(before.get(i).targets());
        }
    }

    /** A bank whose streams that {@link StreamBank#prepare} composed itself are counted. */
    private static StreamBank counted(BankConfig config, AtomicInteger composed) {
        StreamBank bank = new StreamBank(
                ToneBanks.composer(),
                ToneBanks.SPEC,
                config,
                ToneBanks.TARGETS,
                ToneBanks.UNKNOWN,
                ToneBanks.SILENCE,
                3,
                (what, done, of) -> composed.incrementAndGet());
        bank.normalise(new ChannelNormaliser(ToneBanks.normaliser(bank)));
        bank.prepare(0);
        composed.set(0);
        return bank;
    }

    private static List<StreamBank.Entry> entries(StreamBank bank) {
        return IntStream.range(0, bank.streams())
                .mapToObj(i -> bank.entry((long) i))
                .toList();
    }

    private static void assertSame(StreamBank found, StreamBank expected) {
        assertThat(variants(found)).isEqualTo(variants(expected));
        for (int i = 0; i < expected.streams(); i++) {
            assertThat(found.entry((long) i).frames())
                    .isEqualTo(expected.entry((long) i).frames());
            assertThat(found.entry((long) i).targets())
                    .isEqualTo(expected.entry((long) i).targets());
            assertThat(found.entry((long) i).words())
                    .isEqualTo(expected.entry((long) i).words());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldTakeWhatWasComposedAhead(int done) {
        var config = new BankConfig(7, 12, 3);
        var composed = new AtomicInteger();
        StreamBank bank = counted(config, composed);
        StreamBank plain = counted(config, new AtomicInteger());
        for (int refreshed = 1; refreshed <= 6; refreshed++) {
            List<StreamBank.Entry> before = entries(bank);
            List<Runnable> pieces = bank.ahead(refreshed);
            assertThat(pieces).hasSize(3);
            // The last ones first: their order does not matter.
            pieces.subList(3 - done, 3).reversed().forEach(Runnable::run);
            assertThat(entries(bank)).isEqualTo(before);
            composed.set(0);
            bank.prepare(refreshed);
            assertThat(composed).hasValue(3 - done);
            plain.prepare(refreshed);
            assertSame(bank, plain);
            pieces.forEach(Runnable::run);
            assertSame(bank, plain);
        }
    }

    @Test
    void shouldWaitForWhatIsBeingComposedAhead() throws InterruptedException {
        var config = new BankConfig(6, 12, 5);
        StreamBank bank = counted(config, new AtomicInteger());
        StreamBank plain = counted(config, new AtomicInteger());
        for (int refreshed = 1; refreshed <= 8; refreshed++) {
            List<Runnable> pieces = bank.ahead(refreshed);
            var begun = new CountDownLatch(2);
            List<Thread> threads = IntStream.range(0, 2)
                    .mapToObj(t -> Thread.ofPlatform().start(() -> {
                        begun.countDown();
                        (t == 0 ? pieces : pieces.reversed()).forEach(Runnable::run);
                    }))
                    .toList();
            begun.await();
            bank.prepare(refreshed);
            plain.prepare(refreshed);
            assertSame(bank, plain);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void shouldDropWhatWasComposedAheadOfAnother() {
        var config = new BankConfig(5, 12, 2);
        StreamBank bank = counted(config, new AtomicInteger());
        StreamBank plain = counted(config, new AtomicInteger());
        bank.ahead(3).forEach(Runnable::run);
        bank.prepare(1);
        plain.prepare(1);
        assertSame(bank, plain);
        bank.ahead(2).forEach(Runnable::run);
        bank.normalise(null);
        plain.normalise(null);
        bank.prepare(2);
        plain.prepare(2);
        assertSame(bank, plain);
        assertThat(ToneBanks.prepared(5, 0).ahead(4)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldThrowWhatWentWrongAhead(boolean ahead) {
        StreamBank bank = ToneBanks.prepared(5, 2);
        List<StreamBank.Entry> before = entries(bank);
        Normaliser fitting = ToneBanks.normaliser(bank);
        var wider = new ArrayList<>(fitting.mean());
        wider.add(0f);
        var deviations = new ArrayList<>(fitting.deviation());
        deviations.add(1f);
        bank.normalise(new ChannelNormaliser(new Normaliser(wider, deviations, 1, 0, false)));
        List<Runnable> pieces = bank.ahead(1);
        if (ahead) {
            pieces.forEach(Runnable::run);
        }
        assertThatThrownBy(() -> bank.prepare(1)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
        assertThat(entries(bank)).isEqualTo(before);
        // Nothing of it is kept.
        bank.normalise(new ChannelNormaliser(ToneBanks.normaliser(bank)));
        bank.prepare(1);
        StreamBank plain = ToneBanks.prepared(5, 2);
        plain.prepare(1);
        assertSame(bank, plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void shouldComposeNoneOrAllAgain(int refreshed) {
        StreamBank bank = ToneBanks.prepared(5, refreshed);
        bank.prepare(3);
        assertThat(variants(bank)).containsOnly(refreshed == 0 ? 0L : 3L);
    }

    @Test
    void shouldHoldTheSameForAnyNumberOfThreads() {
        StreamBank one = ToneBanks.empty(ToneBanks.SPEC, new BankConfig(4, 6, 1), 1);
        StreamBank three = ToneBanks.empty(ToneBanks.SPEC, new BankConfig(4, 6, 1), 3);
        one.prepare(2);
        three.prepare(2);
        for (int i = 0; i < 4; i++) {
            assertThat(three.entry((long) i).frames())
                    .isEqualTo(one.entry((long) i).frames());
        }
        assertThat(ToneBanks.normaliser(three)).isEqualTo(ToneBanks.normaliser(one));
        assertThat(one.hours()).isEqualTo(24 / 3_600.0);
    }

    @Test
    void shouldListWhereKeywordsEnd() {
        StreamBank bank = ToneBanks.prepared(4, 0);
        List<List<StreamBank.Place>> places = bank.places(ToneBanks.LABELS);
        assertThat(places).hasSize(ToneBanks.LABELS);
        for (int label = 0; label < ToneBanks.LABELS; label++) {
            var expected = new ArrayList<StreamBank.Place>();
            for (int i = 0; i < 4; i++) {
                for (ComposedStream.Word word : bank.entry((long) i).words()) {
                    if (word.label() == label) {
                        expected.add(new StreamBank.Place(i, Math.ceilDiv(word.end() - WINDOW, HOP)));
                    }
                }
            }
            assertThat(places.get(label)).isEqualTo(expected);
        }
    }

    @Test
    void shouldWantToBePrepared() {
        StreamBank bank = ToneBanks.empty(ToneBanks.SPEC, new BankConfig(2, 6, 0), 1);
        assertThatThrownBy(() -> bank.entry(1L)).hasMessage("stream bank: expected one that was prepared, found none");
    }
}
