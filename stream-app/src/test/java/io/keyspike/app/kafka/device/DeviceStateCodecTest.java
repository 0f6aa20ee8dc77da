package io.keyspike.app.kafka.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.kafka.TestModels;
import io.keyspike.audio.AudioFrame;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceStateCodecTest {

    private static final int FRAMES = 60;

    private final KeywordSpotter first = TestModels.spotter("first", 1);
    private final KeywordSpotter second = TestModels.spotter("second", 2);
    private final short[] sound = TestModels.sound(1, FRAMES * TestModels.FRAME);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGoOnAsIfNeverSavedWhereverItIsSaved(long seed) {
        var random = new Random(seed);
        var heard = new ArrayList<Detection>();
        var state = new DeviceState(5, first);
        for (int i = 0; i < FRAMES; i += 2) {
            // The second of two comes first, so that every other save holds a frame.
            state = offer(state, i + 1, heard, random.nextBoolean());
            state = offer(state, i, heard, random.nextBoolean());
        }

        assertThat(heard).isEqualTo(TestModels.hear(first, sound)).isNotEmpty();
    }

    private DeviceState offer(DeviceState state, int sequence, List<Detection> heard, boolean saved) {
        AudioFrame frame = frame(sequence);
        state.order.offer(frame);
        AudioFrame next;
        while ((next = state.order.release(false)) != null) {
            state.spotter.process(state.sound, next.samples(), 0, next.samples().length, heard::add);
        }
        return saved ? DeviceStateCodec.decode(DeviceStateCodec.encode(state), SpotterProvider.fixed(first)) : state;
    }

    /** The file was written by version 0.1, after frames 0 to 29 of this sound and frame 31, in session 5 after session 4. */
    @Test
    void shouldGoOnFromAStateOfTheFirstLayout() throws Exception {
        byte[] golden = resource("device-state-1.bin");
        DeviceState state = DeviceStateCodec.decode(golden, SpotterProvider.fixed(first));

        assertThat(golden[0]).isEqualTo((byte) 1);
        assertThat(state.session).isEqualTo(5);
        assertThat(state.previousSession).isEqualTo(4);
        assertThat(state.heardAtMillis).isZero();
        assertThat(state.isNumberedAnew(frame(0))).isFalse();
        var before = TestModels.hear(first, Arrays.copyOf(sound, 30 * TestModels.FRAME));
        var heard = new ArrayList<>(before);
        state = offer(state, 30, heard, true);
        for (int i = 32; i < FRAMES; i++) {
            state = offer(state, i, heard, true);
        }
        assertThat(heard).isEqualTo(TestModels.hear(first, sound)).hasSizeGreaterThan(before.size());
        assertThat(DeviceStateCodec.encode(state)[0]).isEqualTo((byte) 2);
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = DeviceStateCodecTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    /** The table of sizes in docs/kafka.md. */
    @ParameterizedTest
    @CsvSource({
        "yes-no-clips, 1100",
        "yes-no, 7500",
        "yes-no-h1, 1100",
        "commands-12, 7500",
        "wake-words, 7500",
        "commands-clips, 5500",
        "commands-h1, 1650"
    })
    void shouldStaySmallWithTheShippedModels(String name, int mostBytes) throws Exception {
        var root = Path.of(System.getProperty("keyspike.root", ".."));
        KeywordModel model = ModelFiles.read(root.resolve("model-zoo").resolve(name + ".safetensors"));
        var state = new DeviceState(1, new KeywordSpotter(model, Backends.stepsNamed("scalar")));
        for (int i = 0; i < DeviceState.RECENT_EVENTS + 1; i++) {
            state.remember(new DeviceState.Heard(model.labels().getFirst(), 1, 1, i, i, i));
        }

        assertThat(DeviceStateCodec.encode(state)).hasSizeBetween(mostBytes * 9 / 10, mostBytes);
    }

    @Test
    void shouldKeepEverythingThatDecidesOnLaterFrames() {
        var state = new DeviceState(1, first);
        state.begin(2, first);
        for (int sequence : new int[] {0, 1, 3, 9}) {
            state.order.offer(frame(sequence));
            while (state.order.release(false) != null) {
                state.begun = true;
            }
        }
        state.processed(frame(9), 1_234_567);
        state.restarts = 3;
        state.spiked(0, 5, 10, 0.008);
        for (int i = 0; i < DeviceState.RECENT_EVENTS + 1; i++) {
            state.remember(new DeviceState.Heard("größe", 0.25f, 2, i, 1_000 + i, 2_000 + i));
        }

        DeviceState read = DeviceStateCodec.decode(DeviceStateCodec.encode(state), SpotterProvider.fixed(first));

        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("sound", "spotter")
                .isEqualTo(state);
        assertThat(read.previousSession).isEqualTo(1);
        assertThat(read.order.held).isNotEmpty();
        assertThat(read.recent).hasSize(DeviceState.RECENT_EVENTS);
        assertThat(SavedDevice.heardAtMillis(DeviceStateCodec.encode(state))).isEqualTo(1_234_567);
    }

    @Test
    void shouldGoOnWithTheModelThatMadeTheStateUntilItIsSwapped() {
        var state = new DeviceState(1, first);
        first.process(state.sound, sound, 0, sound.length, d -> {});
        var spotters = new SwitchableSpotters(first, second);
        spotters.use(second);

        DeviceState read = DeviceStateCodec.decode(DeviceStateCodec.encode(state), spotters);

        assertThat(read.spotter).isSameAs(first);
        assertThat(read.sound.steps()).isEqualTo(state.sound.steps());
    }

    @Test
    void shouldBeginAfreshAtTheSamePlaceWhereTheModelIsGone() {
        var state = new DeviceState(1, first);
        first.process(state.sound, sound, 0, sound.length, d -> {});

        DeviceState read = DeviceStateCodec.decode(DeviceStateCodec.encode(state), SpotterProvider.fixed(second));

        assertThat(read.spotter).isSameAs(second);
        assertThat(read.sound.samplePosition()).isEqualTo(sound.length);
        assertThat(read.sound.steps()).isZero();
    }

    @Test
    void shouldRefuseBytesThatAreNotAWholeState() {
        var state = new DeviceState(1, first);
        state.order.offer(frame(3));
        byte[] whole = DeviceStateCodec.encode(state);

        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> DeviceStateCodec.decode(part, SpotterProvider.fixed(first)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
        whole[0] = 9;
        assertThatThrownBy(() -> DeviceStateCodec.decode(whole, SpotterProvider.fixed(first)))
                .hasMessage("device state: expected layout 1 or 2, found 9");
    }

    private AudioFrame frame(int sequence) {
        return new AudioFrame(
                TestModels.RATE_HZ,
                5,
                sequence,
                0,
                Arrays.copyOfRange(sound, sequence * TestModels.FRAME, (sequence + 1) * TestModels.FRAME));
    }
}
