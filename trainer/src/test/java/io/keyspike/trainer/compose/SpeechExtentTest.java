package io.keyspike.trainer.compose;

import static io.keyspike.trainer.compose.Tones.RATE_HZ;
import static io.keyspike.trainer.compose.Tones.addTone;
import static io.keyspike.trainer.compose.Tones.noise;
import static io.keyspike.trainer.compose.Tones.samples;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechExtentTest {
    private static final Offset<Integer> CLOSE = within(samples(0.03));

    private static Utterance find(short[] recording) {
        return Objects.requireNonNull(SpeechExtent.find("recording", recording, RATE_HZ));
    }

    private static Utterance findAll(short[] recording) {
        return Objects.requireNonNull(SpeechExtent.findAll("recording", recording, RATE_HZ));
    }

    private static void assertExtent(Utterance found, double fromSeconds, double toSeconds) {
        assertThat(found.start()).isCloseTo(samples(fromSeconds), CLOSE);
        assertThat(found.end()).isCloseTo(samples(toSeconds), CLOSE);
    }

    private static double levelOf(double amplitude) {
        return amplitude / Math.sqrt(2) / 32_768;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 3, 30, 250})
    void shouldFindAWordInNoise(double noise) {
        Utterance found = find(addTone(noise(1.5, noise, 1), 0.43, 0.51, 700, 4_000));
        assertExtent(found, 0.43, 0.94);
        assertThat(found.level()).isCloseTo(levelOf(4_000), within(0.06 * levelOf(4_000)));
    }

    @Test
    void shouldTakeNoClickForAWord() {
        short[] recording = addTone(noise(1.6, 10, 2), 0.7, 0.5, 600, 1_200);
        Arrays.fill(recording, samples(0.1), samples(0.11), (short) 25_000);
        Utterance found = find(recording);
        assertExtent(found, 0.7, 1.2);
        // Nor is the word's level that of the click.
        assertThat(found.level()).isCloseTo(levelOf(1_200), within(0.1 * levelOf(1_200)));
    }

    @Test
    void shouldTakeSyllablesCloseTogetherForOneWordAndThoseFarApartForTwo() {
        short[] close = addTone(addTone(noise(2, 10, 3), 0.3, 0.2, 600, 6_000), 0.75, 0.3, 600, 6_000);
        assertExtent(find(close), 0.3, 1.05);
        short[] far = addTone(addTone(noise(2.5, 10, 3), 0.3, 0.4, 600, 6_000), 1.3, 0.7, 600, 6_000);
        assertExtent(find(far), 1.3, 2.0);
    }

    @Test
    void shouldFindAShortWordWhereThereIsNoLongOne() {
        assertExtent(find(addTone(noise(1, 10, 4), 0.4, 0.12, 600, 6_000)), 0.4, 0.52);
    }

    @Test
    void shouldFindTheWholeOfConnectedSpeech() {
        short[] recording = noise(6, 20, 5);
        for (double at : new double[] {0.5, 1.9, 3.2, 5.0}) {
            addTone(recording, at, 0.6, 800, 5_000);
        }
        assertExtent(findAll(recording), 0.5, 5.6);
        assertThat(findAll(recording).level()).isCloseTo(levelOf(5_000), within(0.06 * levelOf(5_000)));
    }

    @Test
    void shouldTakeARecordingWithoutAPauseForSpeechThroughout() {
        short[] recording = addTone(new short[samples(1)], 0, 1, 500, 3_000);
        assertExtent(find(recording), 0, 1);
        assertExtent(findAll(recording), 0, 1);
        assertThat(find(recording).end()).isLessThanOrEqualTo(recording.length);
    }

    @Test
    void shouldFindNothingInDigitalSilence() {
        for (int length : new int[] {0, 1, 319, 320, RATE_HZ}) {
            assertThat(SpeechExtent.find("silence", new short[length], RATE_HZ)).isNull();
            assertThat(SpeechExtent.findAll("silence", new short[length], RATE_HZ))
                    .isNull();
        }
    }

    @Test
    void shouldFindTheSameAtAnyGain() {
        short[] recording = addTone(noise(1.5, 40, 6), 0.5, 0.4, 700, 8_000);
        short[] quiet = new short[recording.length];
        for (int i = 0; i < quiet.length; i++) {
            quiet[i] = (short) Math.rint(recording[i] / 8.0);
        }
        assertThat(find(quiet).start()).isEqualTo(find(recording).start());
        assertThat(find(quiet).end()).isEqualTo(find(recording).end());
        assertThat(find(quiet).level()).isCloseTo(find(recording).level() / 8, within(1e-4));
    }

    @Test
    void shouldRefuseSpeechOutsideItsRecording() {
        assertThatThrownBy(() -> new Utterance("a.wav", new short[10], 5, 11, 0.1))
                .hasMessage("a.wav: expected speech within 10 samples and a level above 0, found 5 to 11 and 0.1");
        assertThatThrownBy(() -> new Utterance("a.wav", new short[10], 5, 10, 0))
                .hasMessageStartingWith("a.wav: expected speech within 10 samples and a level above 0");
    }
}
