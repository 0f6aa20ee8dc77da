package io.keyspike.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitListsTest {
    private static final List<String> CLIPS = List.of("für/a.wav", "für/b.wav", "no/a.wav", "no/b.wav");

    @TempDir
    private Path folder;

    private SplitLists lists(String validation, String testing) throws IOException {
        Files.writeString(folder.resolve(SplitLists.VALIDATION_LIST), validation);
        Files.writeString(folder.resolve(SplitLists.TESTING_LIST), testing);
        return SplitLists.in(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "\ufeff%s",
                "  %s\t",
                "./%s",
                "././%s",
                ".\\%s",
                "speech_commands_v0.02/%s",
                "./data/speech_commands/%s",
                "/home/me/data/%s",
                "C:\\data\\%s"
            })
    void shouldMatchHoweverTheLineIsWritten(String format) throws IOException {
        for (String form : List.of("für/a.wav", "FÜR/A.WAV", Normalizer.normalize("für/a.wav", Normalizer.Form.NFD))) {
            for (String end : List.of("\n", "\r\n", "")) {
                SplitLists lists = lists("", format.formatted(form) + end);
                assertThat(lists.of("für/a.wav")).isEqualTo(Split.TESTING);
                assertThat(lists.of(Normalizer.normalize("für/a.WAV", Normalizer.Form.NFD)))
                        .isEqualTo(Split.TESTING);
                assertThat(lists.of("für/b.wav")).isEqualTo(Split.TRAINING);
                assertThat(lists.of("no/a.wav")).isEqualTo(Split.TRAINING);
                assertThat(lists.remarks(CLIPS)).isEmpty();
            }
        }
    }

    @Test
    void shouldNameLinesThatMatchNothing() throws IOException {
        SplitLists lists = lists("no/a.wav\nno/x.wav\n# none\n\nno/y.wav\n", "no/b.wav\n");
        assertThat(lists.remarks(CLIPS))
                .containsExactly(
                        "validation_list.txt: 2 of 3 lines name no recording that is here, the first no/x.wav");
        assertThat(lists("a.wav", "").remarks(CLIPS))
                .containsExactly("validation_list.txt: 1 of 1 lines name no recording that is here, the first a.wav");
    }

    @Test
    void shouldPutAClipThatBothMayMeanIntoTesting() throws IOException {
        SplitLists lists = lists("one/no/a.wav\n", "two/no/a.wav\n");
        assertThat(lists.of("no/a.wav")).isEqualTo(Split.TESTING);
        assertThatThrownBy(() -> lists("./no/a.wav\n", "no/a.wav\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected disjoint splits, found no/a.wav");
    }

    @Test
    void shouldNameAListInAnotherEncoding() {
        assertRefused("UTF-16", "UTF-16 or no text");
        assertRefused("UTF-16LE", "UTF-16 or no text");
        assertRefused("ISO-8859-1", "other bytes");
        assertRefused("windows-1252", "other bytes");
    }

    private void assertRefused(String encoding, String found) {
        Path list = folder.resolve(SplitLists.TESTING_LIST);
        assertThatThrownBy(() -> {
                    Files.write(list, "für/a.wav\n".getBytes(Charset.forName(encoding)));
                    SplitLists.in(folder);
                })
                .isInstanceOf(IOException.class)
                .hasMessage(list + ": expected text in UTF-8, found " + found);
    }

    @Test
    void shouldSayNothingWithoutLists() throws IOException {
        SplitLists lists = SplitLists.in(folder);
        assertThat(lists.isThere()).isFalse();
        assertThat(lists.remarks(CLIPS)).isEmpty();
        assertThat(lists.of("no/a.wav")).isEqualTo(Split.TRAINING);
    }
}
