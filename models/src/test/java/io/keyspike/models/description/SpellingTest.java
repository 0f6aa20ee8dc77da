package io.keyspike.models.description;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    private static final List<String> MODELS =
            List.of("commands-12", "commands-clips", "commands-h1", "wake-words", "yes-no", "yes-no-h1");

    @ParameterizedTest
    @CsvSource({
        "yes_no, yes-no",
        "Yes-No, yes-no",
        "yesno, yes-no",
        "yse-no, yes-no",
        "wakewords, wake-words",
        "wake, wake-words",
        "comands-12, commands-12"
    })
    void shouldFindTheClosestName(String typed, String meant) {
        assertThat(Spelling.near(typed, MODELS)).first().isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"penguin", "x", "no", "bogus-model"})
    void shouldNotGuessWhereNothingIsClose(String typed) {
        assertThat(Spelling.near(typed, MODELS)).isEmpty();
        assertThat(Spelling.hint(typed, MODELS)).isEmpty();
    }

    @Test
    void shouldNameAtMostThree() {
        assertThat(Spelling.near("commands-13", List.of("commands-1", "commands-2", "commands-3", "commands-12")))
                .hasSize(3);
    }

    @Test
    void shouldSayItInASentence() {
        assertThat(Spelling.hint("yess", List.of("yes", "no", "yesss"))).isEqualTo("; did you mean yes or yesss?");
    }

    @Test
    void shouldNotCompareTextsOfAnyLength() {
        assertThat(Spelling.near("a".repeat(100_000), List.of("b".repeat(100_000))))
                .isEmpty();
    }
}
