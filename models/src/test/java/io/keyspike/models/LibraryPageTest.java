package io.keyspike.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.audio.AudioFiles;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.testing.JvmFlags;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in docs/library.md, compiled and run as it stands there. */
class LibraryPageTest {

    private static final Path ROOT = Path.of(System.getProperty("keyspike.root", ".."));
    private static final Path MODEL = ROOT.resolve("model-zoo/commands-clips.safetensors");
    private static final Path SOUND = ROOT.resolve("demo/kitchen-commands.wav");

    @TempDir
    Path folder;

    @Test
    void shouldHearAFileWithTheProgramOfThePage() throws Exception {
        Path program = Files.writeString(folder.resolve("HearFile.java"), javaOf(page()));
        Path printed = folder.resolve("printed");
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                JvmFlags.argument(),
                "-Duser.language=en",
                "-cp",
                System.getProperty("java.class.path"),
                program.toString(),
                MODEL.toString(),
                SOUND.toString());

        int exit = new ProcessBuilder(command)
                .redirectOutput(printed.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start()
                .waitFor();

        assertThat(exit)
                .as(Files.readString(folder.resolve("errors"), StandardCharsets.UTF_8))
                .isZero();
        assertThat(Files.readAllLines(printed)).isEqualTo(expected()).hasSizeGreaterThan(3);
    }

    @Test
    void shouldNameTheVersionThatIsBuilt() throws Exception {
        Matcher version =
                Pattern.compile("<version>(.+?)</version>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(page()).contains("<version>" + version.group(1) + "</version>");
    }

    private static String page() throws Exception {
        return Files.readString(ROOT.resolve("docs/library.md"), StandardCharsets.UTF_8);
    }

    private static String javaOf(String page) {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static List<String> expected() throws Exception {
        var spotter = new KeywordSpotter(ModelFiles.read(MODEL), Backends.preferredSteps());
        int rate = spotter.model().features().sampleRateHz();
        short[] sound = AudioFiles.readAll(SOUND, rate);
        var lines = new ArrayList<String>();
        spotter.process(
                spotter.newState(),
                sound,
                0,
                sound.length,
                d -> lines.add(String.format(
                        Locale.ROOT, "%.2f s  %s  %.2f", (double) d.samplePosition() / rate, d.keyword(), d.score())));
        return lines;
    }
}
