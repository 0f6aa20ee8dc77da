package io.keyspike.app.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.HardwareModel;
import io.keyspike.app.cli.HomeProperty;
import io.keyspike.app.cli.doctor.Diagnosis.Verdict;
import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {

    @TempDir
    Path temporary;

    private Path zoo = Path.of("");
    private HomeProperty home = new HomeProperty(null);

    @BeforeEach
    void shipAModel() throws IOException {
        zoo = Files.createDirectories(temporary.resolve("home/model-zoo"));
        HardwareModel.write(zoo, "yes-no", 2);
        home = HomeProperty.set(temporary.resolve("home"));
    }

    @AfterEach
    void restoreHome() {
        home.close();
    }

    @Test
    void shouldFindNothingEssentialMissingHere() {
        CommandRun run = CommandRun.of("doctor");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .containsPattern("(?m)^ok +Java +2[5-9]")
                .containsPattern("(?m)^ok +Vector API +\\d+ floats per vector, bit-identical to the scalar kernels$")
                .containsPattern("(?m)^ok +machine +\\d+ cores")
                .containsPattern("(?m)^ok +home +.+ \\(.+\\)$")
                .containsPattern("(?m)^(ok|warning) +microphone ")
                .containsPattern("(?m)^ok +broker +can be started in this process")
                .containsPattern("(?m)^(ok|warning) +GPU ")
                .containsPattern("(?m)^ok +models +yes-no, checksums verified$")
                .containsPattern("(?m)^(ok|warning) +recordings ");
    }

    @Test
    void shouldPrintTheSameAsJson() throws IOException {
        CommandRun run = CommandRun.of("doctor", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("ok").asBoolean()).isTrue();
        assertThat(report.get("checks").findValuesAsText("subject"))
                .containsExactly(
                        "Java", "Vector API", "machine", "home", "microphone", "broker", "GPU", "models", "recordings");
        assertThat(report.get("checks").findValuesAsText("verdict")).containsOnly("OK", "WARNING");
    }

    @Test
    void shouldSayWhatToDoAboutABadModel() throws IOException {
        Path file = zoo.resolve("yes-no.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5] ^= 0x10;
        Files.write(file, bytes);

        CommandRun run = CommandRun.of("doctor");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.out())
                .containsPattern("(?m)^missing +models +.*yes-no.safetensors.*$")
                .contains("→ re-download model-zoo/");
    }

    @Test
    void shouldSayWhereItLookedForModels() throws IOException {
        Files.delete(zoo.resolve("yes-no.safetensors"));
        CommandRun run = CommandRun.of("doctor");
        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.out()).contains("none in " + zoo);
    }

    @Test
    void shouldNoticeABrokerThatDoesNotAnswer() throws IOException {
        String address;
        try (var free = new ServerSocket(0)) {
            address = "127.0.0.1:" + free.getLocalPort();
        }
        CommandRun run = CommandRun.of("doctor", "--bootstrap-servers", address);

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.out()).containsPattern("(?m)^missing +broker +" + address + " does not respond: .+$");
    }

    @Test
    void shouldNoticeAnAddressThatIsNone() {
        CommandRun run = CommandRun.of("doctor", "--bootstrap-servers", "nonsense");
        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.out()).containsPattern("(?m)^missing +broker +nonsense does not respond: .*nonsense");
    }

    @Test
    void shouldFindRecordingsWhereTheEnvironmentSays() throws IOException {
        Path data = Files.createDirectories(temporary.resolve("data/speech-commands"));
        var checks = new MachineChecks(
                Map.of("KEYSPIKE_DATA", temporary.resolve("data").toString()));

        Diagnosis before = checks.recordings();
        Files.createFile(data.resolve("testing_list.txt"));
        Diagnosis after = checks.recordings();

        assertThat(before.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(before.finding()).isEqualTo("no Speech Commands data set in [" + data + "]");
        assertThat(after).isEqualTo(Diagnosis.ok("recordings", data.toString()));
    }

    @Test
    void shouldOnlyWarnAboutAGpu() {
        assertThat(new MachineChecks(Map.of()).gpu().finding())
                .isEqualTo("no TornadoVM: TORNADOVM_HOME is not set; using the CPU");
        Diagnosis noSdk = new MachineChecks(Map.of("TORNADOVM_HOME", temporary.toString())).gpu();
        assertThat(noSdk.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(noSdk.finding()).contains(temporary + ", which has no tornado-argfile");
    }

    @Test
    void shouldSayWhatAnSdkWithoutItsFlagsNeeds() throws IOException {
        Files.createFile(temporary.resolve("tornado-argfile"));
        Diagnosis diagnosis = new MachineChecks(Map.of("TORNADOVM_HOME", temporary.toString())).gpu();
        assertThat(diagnosis.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(diagnosis.finding())
                .contains("cannot use the TornadoVM at ", "backend tornado: ")
                .contains("start ./keyspike");
    }
}
