package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeywordNewCommandTest {

    @TempDir
    private Path folder;

    private CommandRun keyword(String... arguments) {
        var all = new ArrayList<>(
                List.of("keyword", "new", "--work", folder.resolve("work").toString()));
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12 | --minutes | 1 | keyword: expected one to four English words",
                "computer | --minutes | 0 | --minutes: expected 0.1 to 600, found 0.0",
                "computer | --voices-per-word | 1 | --voices-per-word: expected at least 2, found 1",
                "computer | --false-alarms-per-hour | 0 | --false-alarms-per-hour: expected more than 0",
                "computer | --name | ../x | --name: expected lower-case letters, digits and hyphens",
                "computer | --engine | parrot | --engine: expected one of [kokoro, flite, espeak-ng], found 'parrot'"
            })
    void shouldSayWhatIsWrongWithTheOptions(String text, String option, String value, String sentence) {
        CommandRun run = keyword(text, option, value);
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void shouldSayWhichFolderIsMissing() {
        CommandRun run =
                keyword("computer", "--negatives", folder.resolve("nowhere").toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--negatives: expected a folder, found none at ");
    }

    /** With the cheapest voices, nothing else to hear and as little training as there can be: not a good model. */
    @Test
    @Tag("slow")
    void shouldMakeAModelOfATextAlone() throws IOException {
        Path models = folder.resolve("models");
        String[] arguments = {
            "computer",
            "--engine",
            "espeak-ng",
            "--minutes",
            "0.1",
            "--voices-per-word",
            "6",
            "--models",
            models.toString()
        };
        CommandRun run = keyword(arguments);
        assumeTrue(run.exitCode() != ExitCode.ENVIRONMENT, "espeak-ng is not installed");
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        KeywordModel model = ModelFiles.read(models.resolve("computer.safetensors"));
        assertThat(model.labels()).containsExactly("computer", "unknown");
        assertThat(model.decision().thresholds()).containsOnlyKeys("computer");
        assertThat(run.out())
                .contains("synthetic sentences stand in for it")
                .contains("It missed ")
                .contains("pass some with --negatives DIR");
        assertThat(folder.resolve("work/report")).isDirectoryContaining("glob:**det.png");

        List<String> spoken = Files.readAllLines(folder.resolve("work/examples/examples.tsv"));
        CommandRun again = keyword(arguments);
        assertThat(again.exitCode()).isEqualTo(ExitCode.OK);
        // Voices speak side by side, so the first run notes what is done in no fixed order.
        assertThat(Files.readAllLines(folder.resolve("work/examples/examples.tsv")))
                .containsExactlyInAnyOrderElementsOf(spoken);
        assertThat(ModelFiles.read(models.resolve("computer.safetensors")).version())
                .as("the same again")
                .isEqualTo(model.version());
    }

    @Test
    void shouldNeedAVoiceOrRecordings() {
        CommandRun run = keyword("computer", "--engine", "kokoro", "--voices", folder.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err())
                .contains("expected an engine of text to speech, or five recordings of your own")
                .contains("'keyspike voices install'");
    }
}
