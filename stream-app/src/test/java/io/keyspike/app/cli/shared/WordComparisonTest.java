package io.keyspike.app.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordComparisonTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            yes no yes, yes no yes,    '',      ''
            yes no yes, yes yes,       no,      ''
            yes no,     yes go no,     '',      go
            yes no,     no yes,        yes,     yes
            yes no,     '',            yes no,  ''
            '',         go,            '',      go
            up down up, down up stop,  up,      stop
            yes yes,    yes yes yes,   '',      yes
            """)
    void shouldNameWhatIsMissingAndWhatIsExtra(String expected, String heard, String missing, String extra) {
        WordComparison words = WordComparison.of(list(expected), list(heard));

        assertThat(words.missing()).isEqualTo(list(missing));
        assertThat(words.extra()).isEqualTo(list(extra));
        assertThat(words.matched())
                .isEqualTo(list(expected).size() - list(missing).size());
    }

    private static List<String> list(String words) {
        return words.isEmpty() ? List.of() : List.of(words.split(" "));
    }
}
