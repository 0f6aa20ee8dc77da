package io.keyspike.trainer.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.trainer.calibrate.ValidationStream.Labelled;
import io.keyspike.trainer.calibrate.ValidationStream.Placed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationStreamTest {

    private static short[] constant(int length, int value) {
        short[] samples = new short[length];
        Arrays.fill(samples, (short) value);
        return samples;
    }

    private static final List<Labelled> CLIPS = List.of(
            new Labelled(0, constant(100, 1_000)),
            new Labelled(1, constant(200, 2_000)),
            new Labelled(-1, constant(50, 3_000)));

    @Test
    void shouldPlaceEveryClipOnceWithGapsOfTheLengthAskedFor() {
        ValidationStream stream = ValidationStream.of(1_000, CLIPS, List.of(0.3, 0.5), List.of(), 1);
        assertThat(stream.clips()).hasSize(3);
        assertThat(stream.clips()).extracting(Placed::label).containsExactlyInAnyOrder(0, 1, -1);
        long end = 0;
        for (Placed clip : stream.clips()) {
            assertThat(clip.start() - end).isBetween(300L, 500L);
            end = clip.end();
            short value = stream.samples()[(int) clip.start()];
            assertThat(value).isEqualTo((short) (clip.label() < 0 ? 3_000 : 1_000 * (clip.label() + 1)));
            assertThat(stream.samples()[(int) clip.end() - 1]).isEqualTo(value);
            assertThat(stream.samples()[(int) clip.start() - 1]).isZero();
        }
        assertThat(stream.samples().length - end).isBetween(300L, 500L);
        assertThat(stream.hours()).isEqualTo(stream.samples().length / 3_600_000.0);
    }

    @Test
    void shouldFillGapsWithQuietNoiseAndBeTheSameForTheSameSeed() {
        List<short[]> noises = List.of(constant(70, 100));
        ValidationStream stream = ValidationStream.of(1_000, CLIPS, List.of(0.3, 0.5), noises, 4);
        assertThat(stream.samples()[0]).isEqualTo((short) 30);
        assertThat(ValidationStream.of(1_000, CLIPS, List.of(0.3, 0.5), noises, 4)
                        .samples())
                .isEqualTo(stream.samples());
        assertThat(ValidationStream.of(1_000, CLIPS, List.of(0.3, 0.5), noises, 5)
                        .samples())
                .isNotEqualTo(stream.samples());
    }
}
