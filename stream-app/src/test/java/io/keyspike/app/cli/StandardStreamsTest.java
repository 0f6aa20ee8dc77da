package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardStreamsTest {

    /** Without a locale, arrows and umlauts would be printed as question marks. */
    @Test
    void shouldPrintUtf8WhereTheLocaleSaysNothing() {
        assertThat(StandardStreams.charset("ANSI_X3.4-1968")).isEqualTo(StandardCharsets.UTF_8);
        assertThat(StandardStreams.charset("US-ASCII")).isEqualTo(StandardCharsets.UTF_8);
        assertThat(StandardStreams.charset("ISO-8859-1")).isEqualTo(StandardCharsets.ISO_8859_1);
        assertThat(StandardStreams.charset("nosuchencoding")).isEqualTo(StandardStreams.charset(null));
        assertThat(StandardStreams.charset(null)).isNotEqualTo(StandardCharsets.US_ASCII);
        assertThat(Charset.isSupported("ANSI_X3.4-1968")).isTrue();
    }
}
