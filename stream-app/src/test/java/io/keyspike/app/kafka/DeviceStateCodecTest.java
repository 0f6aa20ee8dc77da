package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.AudioFrame;
import io.keyspike.models.Detection;
import io.keyspike.models.KeywordSpotter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        return saved ? DeviceStateCodec.decode(DeviceStateCodec.encode(state), Spotters.fixed(first)) : state;
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
        state.frameSamples = TestModels.FRAME;

        DeviceState read = DeviceStateCodec.decode(DeviceStateCodec.encode(state), Spotters.fixed(first));

        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("sound", "spotter")
                .isEqualTo(state);
        assertThat(read.previousSession).isEqualTo(1);
        assertThat(read.order.held).isNotEmpty();
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

        DeviceState read = DeviceStateCodec.decode(DeviceStateCodec.encode(state), Spotters.fixed(second));

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
            assertThatThrownBy(() -> DeviceStateCodec.decode(part, Spotters.fixed(first)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
        whole[0] = 9;
        assertThatThrownBy(() -> DeviceStateCodec.decode(whole, Spotters.fixed(first)))
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
