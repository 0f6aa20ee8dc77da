package io.keyspike.app.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.events.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodeCommandTest {
    private static final int RATE = 16_000;

    @TempDir
    private Path folder;

    @Test
    void shouldEncodeAFolderOfRecordings() throws IOException {
        for (int i = 0; i < 40; i++) {
            short[] sound = new short[RATE / 4];
            for (int k = 0; k < sound.length; k++) {
                sound[k] = (short) (9_000 * Math.sin(k * 0.05 * (1 + i % 2)));
            }
            Path file =
                    folder.resolve("data").resolve(i % 2 == 0 ? "yes" : "no").resolve("s" + i + "_nohash_0.wav");
            Files.createDirectories(file.getParent());
            WavWriter.write(file, RATE, sound);
        }
        CommandRun run = CommandRun.of(
                "encode",
                "--data",
                folder.resolve("data").toString(),
                "--out",
                folder.resolve("events").toString(),
                "--channels",
                "64",
                "--method",
                "level_crossing",
                "--words",
                "yes,no");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("data_train.h5: ", "data_valid.h5: ", "data_test.h5: ", "on 128 units");
        var file = new EventFile(folder.resolve("events/data_train.h5"));
        assertThat(file.samples()).isGreaterThan(20);
        assertThat(file.read(0).count()).isPositive();
        assertThat(file.word(0)).isIn("yes", "no");
    }

    @Test
    void shouldMakeTheTemporalXorTask() throws IOException {
        CommandRun run =
                CommandRun.of("encode", "--task", "temporal_xor", "--out", folder.toString(), "--samples", "20");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(new EventFile(folder.resolve("temporal-xor_train.h5")).samples())
                .isEqualTo(20);
        assertThat(new EventFile(folder.resolve("temporal-xor_valid.h5")).samples())
                .isEqualTo(10);
    }

    @Test
    void shouldRefuseWhatItCannotDo() {
        CommandRun neither = CommandRun.of("encode", "--out", folder.toString());
        assertThat(neither.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(neither.err()).contains("expected either --data or --task");
        CommandRun none = CommandRun.of("encode", "--data", folder.toString(), "--out", folder.toString());
        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
        CommandRun channels =
                CommandRun.of("encode", "--data", folder.toString(), "--out", folder.toString(), "--channels", "0");
        assertThat(channels.err()).contains("encode: expected 1 to 65536 units, found 0 channels");
    }
}
