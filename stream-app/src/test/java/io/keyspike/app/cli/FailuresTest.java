package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void shouldNameThePathOfAFullDisk() {
        var failure = Failures.of(new FileSystemException("/data/x", null, "No space left on device"));

        assertThat(failure).isEqualTo(new Failures(ExitCode.ENVIRONMENT, "/data/x: no space left on device"));
        assertThat(Failures.of(new UncheckedIOException(
                                new IOException("x", new IOException("No space left on device"))))
                        .exitCode())
                .isEqualTo(ExitCode.ENVIRONMENT);
    }

    @Test
    void shouldTellWhatIsMissingFromWhatIsNotPermitted() {
        assertThat(Failures.of(new NoSuchFileException("a.yaml")))
                .isEqualTo(new Failures(ExitCode.USAGE, "no such file: a.yaml"));
        assertThat(Failures.of(new AccessDeniedException("/etc/shadow")))
                .isEqualTo(new Failures(ExitCode.ENVIRONMENT, "/etc/shadow: access denied; check the permissions"));
    }

    /** Java names the path alone in these. */
    @Test
    void shouldSayWhatIsInTheWay() {
        assertThat(Failures.of(new FileAlreadyExistsException("/x/report")))
                .isEqualTo(new Failures(
                        ExitCode.USAGE, "/x/report: expected a folder or a name that is free, found a file"));
        assertThat(Failures.of(new DirectoryNotEmptyException("/x/out")))
                .isEqualTo(new Failures(ExitCode.USAGE, "/x/out: expected a file to write, found a folder"));
    }

    @Test
    void shouldTakeATakenPortForALackOfTheMachine() {
        assertThat(Failures.of(new IOException("http: cannot listen", new BindException("in use")))
                        .exitCode())
                .isEqualTo(ExitCode.ENVIRONMENT);
    }

    @Test
    void shouldPointToTheStackTraceOfWhatIsNotExpected() {
        assertThat(Failures.of(new IllegalStateException("a\n  b")).sentence())
                .isEqualTo("IllegalStateException: a b (--verbose prints the stack trace)");
        assertThat(Failures.of(new NullPointerException()).sentence()).startsWith("unexpected NullPointerException");
    }
}
