package io.keyspike.app.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.HardwareModel;
import io.keyspike.app.cli.HomeProperty;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Pcen;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest {

    @TempDir
    Path temporary;

    private Path own = Path.of("");
    private Path zoo = Path.of("");
    private HomeProperty home = new HomeProperty(null);

    @BeforeEach
    void shipTwoModels() throws IOException {
        own = temporary.resolve("own");
        zoo = Files.createDirectories(temporary.resolve("home/model-zoo"));
        HardwareModel.write(zoo, "commands-12", 1);
        HardwareModel.write(zoo, "yes-no", 2);
        home = HomeProperty.set(temporary.resolve("home"));
    }

    @AfterEach
    void restoreHome() {
        home.close();
    }

    /** A label is any text; in a table it stays within its row. */
    @Test
    void shouldEscapeControlCharactersOfLabels() throws IOException {
        Path file = ToneModel.write(temporary, "tones", "bass\n* forged\u001b[2J\u202e", "treble\r\u009b2J");

        CommandRun run = models("inspect", file.toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("bass\\n* forged\\u001b[2J\\u202e", "treble\\r\\u009b2J")
                .doesNotContain("\u001b", "\u009b", "\u202e", "\r")
                .doesNotContain("\n* forged");
    }

    @Test
    void shouldRemoveAModelOfYourOwnThatIsNotActive() throws IOException {
        assertThat(models("add", zoo.resolve("yes-no.safetensors").toString(), "--name", "mine")
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        models("use", "mine");

        CommandRun active = models("remove", "mine");
        assertThat(active.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(active.err()).contains("expected a model that is not active, found 'mine'");
        CommandRun shipped = models("remove", "commands-12");
        assertThat(shipped.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shipped.err()).contains("'commands-12' is shipped with Keyspike");
        CommandRun mistyped = models("remove", "mien");
        assertThat(mistyped.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(mistyped.err()).contains("no model named 'mien'", "did you mean mine?");

        models("use", "yes-no");
        CommandRun run = models("remove", "mine");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(own.resolve("mine.safetensors")).doesNotExist();
        assertThat(models("list").out()).doesNotContain("mine");
        assertThat(models("rollback").err())
                .as("what was removed cannot come back")
                .doesNotContain("mine");
    }

    /** Nothing was activated yet, and still one model is what {@code listen} runs. */
    @Test
    void shouldMarkTheModelThatRunsWhenNoneIsActive() throws IOException {
        HardwareModel.write(zoo, "wake-words", 3);

        assertThat(models("list").out().lines().filter(line -> line.startsWith("* ")))
                .singleElement()
                .asString()
                .startsWith("* wake-words ");

        models("use", "yes-no");
        assertThat(models("list").out().lines().filter(line -> line.startsWith("* ")))
                .singleElement()
                .asString()
                .startsWith("* yes-no ");
    }

    @Test
    void shouldListShippedModelsWithoutMakingAFolder() throws IOException {
        CommandRun run = models("list");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().toList()).hasSize(2);
        assertThat(run.out())
                .containsPattern(" {2}commands-12 +commands-12@[0-9a-f]{12} +shipped with Keyspike")
                .containsPattern(" {2}yes-no +yes-no@[0-9a-f]{12} +shipped with Keyspike");
        assertThat(own).doesNotExist();
    }

    @Test
    void shouldTakeAShippedModelIntoUseAndRollBack() throws IOException {
        CommandRun first = models("use", "yes-no");
        CommandRun second = models("use", "commands-12");

        assertThat(first.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(first.out()).matches("yes-no@[0-9a-f]{12} is now active.\\R");
        assertThat(second.out()).startsWith("commands-12@");
        assertThat(own.resolve("yes-no.safetensors")).hasSameBinaryContentAs(zoo.resolve("yes-no.safetensors"));
        assertThat(inUse()).isEqualTo("commands-12");

        CommandRun back = models("rollback");
        assertThat(back.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(back.out()).isEqualTo(first.out().replace("now active.", "active again."));
        assertThat(inUse()).isEqualTo("yes-no");

        CommandRun further = models("rollback");
        assertThat(further.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(further.err()).startsWith("keyspike: registry: expected an earlier model in ");
        assertThat(zoo.toFile().list())
                .as("what is shipped is never written to")
                .hasSize(2);
    }

    @Test
    void shouldAddAFileUnderAnotherNameAndPreferItToAShippedOne() throws IOException {
        Path file = HardwareModel.write(temporary, "fresh", 3);

        CommandRun added = models("add", file.toString(), "--name", "yes-no");
        CommandRun plain = models("add", file.toString());

        assertThat(added.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(added.out()).matches("yes-no@[0-9a-f]{12} is registered as 'yes-no'.\\R");
        assertThat(plain.out()).endsWith(" is registered as 'fresh'." + System.lineSeparator());
        JsonNode listed = json(models("list", "--json"));
        assertThat(listed).hasSize(3);
        assertThat(listed.get(1).get("falseAlarmsPerHour").isNull()).isTrue();
        assertThat(listed.get(1).get("measuredOn").isNull()).isTrue();
        assertThat(listed.findValuesAsText("name")).containsExactly("fresh", "yes-no", "commands-12");
        assertThat(listed.get(1).get("shipped").asBoolean()).isFalse();
        assertThat(listed.get(1).get("version").asText()).startsWith("yes-no@");
        assertThat(ModelFiles.read(own.resolve("yes-no.safetensors")).name())
                .as("the name given is the name inside")
                .isEqualTo("yes-no");
    }

    @Test
    void shouldRollBackRightAfterTheFirstUseToTheModelThatRanBefore() throws IOException {
        HardwareModel.write(zoo, "wake-words", 3);
        models("use", "yes-no");

        CommandRun back = models("rollback");

        assertThat(back.exitCode()).as(back.err()).isEqualTo(ExitCode.OK);
        assertThat(back.out()).matches("wake-words@[0-9a-f]{12} is active again.\\R");
        assertThat(inUse()).isEqualTo("wake-words");
        assertThat(models("rollback").exitCode()).as("nothing ran before").isEqualTo(ExitCode.FAILED);
    }

    @Test
    void shouldRefuseToAddUnderANameThatIsNone() throws IOException {
        Path file = HardwareModel.write(temporary, "fresh", 3);
        CommandRun run = models("add", file.toString(), "--name", "../Evil");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("found '../Evil'").doesNotContain("\tat ");
    }

    @Test
    void shouldRefuseADamagedModelEverywhereAndKeepTheOneInUse() throws IOException {
        models("use", "yes-no");
        Path bad = damaged(temporary.resolve("bad.safetensors"));
        Files.copy(bad, own.resolve("bad.safetensors"));

        CommandRun verified = models("verify", "bad");
        CommandRun verifiedJson = models("verify", bad.toString(), "--json");
        CommandRun added = models("add", bad.toString());
        CommandRun used = models("use", "bad");
        CommandRun listed = models("list");

        for (CommandRun run : new CommandRun[] {verified, added, used}) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err().lines().toList()).hasSize(1);
            assertThat(run.err()).startsWith("keyspike: ").contains("bad.safetensors");
        }
        assertThat(verifiedJson.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(json(verifiedJson).get("valid").asBoolean()).isFalse();
        assertThat(json(verifiedJson).get("error").asText()).contains("bad.safetensors");
        assertThat(listed.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(listed.out()).containsPattern("bad +not valid");
        assertThat(inUse()).isEqualTo("yes-no");
    }

    @Test
    void shouldVerifyAGoodModelByNameAndByFile() throws IOException {
        assertThat(models("verify", "yes-no").exitCode()).isEqualTo(ExitCode.OK);
        CommandRun byFile = models("verify", zoo.resolve("yes-no.safetensors").toString(), "--json");
        assertThat(byFile.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(json(byFile).get("valid").asBoolean()).isTrue();
    }

    @Test
    void shouldInspectAsASheet() {
        CommandRun run = models("inspect", "yes-no");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .containsPattern("model +yes-no@[0-9a-f]{12}")
                .contains("filterbank: 13 of 16 filters from 97.6 to 15900 Hz")
                .contains("66 neurons, 1,092 parameters, one step every 8 ms")
                .containsPattern("hidden +lif +64 → 64 +128 parameters, tau_ms 10.00, threshold 1.000")
                .containsPattern("output +lif +2 → 2 +4 parameters, tau_ms 64.00, threshold 1.000")
                .contains("no 0.85, yes 0.8")
                .containsPattern("reports +false alarms not measured; 'keyspike calibrate' measures them")
                .contains("h1, estimated: 7.98 nW at 0 % firing")
                .contains("test.accuracy 0.5")
                .contains("nobody's data");
    }

    @Test
    void shouldShowPcenWhereAModelHasIt() throws Exception {
        Path shipped = Path.of(System.getProperty("keyspike.root")).resolve("model-zoo/commands-clips.safetensors");
        KeywordModel logarithm = ModelFiles.read(shipped);
        KeywordModel normalised = KeywordModel.of(
                "normalised",
                ((LogMelSpec) logarithm.features()).withPcen(Pcen.standard()),
                logarithm.network(),
                logarithm.labels(),
                logarithm.decision(),
                logarithm.chip(),
                logarithm.provenance());
        Path file = temporary.resolve("normalised.safetensors");
        ModelFiles.write(file, normalised);

        assertThat(models("inspect", file.toString()).out())
                .contains("log-mel: 40 bands from 20 to 7600 Hz, PCEN (tau 0.4 s, alpha 0.98, delta 2, r 0.5,"
                        + " epsilon 1.00e-08), 5 frames at a time");
        assertThat(models("inspect", shipped.toString()).out())
                .contains("log-mel: 40 bands from 20 to 7600 Hz, 5 frames at a time");
        JsonNode features = json(models("inspect", file.toString(), "--json")).get("features");
        assertThat(features.get("pcen").get("alpha").asDouble()).isEqualTo(0.98);
    }

    @Test
    void shouldInspectAsJson() throws IOException {
        CommandRun run = models("inspect", "yes-no", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        JsonNode sheet = json(run);
        assertThat(sheet.get("features").get("kind").asText()).isEqualTo("filterbank");
        assertThat(sheet.get("features").get("width").asInt()).isEqualTo(13);
        assertThat(sheet.get("parameters").asInt()).isEqualTo(1_092);
        assertThat(sheet.get("nodes")
                        .get(2)
                        .get("ranges")
                        .get("tau_ms")
                        .get("least")
                        .asDouble())
                .isCloseTo(10, within(1e-4));
        assertThat(sheet.get("decision").get("thresholds").get("yes").asDouble())
                .isCloseTo(0.8, within(1e-6));
        // Source 2: 66 neurons at 3,996.25 of 8,250 possible spikes per second draw 15.969 nW.
        JsonNode half = sheet.get("chip").get("estimates").get(2);
        assertThat(half.get("firingRate").asDouble()).isEqualTo(0.5);
        assertThat(half.get("watts").asDouble()).isCloseTo(0.5 * 15.969e-9 * (1 + 4_125 / 3_996.25), within(1e-13));
        assertThat(sheet.get("provenance").get("metrics").get("test.accuracy").asDouble())
                .isEqualTo(0.5);
    }

    @Test
    void shouldNameWhatThereIsWhenAModelIsNotFound() {
        for (String command : new String[] {"inspect", "verify", "use"}) {
            CommandRun run = models(command, "yes-not");
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("no model named 'yes-not'", "commands-12, yes-no");
        }
        CommandRun file = models("inspect", "missing/x.safetensors");
        assertThat(file.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(file.err()).contains("no such model file: missing/x.safetensors");
    }

    @Test
    void shouldAskForASubcommand() {
        assertThat(CommandRun.of("models").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    private Path damaged(Path file) throws IOException {
        Path good = HardwareModel.write(temporary, "good", 9);
        byte[] bytes = Files.readAllBytes(good);
        bytes[bytes.length - 5] ^= 0x10;
        return Files.write(file, bytes);
    }

    private CommandRun models(String... arguments) {
        return CommandRun.of(Stream.concat(
                        Stream.concat(Stream.of("models"), Stream.of(arguments)), Stream.of("--models", own.toString()))
                .toArray(String[]::new));
    }

    private String inUse() throws IOException {
        for (JsonNode model : json(models("list", "--json"))) {
            if (model.get("inUse").asBoolean()) {
                return model.get("name").asText();
            }
        }
        return "none";
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }
}
