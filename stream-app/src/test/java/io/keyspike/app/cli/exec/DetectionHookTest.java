package io.keyspike.app.cli.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionHookTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    private final List<String> remarks = new CopyOnWriteArrayList<>();

    @BeforeEach
    void requireShell() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: no /bin/sh");
    }

    @Test
    void shouldPassTheDetectionInVariables() throws IOException {
        Path said = folder.resolve("said");
        try (var hook = new DetectionHook(
                "printf '%s|%s' \"$KEYSPIKE_WORD\" \"$KEYSPIKE_SCORE\" > " + said, false, remarks::add)) {
            hook.run(Map.of("WORD", "yes", "SCORE", "0.912"));
        }

        assertThat(said).hasContent("yes|0.912");
        assertThat(remarks).isEmpty();
    }

    /** A model comes from anywhere, and so do its labels. */
    @Test
    void shouldNeverRunWhatALabelSays() throws IOException {
        Path harm = folder.resolve("harm");
        Path said = folder.resolve("said");
        String label = "x'; touch " + harm + "; \"$(touch " + harm + ")\" `touch " + harm + "`\n touch " + harm;
        try (var hook = new DetectionHook(
                "printf %s \"$KEYSPIKE_WORD\" > " + said + "; echo $KEYSPIKE_WORD", false, remarks::add)) {
            hook.run(Map.of("WORD", label));
        }

        assertThat(Files.readString(said)).isEqualTo(label);
        assertThat(harm).doesNotExist();
    }

    @Test
    void shouldReportACommandThatFails() {
        try (var hook = new DetectionHook("exit 3", false, remarks::add)) {
            hook.run(Map.of());
        }

        assertThat(remarks).containsExactly("--exec: exit code 3 of: exit 3");
    }

    @Test
    void shouldSkipRatherThanFillTheMachineWhileCommandsHang() {
        Path go = folder.resolve("go");
        try (var hook = new DetectionHook("while [ ! -e " + go + " ]; do sleep 0.05; done", true, remarks::add)) {
            for (int i = 0; i < 6; i++) {
                hook.run(Map.of());
            }
            assertThat(remarks).hasSize(2).allMatch(r -> r.startsWith("--exec: skipped"));
            assertThat(go.toFile().mkdir()).isTrue();
        }
    }
}
