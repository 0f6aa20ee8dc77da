package io.keyspike.app.cli.arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationArgumentsTest {

    @ParameterizedTest
    @CsvSource({
        "30s, PT30S",
        "90m, PT90M",
        "5 min, PT5M",
        "12h, PT12H",
        "1 hour, PT1H",
        "7d, PT168H",
        "7days, PT168H",
        "7 Days, PT168H",
        "P7D, PT168H",
        "PT12H, PT12H"
    })
    void shouldReadDurationsAsPeopleWriteThem(String text, Duration expected) {
        assertThat(new DurationArguments().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "d", "seven days", "1.5h", "7fortnights", "99999999999d", ""})
    void shouldSayWhatADurationLooksLike(String text) {
        assertThatThrownBy(() -> new DurationArguments().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("expected a duration such as 30s, 90m, 12h, 7d")
                .hasMessageContaining("found '" + text + "'");
    }
}
