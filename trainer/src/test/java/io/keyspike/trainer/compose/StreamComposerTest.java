package io.keyspike.trainer.compose;

import static io.keyspike.trainer.compose.Tones.RATE_HZ;
import static io.keyspike.trainer.compose.Tones.decibels;
import static io.keyspike.trainer.compose.Tones.rms;
import static io.keyspike.trainer.compose.Tones.samples;
import static io.keyspike.trainer.compose.Tones.share;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamComposerTest {
    private static final double[] HERTZ = {400, 2_500};
    private static final int CLOSE = samples(0.03);

    /** Words and gaps alone, unless a test changes it. */
    private record Asked(
            double keywordShare,
            double otherShare,
            double speechShare,
            double speechSeconds,
            double levelSpreadDb,
            double gainDb,
            double speed,
            double roomProbability,
            double noiseProbability,
            double snrDb) {

        static final Asked WORDS = new Asked(0.6, 0.4, 0, 6, 0, 0, 1, 0, 0, 10);

        ComposeSettings settings() {
            return new ComposeSettings(
                    keywordShare,
                    otherShare,
                    speechShare,
                    List.of(0.3, 0.5),
                    List.of(0.5, 1.0),
                    speechSeconds,
                    -26,
                    levelSpreadDb,
                    List.of(gainDb, gainDb),
                    speed == 1 ? 0 : 1,
                    List.of(speed, speed),
                    roomProbability,
                    List.of(0.3, 0.4),
                    noiseProbability,
                    List.of(snrDb, snrDb));
        }
    }

    /** Everything at once. */
    private static final ComposeSettings VARIED = new ComposeSettings(
            0.35,
            0.2,
            0.3,
            List.of(0.02, 0.5),
            List.of(0.5, 2.0),
            3,
            -26,
            5,
            List.of(-10.0, 6.0),
            0.7,
            List.of(0.88, 1.12),
            0.5,
            List.of(0.1, 0.6),
            0.75,
            List.of(0.0, 25.0));

    private static StreamComposer composer(Asked asked, short[]... rooms) {
        return new StreamComposer(Tones.stock(List.of(rooms)), asked.settings(), 7);
    }

    private static void assertSame(ComposedStream found, ComposedStream expected) {
        assertThat(found.samples()).isEqualTo(expected.samples());
        assertThat(found.words()).isEqualTo(expected.words());
        assertThat(found.speech()).isEqualTo(expected.speech());
    }

    @Test
    void shouldDependOnSeedNumberAndVariantAloneOnAnyThread() {
        short[] room = Tones.noise(0.2, 3_000, 9);
        var composer = new StreamComposer(Tones.stock(List.of(room)), VARIED, 7);
        List<ComposedStream> expected = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            expected.add(composer.compose(i / 3, i % 3, 8));
        }
        var again = new StreamComposer(Tones.stock(List.of(room)), VARIED, 7);
        List<ComposedStream> found = IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> again.compose((11 - i) / 3, (11 - i) % 3, 8))
                .toList();
        for (int i = 0; i < 12; i++) {
            assertSame(found.get(11 - i), expected.get(i));
        }
        assertThat(expected.stream().map(s -> Arrays.hashCode(s.samples())).distinct())
                .hasSize(12);
        var otherSeed = new StreamComposer(Tones.stock(List.of(room)), VARIED, 8);
        assertThat(otherSeed.compose(0, 0, 8).samples())
                .isNotEqualTo(expected.getFirst().samples());
    }

    @Test
    void shouldSayWhereEveryWordLies() {
        StreamComposer composer = composer(Asked.WORDS);
        int words = 0;
        Set<Integer> labels = new TreeSet<>();
        for (int number = 0; number < 8; number++) {
            ComposedStream stream = composer.compose(number, 0, 12);
            assertThat(stream.samples()).hasSize(samples(12));
            for (ComposedStream.Word word : stream.words()) {
                words++;
                labels.add(word.label());
                assertThat(share(stream.samples(), word.start(), word.end(), HERTZ[word.label()]))
                        .isGreaterThan(0.8);
                int from = Math.max(0, word.start() - samples(0.15));
                int to = Math.min(stream.samples().length, word.end() + samples(0.15));
                int[] loud = IntStream.range(from, to)
                        .filter(i -> Math.abs(stream.samples()[i]) > 50)
                        .toArray();
                assertThat(loud[0]).isCloseTo(word.start(), within(CLOSE));
                assertThat(loud[loud.length - 1]).isCloseTo(word.end(), within(CLOSE));
                assertThat(stream.speech()).contains(new ComposedStream.Span(word.start(), word.end()));
            }
            assertSilentOutsideSpeech(stream);
            assertThat(stream.speech()).isSortedAccordingTo((a, b) -> Integer.compare(a.start(), b.start()));
            assertThat(stream.words()).isSortedAccordingTo((a, b) -> Integer.compare(a.start(), b.start()));
        }
        assertThat(words).isGreaterThan(40);
        assertThat(labels).containsExactly(0, 1);
    }

    private static void assertSilentOutsideSpeech(ComposedStream stream) {
        short[] rest = stream.samples().clone();
        for (ComposedStream.Span span : stream.speech()) {
            Arrays.fill(rest, Math.max(0, span.start() - CLOSE), Math.min(rest.length, span.end() + CLOSE), (short) 0);
        }
        assertThat(rest).containsOnly((short) 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.8, 1, 1.25})
    void shouldCutNoWord(double speed) {
        var asked = new Asked(1, 0, 0, 6, 0, 0, speed, 0, 0, 10);
        StreamComposer composer = composer(asked);
        List<Integer> lengths = Tones.stock(List.of()).words().stream()
                .flatMap(List::stream)
                .map(u -> (int) ((u.end() - u.start()) / speed))
                .toList();
        int words = 0;
        for (int number = 0; number < 40; number++) {
            ComposedStream stream = composer.compose(number, 0, 2.1);
            for (ComposedStream.Word word : stream.words()) {
                words++;
                int length = word.end() - word.start();
                assertThat(lengths).anySatisfy(l -> assertThat(length).isCloseTo(l, within(1)));
                assertThat(word.end()).isLessThanOrEqualTo(stream.samples().length);
                // The pitch follows the speed.
                double hertz = HERTZ[word.label()] * speed;
                assertThat(share(stream.samples(), word.start(), word.end(), hertz))
                        .isGreaterThan(0.8);
            }
        }
        assertThat(words).isGreaterThan(35);
    }

    /** A faint onset and release, which energy does not find, are heard nevertheless. */
    @Test
    void shouldKeepTheRecordingAroundAWord() {
        short[] sound = new short[samples(1)];
        Arrays.fill(sound, (short) 300);
        int start = samples(0.3);
        int end = samples(0.7);
        Arrays.fill(sound, start, end, (short) 10_000);
        var word = new Utterance("word", sound, start, end, 10_000 / 32768.0);
        var stock = new SoundStock(RATE_HZ, List.of(List.of(word)), List.of(), List.of(), List.of(), List.of());
        ComposeSettings settings = new Asked(1, 0, 0, 6, 0, 0, 1, 0, 0, 10).settings();
        int words = 0;
        for (int number = 0; number < 10; number++) {
            ComposedStream stream = new StreamComposer(stock, settings, 7).compose(number, 0, 5);
            for (ComposedStream.Word placed : stream.words()) {
                words++;
                int onset = placed.start() - samples(0.06);
                assertThat(Arrays.copyOfRange(stream.samples(), onset, placed.start()))
                        .doesNotContain((short) 0);
                assertThat(Arrays.copyOfRange(stream.samples(), placed.end(), placed.end() + samples(0.06)))
                        .doesNotContain((short) 0);
            }
        }
        assertThat(words).isGreaterThan(20);
    }

    /** The level of a word, without the edges of its tone. */
    private static double levelDb(ComposedStream stream, ComposedStream.Word word) {
        return decibels(rms(stream.samples(), word.start() + CLOSE, word.end() - CLOSE));
    }

    @Test
    void shouldBringEveryRecordingToTheLevelAsked() {
        ComposedStream even = composer(Asked.WORDS).compose(0, 0, 20);
        for (ComposedStream.Word word : even.words()) {
            assertThat(levelDb(even, word)).isCloseTo(-26, within(0.4));
        }
        var asked = new Asked(1, 0, 0, 6, 6, 0, 1, 0, 0, 10);
        StreamComposer composer = composer(asked);
        double[] levels = IntStream.range(0, 6)
                .mapToObj(n -> composer.compose(n, 0, 20))
                .flatMap(s -> s.words().stream().map(w -> levelDb(s, w)))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        assertThat(levels[0]).isBetween(-32.4, -30.5);
        assertThat(levels[levels.length - 1]).isBetween(-21.5, -19.6);
    }

    @Test
    void shouldAmplifyTheWholeStreamByTheGainAsked() {
        short[] plain = composer(Asked.WORDS).compose(3, 1, 6).samples();
        short[] louder = composer(new Asked(0.6, 0.4, 0, 6, 0, 6, 1, 0, 0, 10))
                .compose(3, 1, 6)
                .samples();
        double furthest = IntStream.range(0, plain.length)
                .mapToDouble(i -> Math.abs(louder[i] - 1.9953 * plain[i]))
                .max()
                .orElseThrow();
        assertThat(furthest).isLessThan(1.6);
        // Too loud is clipped, not wrapped.
        short[] clipped = composer(new Asked(0.6, 0.4, 0, 6, 0, 40, 1, 0, 0, 10))
                .compose(3, 1, 6)
                .samples();
        assertThat(IntStream.range(0, plain.length).noneMatch(i -> clipped[i] * plain[i] < 0))
                .isTrue();
        assertThat(clipped).contains(Short.MAX_VALUE, Short.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 10, 20})
    void shouldLayABackgroundUnderTheSpeechAtTheRatioAsked(double snrDb) {
        short[] clean = composer(Asked.WORDS).compose(2, 0, 20).samples();
        short[] noisy = composer(new Asked(0.6, 0.4, 0, 6, 0, 0, 1, 0, 1, snrDb))
                .compose(2, 0, 20)
                .samples();
        short[] noise = new short[clean.length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (short) (noisy[i] - clean[i]);
        }
        assertThat(decibels(rms(noise, 0, noise.length))).isCloseTo(-26 - snrDb, within(0.5));
        // Throughout, though the recordings are shorter than the stream.
        int block = samples(0.02);
        for (int at = samples(0.1); at + block < noise.length; at += block) {
            assertThat(decibels(rms(noise, at, at + block))).isCloseTo(-26 - snrDb, within(2.0));
        }
    }

    @Test
    void shouldLeaveOutBackgroundsThatAreNearlySilent() {
        var silent = new SoundStock(
                RATE_HZ,
                List.of(List.of(Tones.word("low", 400, 0.4, 5_000))),
                List.of(),
                List.of(),
                List.of(Tones.noise(2, 2, 1), new short[0]),
                List.of());
        var composer = new StreamComposer(silent, new Asked(1, 0, 0, 6, 0, 0, 1, 0, 1, 0).settings(), 1);
        assertSilentOutsideSpeech(composer.compose(0, 0, 5));
    }

    @Test
    void shouldPutTheStreamIntoAMeasuredOrASimulatedRoom() {
        short[] open = new short[400];
        open[3] = 12_000;
        var asked = new Asked(1, 0, 0, 6, 0, 0, 1, 1, 0, 10);
        StreamComposer dry = composer(new Asked(1, 0, 0, 6, 0, 0, 1, 0, 0, 10));
        StreamComposer inRooms = composer(asked, open);
        int measured = 0;
        for (int number = 0; number < 30; number++) {
            ComposedStream expected = dry.compose(number, 0, 2.5);
            ComposedStream found = inRooms.compose(number, 0, 2.5);
            assertThat(found.words()).isEqualTo(expected.words());
            int difference = IntStream.range(0, found.samples().length)
                    .map(i -> Math.abs(found.samples()[i] - expected.samples()[i]))
                    .max()
                    .orElseThrow();
            if (difference <= 1) {
                measured++;
            } else if (!found.words().isEmpty()) {
                // Reverberation goes on after a word.
                ComposedStream.Word word = found.words().getFirst();
                assertThat(rms(found.samples(), word.end() + samples(0.03), word.end() + samples(0.08)))
                        .isGreaterThan(5);
            }
        }
        assertThat(measured).isBetween(7, 23);
    }

    @Test
    void shouldMixThePiecesInTheSharesAsked() {
        var asked = new Asked(0.5, 0.3, 0.2, 1.5, 0, 0, 1, 0, 0, 10);
        StreamComposer composer = composer(asked);
        List<ComposedStream> streams =
                IntStream.range(0, 20).mapToObj(n -> composer.compose(n, 0, 30)).toList();
        double words = streams.stream().mapToInt(s -> s.words().size()).sum();
        double pieces = streams.stream().mapToInt(s -> s.speech().size()).sum();
        assertThat(words / pieces).isCloseTo(0.5, within(0.07));
        List<Integer> speech = streams.stream()
                .flatMap(s -> s.speech().stream())
                .map(s -> s.end() - s.start())
                .filter(l -> l > samples(0.8))
                .toList();
        assertThat(speech.size() / pieces).isCloseTo(0.2, within(0.06));
        assertThat(speech).allSatisfy(l -> assertThat(l).isLessThanOrEqualTo(samples(1.5)));
        // Both of the keywords.
        assertThat(streams.stream()
                                .flatMap(s -> s.words().stream())
                                .filter(w -> w.label() == 0)
                                .count()
                        / words)
                .isCloseTo(0.5, within(0.1));
    }

    @Test
    void shouldPauseWhereNothingIsAskedFor() {
        var asked = new Asked(0, 0, 0, 6, 0, 0, 1, 0, 0, 10);
        ComposedStream stream = composer(asked).compose(0, 0, 5);
        assertThat(stream.samples()).containsOnly((short) 0);
        assertThat(stream.words()).isEmpty();
        assertThat(stream.speech()).isEmpty();
    }

    @Test
    void shouldComposeOfSpeechAloneWithoutWordsAndNoise() {
        ComposeSettings settings = VARIED.ofSpeechAlone();
        var composer = new StreamComposer(Tones.stock(List.of()), settings, 3);
        ComposedStream stream = composer.compose(0, 0, 60);
        assertThat(stream.words()).isEmpty();
        double spoken =
                stream.speech().stream().mapToInt(s -> s.end() - s.start()).sum();
        assertThat(spoken / stream.samples().length).isGreaterThan(0.6);
    }

    @Test
    void shouldSayThatThereIsNothingToComposeOf() {
        assertThatThrownBy(
                        () -> new SoundStock(RATE_HZ, List.of(List.of()), List.of(), List.of(), List.of(), List.of()))
                .hasMessage("streams: expected recordings of words, speech or noise to compose them of, found none");
    }

    @Test
    void shouldDoWithoutWordsOfALabel() {
        var stock = new SoundStock(
                RATE_HZ,
                List.of(List.of(), List.of(Tones.word("high", 2_500, 0.4, 5_000)), List.of()),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        var composer = new StreamComposer(stock, new Asked(1, 0, 0, 6, 0, 0, 1, 0, 1, 0).settings(), 1);
        assertThat(Stream.of(0, 1, 2).flatMap(n -> composer.compose(n, 0, 6).words().stream()))
                .isNotEmpty()
                .allSatisfy(w -> assertThat(w.label()).isEqualTo(1));
    }
}
