package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.testing.FakeMicrophone;
import io.keyspike.testing.FakeMicrophone.Fault;
import io.keyspike.testing.FakeMicrophones;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MicrophoneSourceTest {

    private final List<String> remarks = new ArrayList<>();

    @AfterEach
    void unplug() {
        FakeMicrophones.plug();
    }

    private static AudioFormat pcm(int rateHz, int channels, int bits, boolean bigEndian) {
        return new AudioFormat(rateHz, bits, channels, true, bigEndian);
    }

    /** Each channel counts up, from 1,000 times its number. */
    private static int counting(int index, int channel) {
        return 1_000 * (channel + 1) + index;
    }

    private static FakeMicrophone counting(String name, AudioFormat format, Fault... faults) {
        return new FakeMicrophone(name, format, MicrophoneSourceTest::counting, 2_000, faults);
    }

    private MicrophoneSource open(@Nullable String device, int channel, boolean reconnect) throws IOException {
        return MicrophoneSource.open(new MicrophoneChoice(device, channel, reconnect), 16_000, remarks::add);
    }

    private static short[] read(AudioSource source, int count) throws IOException {
        short[] samples = new short[count];
        int at = 0;
        while (at < count) {
            int read = source.read(samples, at, count - at);
            assertThat(read).isPositive();
            at += read;
        }
        return samples;
    }

    static Stream<AudioFormat> formats() {
        return Stream.of(
                pcm(16_000, 1, 16, false),
                pcm(16_000, 1, 16, true),
                pcm(16_000, 1, 24, false),
                pcm(16_000, 1, 24, true),
                pcm(16_000, 1, 32, false),
                pcm(16_000, 1, 32, true),
                pcm(16_000, 4, 16, false),
                pcm(16_000, 6, 16, false),
                pcm(16_000, 8, 32, true),
                pcm(16_000, 7, 24, false),
                new AudioFormat(Encoding.PCM_SIGNED, 16_000, 24, 2, 8, 16_000, false),
                new AudioFormat(Encoding.PCM_SIGNED, 16_000, 24, 2, 8, 16_000, true),
                new AudioFormat(Encoding.PCM_SIGNED, 16_000, 20, 1, 3, 16_000, false),
                new AudioFormat(Encoding.PCM_UNSIGNED, 16_000, 16, 1, 2, 16_000, false),
                new AudioFormat(Encoding.PCM_FLOAT, 16_000, 32, 2, 8, 16_000, false),
                new AudioFormat(Encoding.PCM_FLOAT, 16_000, 64, 3, 24, 16_000, true));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldHearTheSameSamplesInEveryFormat(AudioFormat format) throws IOException {
        FakeMicrophones.plug(counting("device", format));
        double mean = 500.0 * (format.getChannels() + 1);

        try (MicrophoneSource source = open("device", 0, true)) {
            short[] samples = read(source, 1_000);
            for (int i = 0; i < samples.length; i++) {
                assertThat((int) samples[i]).as("sample %d", i).isEqualTo((int) mean + i);
            }
        }
        try (MicrophoneSource source = open("device", format.getChannels(), true)) {
            assertThat((int) read(source, 1)[0]).isEqualTo(1_000 * format.getChannels());
        }
        assertThat(remarks).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000})
    void shouldResampleWhateverRateADeviceHas(int rateHz) throws IOException {
        FakeMicrophones.plug(new FakeMicrophone("device", pcm(rateHz, 2, 24, true), (i, c) -> 5_000, 10 * rateHz));

        try (MicrophoneSource source = open(null, 0, true)) {
            short[] samples = read(source, 8_000);
            assertThat((int) samples[4_000]).isEqualTo(5_000);
            assertThat(source.sampleRateHz()).isEqualTo(16_000);
            assertThat(source.details())
                    .isEqualTo(rateHz
                            + " Hz, 2 channels (their mean), 24 bits big-endian, resampled to 16000 Hz; gain unknown");
        }
    }

    @Test
    void shouldReadEightBitsOfBothKinds() throws IOException {
        for (Encoding encoding : List.of(Encoding.PCM_SIGNED, Encoding.PCM_UNSIGNED)) {
            var format = new AudioFormat(encoding, 16_000, 8, 1, 1, 16_000, false);
            FakeMicrophones.plug(new FakeMicrophone("device", format, (i, c) -> 256 * (i % 100 - 50), 1_000));
            try (MicrophoneSource source = open(null, 0, true)) {
                short[] samples = read(source, 200);
                assertThat((int) samples[0]).isEqualTo(-12_800);
                assertThat((int) samples[99]).isEqualTo(12_544);
            }
        }
    }

    @Test
    void shouldDecodeTelephoneLaws() {
        var muLaw = LineFormat.of(new AudioFormat(Encoding.ULAW, 8_000, 8, 1, 1, 8_000, false), 0);
        var aLaw = LineFormat.of(new AudioFormat(Encoding.ALAW, 8_000, 8, 1, 1, 8_000, false), 0);
        // Table entries of ITU-T G.711, in 16-bit units.
        byte[] codes = {(byte) 0xff, (byte) 0x7f, 0, (byte) 0x80, (byte) 0xd5, 0x55, (byte) 0xaa, 0x2a};
        assertThat(List.of(0, 1, 2, 3).stream().map(i -> (int) muLaw.sample(codes, i)))
                .containsExactly(0, 0, -32_124, 32_124);
        assertThat(List.of(4, 5, 6, 7).stream().map(i -> (int) aLaw.sample(codes, i)))
                .containsExactly(8, -8, 32_256, -32_256);
    }

    @Test
    void shouldOpenTheVeryDeviceOfANumber() throws IOException {
        var first = counting("USB Mic", pcm(16_000, 1, 16, false));
        var second = counting("USB Mic", pcm(16_000, 1, 16, false));
        FakeMicrophones.plug(first, second);

        open("1", 0, true).close();

        assertThat(first.opened()).isZero();
        assertThat(second.opened()).isEqualTo(1);
        assertThatThrownBy(() -> open("7000", 0, true))
                .isInstanceOf(NoMicrophoneException.class)
                .hasMessageContaining("no microphone number 7000; there are \"USB Mic\", \"USB Mic\"");
    }

    @Test
    void shouldPreferAnExactNameToAPart() throws IOException {
        var longer = counting("USB Mic 2", pcm(16_000, 1, 16, false));
        var exact = counting("USB Mic", pcm(16_000, 1, 16, false));
        FakeMicrophones.plug(longer, exact);

        open("USB Mic", 0, true).close();
        open("usb mic", 0, true).close();
        assertThat(longer.opened()).isZero();
        assertThat(exact.opened()).isEqualTo(2);

        open("mic 2", 0, true).close();
        assertThat(longer.opened()).isEqualTo(1);
    }

    @Test
    void shouldGoOnToTheNextFormatIfADeviceLies() throws IOException {
        FakeMicrophones.plug(counting("liar", pcm(22_050, 6, 24, true), Fault.LIES));
        try (MicrophoneSource source = open(null, 0, true)) {
            assertThat(source.details()).startsWith("22050 Hz, 6 channels (their mean), 24 bits big-endian");
        }
    }

    @Test
    void shouldSayWhichDeviceReplacesABusyDefault() throws IOException {
        FakeMicrophones.plug(
                counting("Desk", pcm(16_000, 1, 16, false), Fault.BUSY), counting("HDMI", pcm(16_000, 1, 16, false)));
        try (MicrophoneSource source = open(null, 0, true)) {
            assertThat(source.description()).isEqualTo("HDMI");
        }
        assertThat(remarks)
                .singleElement()
                .satisfies(remark -> assertThat(remark)
                        .startsWith("microphone \"Desk\" cannot be opened (")
                        .endsWith("using \"HDMI\" instead"));
    }

    @Test
    void shouldSayWhatADeviceOffersThatCannotBeOpened() {
        FakeMicrophones.plug(counting("Desk", pcm(192_000, 6, 24, true), Fault.GONE));
        assertThatThrownBy(() -> open("0", 0, true))
                .isInstanceOf(NoMicrophoneException.class)
                .hasMessageContaining("microphone \"Desk\" cannot be opened (Line unsupported: ")
                .hasMessageEndingWith(
                        "it offers 192000 Hz, 6 channels, 24 bits big-endian; is another program recording,"
                                + " or was it unplugged?");
        FakeMicrophones.plug(counting("Desk", pcm(16_000, 2, 16, false)));
        assertThatThrownBy(() -> open("0", 3, true))
                .hasMessage("microphone \"Desk\" cannot be opened with a channel 3 (no usable format);"
                        + " it offers 16000 Hz, 2 channels, 16 bits little-endian");
    }

    @Test
    void shouldReadOnAfterMomentsWithoutSamples() throws IOException {
        FakeMicrophones.plug(counting("device", pcm(16_000, 1, 16, false), Fault.HESITATES));
        try (MicrophoneSource source = open(null, 0, false)) {
            assertThat((int) read(source, 1_000)[999]).isEqualTo(1_999);
        }
    }

    @Test
    void shouldOpenAnUnpluggedMicrophoneAgainWhenItIsBack() throws IOException {
        var device = counting("USB Mic", pcm(16_000, 1, 16, false), Fault.UNPLUGGED);
        FakeMicrophones.plug(counting("USB Mic 2", pcm(16_000, 1, 16, false)), device);
        try (MicrophoneSource source = open("USB Mic", 0, true)) {
            short[] samples = read(source, 3_000);
            assertThat((int) samples[1_999]).isEqualTo(2_999);
            assertThat((int) samples[2_000]).isEqualTo(1_000);
        }
        assertThat(device.opened()).isEqualTo(2);
        assertThat(remarks)
                .containsExactly(
                        "microphone \"USB Mic\" stopped; waiting for it to come back",
                        "microphone \"USB Mic\" is back: 16000 Hz, 1 channel, 16 bits little-endian; gain unknown");
    }

    @Test
    void shouldOpenAMicrophoneAgainThatBlocks() throws IOException {
        var device = counting("device", pcm(48_000, 1, 16, false), Fault.BLOCKS);
        FakeMicrophones.plug(device);
        try (MicrophoneSource source = open(null, 0, true)) {
            read(source, 1_000);
        }
        assertThat(device.opened()).isEqualTo(2);
    }

    @Test
    void shouldNotOpenItsTwinWhileAMicrophoneIsAway() throws IOException {
        var left = counting("USB Mic", pcm(16_000, 1, 16, false), Fault.UNPLUGGED);
        var right = counting("USB Mic", pcm(16_000, 1, 16, false));
        FakeMicrophones.plug(left, right);
        try (MicrophoneSource source = open("0", 0, true)) {
            read(source, 3_000);
        }
        assertThat(left.opened()).isEqualTo(2);
        assertThat(right.opened()).isZero();
    }

    @Test
    void shouldFailWhenAnUnpluggedMicrophoneIsNotToBeReopened() throws IOException {
        FakeMicrophones.plug(counting("USB Mic", pcm(16_000, 1, 16, false), Fault.UNPLUGGED));
        try (MicrophoneSource source = open(null, 0, false)) {
            read(source, 2_000);
            assertThatThrownBy(() -> source.read(new short[10], 0, 10))
                    .isInstanceOf(NoMicrophoneException.class)
                    .hasMessage("microphone USB Mic stopped; was it unplugged?");
        }
    }

    @Test
    void shouldStopWaitingWhenAsked() throws IOException {
        FakeMicrophones.plug(counting("USB Mic", pcm(16_000, 1, 16, false), Fault.UNPLUGGED));
        var listener = new MicrophoneListener() {
            @Override
            public void remark(String sentence) {
                remarks.add(sentence);
            }

            @Override
            public boolean isWaiting() {
                return false;
            }
        };
        try (MicrophoneSource source = MicrophoneSource.open(MicrophoneChoice.DEFAULT, 16_000, listener)) {
            read(source, 2_000);
            assertThat(source.read(new short[10], 0, 10)).isEqualTo(-1);
        }
        assertThat(remarks).hasSize(1);
    }

    @Test
    void shouldTellTheGainThatADriverTells() throws IOException {
        FakeMicrophones.plug(counting("device", pcm(16_000, 1, 16, false)).withGain(6));
        try (MicrophoneSource source = open(null, 0, true)) {
            assertThat(source.details()).isEqualTo("16000 Hz, 1 channel, 16 bits little-endian; gain 6.0 dB");
        }
    }
}
