package io.keyspike.voices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VoiceSplitTest {

    private static Voice voice(String speaker) {
        return new Voice("engine", "v_" + speaker, "en-us", List.of(speaker));
    }

    private static List<Voice> voices(int count) {
        return IntStream.range(0, count).mapToObj(i -> voice("speaker" + i)).toList();
    }

    @Test
    void shouldKeepAboutAFifthForValidation() {
        List<Voice> voices = voices(500);
        assertThat(new VoiceSplit(voices).side(voices, true)).hasSizeBetween(70, 130);
    }

    @Test
    void shouldDecideByNameAlone() {
        List<Voice> voices = voices(60);
        var shuffled = new ArrayList<>(voices.subList(10, 50));
        Collections.shuffle(shuffled, new Random(1));
        var all = new VoiceSplit(voices);
        var some = new VoiceSplit(shuffled);
        assertThat(shuffled).allMatch(voice -> all.isValidation(voice) == some.isValidation(voice));
    }

    @Test
    void shouldPutASpeakersVoicesOnOneSide() {
        List<Voice> voices = IntStream.range(0, 40)
                .mapToObj(i -> new Voice("engine", "v" + i, "en-us", List.of("speaker" + i / 2)))
                .toList();
        var split = new VoiceSplit(voices);
        for (int i = 0; i < voices.size(); i += 2) {
            assertThat(split.isValidation(voices.get(i))).isEqualTo(split.isValidation(voices.get(i + 1)));
        }
    }

    @Test
    void shouldHaveSomebodyOnEitherSideEvenOfTwo() {
        for (int i = 0; i < 50; i++) {
            List<Voice> two = List.of(voice("one" + i), voice("two" + i));
            assertThat(new VoiceSplit(two).side(two, true)).hasSize(1);
        }
    }

    @Test
    void shouldMixOnlyWithinASide() {
        List<Voice> voices = voices(30);
        var split = new VoiceSplit(voices);
        for (boolean validation : new boolean[] {true, false}) {
            List<Voice> mixes = VoiceSplit.mixes(split.side(voices, validation), 20);
            assertThat(mixes)
                    .isNotEmpty()
                    .doesNotHaveDuplicates()
                    .allMatch(mix -> split.isValidation(mix) == validation);
        }
    }

    @Test
    void shouldRefuseAMixAcrossSides() {
        List<Voice> voices = voices(30);
        var split = new VoiceSplit(voices);
        Voice across = split.side(voices, true)
                .getFirst()
                .mixedWith(split.side(voices, false).getFirst());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> split.isValidation(across))
                .withMessageContaining("mixes speakers of training and validation");
    }

    @Test
    void shouldGiveNoMoreMixesThanAskedFor() {
        assertThat(VoiceSplit.mixes(voices(10), 7)).hasSize(7);
        assertThat(VoiceSplit.mixes(voices(3), 100)).hasSize(3);
        assertThat(VoiceSplit.mixes(voices(1), 100)).isEmpty();
    }

    @Test
    void shouldNameFilesWithoutOddCharacters() {
        Voice mix = new Voice("kokoro", "af_heart", "en-us", List.of("heart"))
                .mixedWith(new Voice("kokoro", "am_adam", "en-us", List.of("adam")));
        assertThat(mix.fileName()).isEqualTo("kokoro-af-heart-am-adam");
        assertThat(mix.id()).isEqualTo("kokoro:af_heart+am_adam");
        assertThat(mix.speakers()).containsExactly("adam", "heart");
    }
}
