package io.keyspike.voices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class ProgramTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void shouldSayWhatToInstall() {
        assertThatExceptionOfType(EngineMissingException.class)
                .isThrownBy(() -> new Program("no-such-speaker", "speaker").run(List.of(), "", LIMIT))
                .withMessage(
                        "no-such-speaker was not found; install it (on Debian and Ubuntu: apt-get install speaker)");
    }

    @Test
    void shouldPassArgumentsAsTheyAre() throws IOException {
        byte[] said = new Program("printf", "coreutils").run(List.of("%s", "a; echo $HOME `b`"), "", LIMIT);
        assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("a; echo $HOME `b`");
    }

    @Test
    void shouldFeedAndReadMoreThanAPipeHolds() throws IOException {
        String much = "0123456789".repeat(100_000);
        assertThat(new Program("cat", "coreutils").run(List.of(), much, LIMIT)).hasSize(much.length());
    }

    @Test
    void shouldEndAProgramThatTakesTooLong() {
        assertThatIOException()
                .isThrownBy(() -> new Program("sleep", "coreutils").run(List.of("60"), "", Duration.ofMillis(200)))
                .withMessageContaining("found it still running");
    }

    @Test
    void shouldTellWhatAFailedProgramSaid() {
        assertThatIOException()
                .isThrownBy(() -> new Program("cat", "coreutils").run(List.of("/no/such/file"), "", LIMIT))
                .withMessageContaining("cat ended with 1")
                .withMessageContaining("/no/such/file");
    }
}
