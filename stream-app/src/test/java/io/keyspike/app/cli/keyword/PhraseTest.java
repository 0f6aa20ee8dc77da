package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhraseTest {

    @ParameterizedTest
    @CsvSource({
        "Computer, computer, computer",
        "' Hey   Penguin ', hey penguin, hey-penguin",
        "smart-mirror, smart mirror, smart-mirror",
        "\"what's up\", what's up, whats-up"
    })
    void shouldTakeWhatAPersonTypes(String typed, String text, String label) {
        assertThat(Phrase.of(typed.replace("\"", "")).text()).isEqualTo(text);
        assertThat(Phrase.of(typed.replace("\"", "")).label()).isEqualTo(label);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "12", "../x", "one two three four five", "überall", "supercalifragilisticexpialidocious"
            })
    void shouldRefuseWhatIsNoKeyword(String typed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Phrase.of(typed))
                .withMessageContaining("expected one to four English words");
    }
}
