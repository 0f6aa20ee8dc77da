package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.SoundStock;
import io.keyspike.trainer.compose.Tones;
import io.keyspike.trainer.compose.Utterance;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.StreamsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamStockTest {
    private static final List<String> LABELS = List.of("alexa", "unknown", "silence");

    @TempDir
    private Path root = Path.of("");

    @BeforeEach
    void write() throws IOException {
        short[] word = Tones.word("word", 500, 0.5, 5_000).samples();
        for (String name : List.of("words/alexa/a.wav", "words/other/b.wav", "tts/alexa__1.wav", "tts/alexa__2.wav")) {
            put(name, word);
        }
        put("alike/lexus.wav", word);
        put("words/_silence_/n.wav", Tones.noise(1, 500, 1));
        put("noise/long.wav", Tones.noise(4, 500, 2));
        put("rooms/hall.wav", Tones.noise(0.2, 500, 3));
    }

    private void put(String name, short[] samples) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        WavWriter.write(file, Tones.RATE_HZ, samples);
    }

    private Clip clip(String name, String word, Split split) {
        return new Clip(name, root.resolve("words").resolve(name), word, split);
    }

    private DataSet data() {
        return new DataSet(
                "words",
                "hash",
                true,
                List.of(
                        clip("alexa/a.wav", "alexa", Split.TRAINING),
                        clip("other/b.wav", "other", Split.TRAINING),
                        clip("_silence_/n.wav", "_silence_", Split.TRAINING)),
                List.of());
    }

    private static StreamsConfig config(String streams) {
        return ConfigReader.parse("""
                data: {words: [alexa], unknown: true, silence: true}
                features: {kind: log_mel}
                network: {layers: [{name: output, neuron: {kind: readout}}]}
                loss: {rule: peak}
                streams: {enabled: true, words: [words], STREAMS}
                """.replace("STREAMS", streams)).streams();
    }

    private StreamStock reader(String streams) {
        return new StreamStock(config(streams), LABELS, Tones.RATE_HZ, root, 1, 2, Progress.NONE);
    }

    private static List<String> names(List<Utterance> utterances) {
        return utterances.stream().map(Utterance::name).toList();
    }

    @Test
    void shouldSortRecordingsByWhatTheyAreFor() throws IOException {
        SoundStock stock = Objects.requireNonNull(reader("""
                more_words: [{word: alexa, files: "tts/alexa__*"}, {word: unknown, files: alike}], noise: [noise], \
                rooms: [rooms], speech_split: {validation: 0, testing: 0}""").read(data(), 1).get(Split.TRAINING));
        assertThat(stock.words()).hasSize(3);
        assertThat(names(stock.words().getFirst()))
                .containsExactly("alexa/a.wav", "tts/alexa__1.wav", "tts/alexa__2.wav");
        assertThat(stock.words().get(1)).isEmpty();
        assertThat(stock.words().get(2)).isEmpty();
        assertThat(names(stock.others())).containsExactly("other/b.wav", "alike/lexus.wav");
        // The extent of a word is found.
        assertThat(stock.others().getFirst().start()).isBetween(4_300, 4_900);
        assertThat(stock.noises()).extracting(n -> n.length).containsExactly(16_000, 64_000);
        assertThat(stock.rooms()).extracting(r -> r.length).containsExactly(3_200);
        assertThat(stock.speech()).isEmpty();
    }

    @Test
    void shouldKeepEverySpeakerOfConnectedSpeechInOneSplit() throws IOException {
        short[] speech = Tones.speech("speech", 2, 1).samples();
        for (int i = 0; i < 60; i++) {
            put("speech/part" + i % 3 + "/speaker" + i / 3 + "-" + i + ".wav", speech);
        }
        Map<Split, SoundStock> stocks = reader("speech: [speech], speech_split: {validation: 0.3, testing: 0.3}")
                .read(data(), 1);
        Map<String, Set<Split>> splits = new HashMap<>();
        stocks.forEach((split, stock) -> stock.speech()
                .forEach(u -> splits.computeIfAbsent(
                                u.name().replaceAll(".*/(speaker\\d+)-.*", "$1"), s -> new HashSet<>())
                        .add(split)));
        assertThat(splits)
                .hasSize(20)
                .allSatisfy((speaker, of) -> assertThat(of).hasSize(1));
        assertThat(splits.values().stream().flatMap(Set::stream).distinct()).hasSize(3);
        assertThat(stocks.values().stream().mapToInt(s -> s.speech().size()).sum())
                .isEqualTo(60);
    }

    @Test
    void shouldLeaveOutSentencesThatNameALabelAndTakeSpeakersFromTranscripts() throws IOException {
        short[] speech = Tones.speech("speech", 2, 1).samples();
        for (String name : List.of("one", "two", "three", "four")) {
            put("speech/" + name + ".wav", speech);
        }
        Files.write(
                root.resolve("speech/transcripts.tsv"),
                List.of(
                        "file\tspeaker\tseconds\ttext",
                        "one\tann\t2\tWell, ALEXA! Stop that.",
                        "two\tann\t2\tAlexander the Great",
                        "three\tben\t2\tunknown silence"));
        Map<Split, SoundStock> stocks = reader("speech: [speech], speech_split: {validation: 0, testing: 0}")
                .read(data(), 1);
        SoundStock stock = Objects.requireNonNull(stocks.get(Split.TRAINING));
        assertThat(names(stock.speech())).containsExactly("speech/four.wav", "speech/three.wav", "speech/two.wav");
    }

    @Test
    void shouldNameWhatItSkips() throws IOException {
        Files.createDirectories(root.resolve("speech"));
        Files.writeString(root.resolve("speech/broken.wav"), "no sound");
        put("speech/whole.wav", Tones.speech("speech", 2, 1).samples());
        StreamStock reader = reader("speech: [speech], speech_split: {validation: 0, testing: 0}");
        reader.read(data(), 1);
        assertThat(reader.skipped()).extracting(SkippedFile::name).containsExactly("speech/broken.wav");
        Files.createDirectories(root.resolve("empty"));
        assertThatThrownBy(() -> reader("noise: [empty]").read(data(), 1))
                .isInstanceOf(IOException.class)
                .hasMessage(root.resolve("empty") + ": expected WAV or FLAC files, found none");
    }

    @Test
    void shouldTellOtherRecordingsByItsDigest() throws IOException {
        String streams = "noise: [noise], rooms: [rooms]";
        StreamStock first = reader(streams);
        first.read(data(), 1);
        StreamStock again = reader(streams);
        again.read(data(), 1);
        String before = first.hash();
        assertThat(again.hash()).isEqualTo(before);
        put("noise/long.wav", Tones.noise(5, 500, 2));
        StreamStock changed = reader(streams);
        changed.read(data(), 1);
        assertThat(changed.hash()).isNotEqualTo(before);
    }

    @Test
    void shouldPutDataSetsTogether() {
        var other = new DataSet(
                "more",
                "other hash",
                false,
                List.of(clip("alexa/a.wav", "alexa", Split.VALIDATION), clip("alexa/z.wav", "alexa", Split.VALIDATION)),
                List.of(new SkippedFile("alexa/y.wav", "cut short")));
        DataSet both = DataSet.together(List.of(data(), other));
        assertThat(both.name()).isEqualTo("words+more");
        assertThat(both.hasLists()).isFalse();
        assertThat(both.clips()).hasSize(4);
        assertThat(both.clips().getFirst().split()).isEqualTo(Split.TRAINING);
        assertThat(both.clips().getLast().name()).isEqualTo("alexa/z.wav");
        assertThat(both.skipped()).hasSize(1);
        assertThat(both.hash()).isNotIn("hash", "other hash");
        assertThat(DataSet.together(List.of(data()))).isEqualTo(data());
    }
}
