package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path wav;

    @BeforeEach
    void write() throws IOException {
        wav = folder.resolve("a.wav");
        WavWriter.write(wav, 8_000, new short[] {1, 2, 3, 4});
    }

    @Test
    void shouldPrintWhatIsInARecordingAsJson() throws IOException {
        CommandRun run = CommandRun.of("sound", "--json", wav.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().strip())
                .isEqualTo(
                        "{\"path\":\"" + wav + "\",\"container\":\"WAV\",\"codec\":\"PCM\",\"sampleRateHz\":8000,"
                                + "\"channels\":1,\"bits\":16,\"samples\":4,\"seconds\":5.0E-4,\"crc32\":\"92991416\",\"warnings\":[]}");
    }

    @Test
    void shouldPrintALineForPeople() {
        CommandRun run = CommandRun.of("sound", wav.toString());

        assertThat(run.out()).startsWith(wav + ": WAV, PCM, 16 bits, 8000 Hz, 1 channel, 4 samples (0.001 s), CRC-32 ");
    }

    @Test
    void shouldWarnOfACutOffRecordingAndGoOnAfterOneThatIsNone() throws IOException {
        Path cut = Files.write(folder.resolve("cut.wav"), Arrays.copyOf(Files.readAllBytes(wav), 44 + 5));
        Path none = Files.writeString(folder.resolve("none.wav"), "version https://git-lfs.github.com/spec/v1");

        CommandRun run = CommandRun.of("sound", "--json", none.toString(), cut.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains(none + ": expected a WAV, AIFF, AU or FLAC file, found a Git LFS pointer");
        JsonNode line = new ObjectMapper().readTree(run.out());
        assertThat(line.get("samples").asInt()).isEqualTo(2);
        assertThat(line.get("warnings").get(0).asText()).isEqualTo("cut off: expected 8 bytes of samples, found 5");
        assertThat(CommandRun.of("sound", cut.toString()).exitCode()).isZero();
    }

    /** As {@code listen --file} does. */
    @Test
    void shouldEndWithTheCodeOfWrongUsageIfAFileIsNotThere() {
        CommandRun run = CommandRun.of("sound", "/no/such/recording.wav");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().strip()).isEqualTo("keyspike: no such file: /no/such/recording.wav");
    }
}
