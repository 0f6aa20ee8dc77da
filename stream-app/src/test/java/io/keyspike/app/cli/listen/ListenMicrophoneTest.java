package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.testing.FakeMicrophone;
import io.keyspike.testing.FakeMicrophone.Fault;
import io.keyspike.testing.FakeMicrophones;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenMicrophoneTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path model;

    private final short[] tones = ToneModel.tones(ToneModel.LOW_HZ, ToneModel.HIGH_HZ);

    @BeforeEach
    void makeModel() throws IOException {
        model = ToneModel.write(folder, "tones", "bass", "treble");
    }

    @AfterEach
    void unplug() {
        FakeMicrophones.plug();
    }

    /** Plays the tones on its last channel; the others are silent. */
    private FakeMicrophone microphone(String name, int rateHz, int channels, int bits, Fault... faults) {
        int factor = rateHz / ToneModel.RATE_HZ;
        return new FakeMicrophone(
                name,
                new AudioFormat(rateHz, bits, channels, true, bits > 16),
                (i, c) -> c == channels - 1 ? tones[i / factor] : 0,
                factor * tones.length,
                faults);
    }

    private CommandRun listen(String... more) {
        var arguments = new ArrayList<>(List.of("listen", "--model", model.toString(), "--no-page"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void shouldTellDeviceFormatGainAndLevelAndHearTheChosenChannel() {
        FakeMicrophones.plug(
                microphone("Desk", 16_000, 1, 16),
                microphone("Array", 48_000, 6, 24).withGain(-3));

        CommandRun run = listen("--device", "1", "--channel", "6", "--duration", "3");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("bass", "treble");
        assertThat(run.err())
                .contains("listening to Array with tones@")
                .contains("48000 Hz, 6 channels (channel 6), 24 bits big-endian, resampled to 16000 Hz; gain -3.0 dB")
                .containsPattern("level in the first 2 s: -\\d+ dB, peak -\\d+ dB");
        CommandRun silent = listen("--device", "1", "--channel", "1", "--duration", "3");
        assertThat(silent.out()).isEmpty();
        assertThat(silent.err()).contains("nothing but zeros");
    }

    @Test
    void shouldSuggestTheMicrophoneThatWasMeant() {
        FakeMicrophones.plug(microphone("Kitchen", 16_000, 1, 16), microphone("Hall", 16_000, 1, 16));

        CommandRun run = listen("--device", "kichten");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err())
                .contains(
                        "no microphone whose name contains \"kichten\"; there are \"Kitchen\", \"Hall\"; did you mean Kitchen?");
        assertThat(listen("--device", "balcony").err()).doesNotContain("did you mean");
    }

    @Test
    void shouldGoOnAfterTheMicrophoneWasUnplugged() {
        FakeMicrophones.plug(microphone("Desk", 16_000, 1, 16, Fault.UNPLUGGED));
        double seconds = 1.5 * tones.length / ToneModel.RATE_HZ;

        CommandRun run = listen("--duration", String.valueOf(seconds));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(line -> line.contains("bass"))).hasSize(2);
        assertThat(run.err())
                .contains("microphone \"Desk\" stopped; waiting for it to come back", "microphone \"Desk\" is back: ");
    }

    @Test
    void shouldEndWithTheCodeOfAMissingMicrophone() {
        FakeMicrophones.plug(microphone("Desk\u001b[2J", 16_000, 1, 16, Fault.UNPLUGGED));

        CommandRun run = listen("--no-reconnect", "--duration", "60");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(run.err())
                .contains("listening to Desk\\u001b[2J")
                .contains("keyspike: microphone Desk\\u001b[2J stopped; was it unplugged?")
                .doesNotContain("\u001b");
        FakeMicrophones.plug(microphone("Desk", 16_000, 1, 16, Fault.BUSY));
        CommandRun busy = listen("--device", "desk");
        assertThat(busy.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(busy.err()).contains("it offers 16000 Hz, 1 channel, 16 bits little-endian; is another program");
    }

    @Test
    void shouldRefuseChannelsThatHaveNoMeaning() {
        assertThat(listen("--channel", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(listen("--channel", "left").err()).contains("expected a channel number from 1, or mix, found left");
        assertThat(listen("--channel", "2", "--file", "a.wav").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
