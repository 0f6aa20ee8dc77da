package io.keyspike.trainer.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.compose.MadeStream.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledStreamsTest {
    private static final int RATE = 16_000;
    private static final double LABEL_PADDING = 0.1;

    @TempDir
    private Path folder;

    /** A whole stream and what is in it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Made(MadeStream stream, short[] samples) {}

    private static Made make(LabelledStreams streams, int number) throws IOException {
        var samples = new ArrayList<Short>();
        MadeStream stream = streams.make(number, scene -> {
            for (short s : scene) {
                samples.add(s);
            }
        });
        short[] all = new short[samples.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = samples.get(i);
        }
        return new Made(stream, all);
    }

    /** A tone from 0.3 s to 0.3 s + {@code spoken} in a recording of 1.5 s of faint noise. */
    private static Utterance recording(String name, double spoken, double hertz) {
        var random = new Random(name.hashCode());
        short[] samples = new short[(int) (1.5 * RATE)];
        for (int i = 0; i < samples.length; i++) {
            double at = (double) i / RATE;
            double tone = at >= 0.3 && at < 0.3 + spoken ? 6_000 * Math.sin(2 * Math.PI * hertz * at) : 0;
            samples[i] = (short) Math.round(tone + 3 * random.nextGaussian());
        }
        return Objects.requireNonNull(SpeechExtent.find(name, samples, RATE));
    }

    private static List<Utterance> recordings(String word, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> recording(word + "/" + i, 0.4 + 0.02 * i, 300))
                .toList();
    }

    private static Utterance speech() {
        var random = new Random(3);
        short[] samples = new short[8 * RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (2_000 * random.nextGaussian());
        }
        return Objects.requireNonNull(SpeechExtent.findAll("speech", samples, RATE));
    }

    private static short[] noise() {
        var random = new Random(4);
        short[] samples = new short[3 * RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (500 * random.nextGaussian());
        }
        return samples;
    }

    private static SoundStock stock(List<short[]> noises) {
        return new SoundStock(
                RATE,
                List.of(recordings("tic", 5), recordings("tac", 3)),
                recordings("toe", 2),
                List.of(speech()),
                noises,
                List.of());
    }

    private static SoundStock wordsAlone() {
        return new SoundStock(
                RATE, List.of(recordings("tic", 5), recordings("tac", 3)), List.of(), List.of(), List.of(), List.of());
    }

    private static ComposeSettings settings(double speedProbability, double roomProbability) {
        ComposeSettings plain = ComposeSettings.plain();
        return new ComposeSettings(
                0,
                0.3,
                0.4,
                plain.gapSeconds(),
                plain.pauseSeconds(),
                plain.speechSeconds(),
                plain.levelDb(),
                0,
                List.of(-10.0, 0.0),
                speedProbability,
                List.of(0.8, 0.8),
                roomProbability,
                plain.reverberationSeconds(),
                1,
                List.of(10.0, 20.0));
    }

    private static StreamPlan plan(double seconds, double wordsPerMinute, long seed) {
        return new StreamPlan(List.of("tic", "tac"), seconds, wordsPerMinute, seed);
    }

    @Test
    void shouldMakeTheSameStreamForTheSameSeed() throws IOException {
        Made first = make(new LabelledStreams(stock(List.of(noise())), settings(0.5, 0.5), plan(90, 6, 1)), 1);
        Made again = make(new LabelledStreams(stock(List.of(noise())), settings(0.5, 0.5), plan(90, 6, 1)), 1);
        assertThat(again.samples()).isEqualTo(first.samples());
        assertThat(again.stream()).isEqualTo(first.stream());
        var streams = new LabelledStreams(stock(List.of(noise())), settings(0.5, 0.5), plan(90, 6, 1));
        assertThat(make(streams, 0).samples()).isNotEqualTo(first.samples());
        assertThat(make(streams, 1).samples()).isEqualTo(first.samples());
        var other = new LabelledStreams(stock(List.of(noise())), settings(0.5, 0.5), plan(90, 6, 2));
        assertThat(make(other, 1).samples()).isNotEqualTo(first.samples());
    }

    @ParameterizedTest
    @CsvSource({"60, 6, 6", "90, 4, 6", "10, 6, 1", "200, 1.5, 5", "150, 12, 30", "60, 0, 0"})
    void shouldHoldAsManyKeywordsAsAskedFor(double seconds, double wordsPerMinute, int keywords) throws IOException {
        Made made = make(new LabelledStreams(stock(List.of()), settings(0, 0), plan(seconds, wordsPerMinute, 7)), 0);
        assertThat(made.samples()).hasSize((int) (seconds * RATE));
        assertThat(made.stream().seconds()).isEqualTo(seconds);
        assertThat(made.stream().labels()).hasSize(keywords);
        double end = 0;
        for (Label label : made.stream().labels()) {
            assertThat(label.startSeconds()).isGreaterThanOrEqualTo(end - 2 * LABEL_PADDING);
            assertThat(label.endSeconds()).isGreaterThan(label.startSeconds()).isLessThanOrEqualTo(seconds);
            assertThat(label.recording()).startsWith(label.keyword() + "/");
            end = label.endSeconds();
        }
        if (seconds >= 60) {
            assertThat(made.stream().speechSeconds()).isPositive();
        }
    }

    @Test
    void shouldUseEveryRecordingOnceBeforeOneIsUsedAgain() throws IOException {
        var streams = new LabelledStreams(stock(List.of()), settings(0, 0), plan(60, 4, 3));
        assertThat(streams.recordings()).isEqualTo(8);
        var used = new ArrayList<String>();
        for (int number = 0; number < 4; number++) {
            make(streams, number).stream().labels().forEach(l -> used.add(l.recording()));
        }
        assertThat(used.subList(0, 8)).doesNotHaveDuplicates();
        assertThat(used.subList(8, 16)).doesNotHaveDuplicates().isNotEqualTo(used.subList(0, 8));
        assertThat(used.stream().collect(Collectors.groupingBy(u -> u, Collectors.counting())))
                .hasSize(8)
                .containsValue(2L)
                .doesNotContainValue(1L);
    }

    /** The recordings end 0.8 s or so after the tone begins; what counts is where the tone ends in the stream. */
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0.8"})
    void shouldLabelWhereTheWordBeginsAndEnds(double speedProbability, double speed) throws IOException {
        Made made = make(new LabelledStreams(wordsAlone(), settings(speedProbability, 0), plan(120, 8, 5)), 0);
        List<Label> labels = made.stream().labels();
        assertThat(labels).hasSize(16);
        for (int k = 0; k < labels.size(); k++) {
            Label label = labels.get(k);
            double from = k == 0 ? 0 : middle(labels.get(k - 1), label);
            double to = k + 1 == labels.size() ? 120 : middle(label, labels.get(k + 1));
            int first = (int) (from * RATE);
            int last = (int) (to * RATE) - 1;
            while (Math.abs(made.samples()[first]) < 100) {
                first++;
            }
            while (Math.abs(made.samples()[last]) < 100) {
                last--;
            }
            assertThat(label.startSeconds() + LABEL_PADDING).isCloseTo((double) first / RATE, within(0.03));
            assertThat(label.endSeconds() - LABEL_PADDING).isCloseTo((double) last / RATE, within(0.03));
            int number = Integer.parseInt(label.recording().substring(4));
            assertThat((double) (last - first) / RATE).isCloseTo((0.4 + 0.02 * number) / speed, within(0.03));
        }
    }

    private static double middle(Label a, Label b) {
        return (a.endSeconds() + b.startSeconds()) / 2;
    }

    @Test
    void shouldKeepTheLabelsWhereSpeechIsInARoom() throws IOException {
        Made dry = make(new LabelledStreams(wordsAlone(), settings(0, 0), plan(60, 8, 5)), 0);
        Made wet = make(new LabelledStreams(wordsAlone(), settings(0, 1), plan(60, 8, 5)), 0);
        assertThat(wet.stream().labels()).isEqualTo(dry.stream().labels());
        assertThat(wet.samples()).isNotEqualTo(dry.samples());
    }

    @Test
    void shouldPutTheBackgroundUnderTheSpeech() throws IOException {
        var words = new SoundStock(
                RATE,
                List.of(recordings("tic", 5), recordings("tac", 3)),
                List.of(),
                List.of(),
                List.of(noise()),
                List.of());
        ComposeSettings plain = ComposeSettings.plain();
        Made made = make(new LabelledStreams(words, plain, plan(60, 6, 5)), 0);
        boolean[] near = new boolean[made.samples().length];
        for (Label label : made.stream().labels()) {
            Arrays.fill(near, (int) (label.startSeconds() * RATE), (int) (label.endSeconds() * RATE), true);
        }
        double power = 0;
        int count = 0;
        for (int i = 0; i < near.length; i++) {
            if (!near[i]) {
                power += Math.pow(made.samples()[i] / 32_768.0, 2);
                count++;
            }
        }
        // 10 dB under speech at -26 dB, less what cross-fades take.
        assertThat(10 * Math.log10(power / count)).isCloseTo(-36, within(1.0));
    }

    @Test
    void shouldRefuseMoreKeywordsThanFit() {
        assertThatThrownBy(() -> new LabelledStreams(stock(List.of()), settings(0, 0), plan(60, 100, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "streams: expected keywords to take at most 70 % of the time, found 100.0 words");
        assertThatThrownBy(() -> plan(1, 6, 1)).hasMessage("streams: expected a length of 5 s to 12 h, found 1.0 s");
        assertThatThrownBy(() -> plan(10, -1, 1)).hasMessage("streams: expected 0 or more words a minute, found -1.0");
    }

    @Test
    void shouldWriteSoundAndLabels() throws IOException {
        var streams = new LabelledStreams(stock(List.of()), settings(0, 0), plan(20, 6, 1));
        MadeStream made = LabelledStreamFile.write(folder, "a", streams, 0);
        assertThat(AudioFiles.readAll(folder.resolve("a.wav"), RATE))
                .isEqualTo(make(streams, 0).samples());
        List<String> lines = Files.readAllLines(folder.resolve("a.tsv"));
        assertThat(lines).hasSize(4).startsWith("#duration_s=20.000", "#start_s\tend_s\tkeyword\trecording");
        Label label = made.labels().getFirst();
        String[] columns = lines.get(2).split("\t", -1);
        assertThat(Double.parseDouble(columns[0])).isCloseTo(label.startSeconds(), within(6e-4));
        assertThat(Double.parseDouble(columns[1])).isCloseTo(label.endSeconds(), within(6e-4));
        assertThat(columns[2]).isEqualTo(label.keyword());
        assertThat(columns[3]).isEqualTo(label.recording());
    }
}
