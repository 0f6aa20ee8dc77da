package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.voices.EngineMissingException;
import io.keyspike.voices.Phonemes;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoundAlikesTest {

    private static List<String> of(String text) throws IOException {
        try {
            return SoundAlikes.of(Phrase.of(text), new Phonemes(), 20);
        } catch (EngineMissingException e) {
            assumeTrue(false, "espeak-ng is not installed");
            throw e;
        }
    }

    @Test
    void shouldFindWhatSoundsLikeAWord() throws IOException {
        assertThat(of("computer")).hasSize(20).contains("compute", "commute").doesNotContain("computer");
    }

    @Test
    void shouldChangeAPartOfSeveral() throws IOException {
        assertThat(of("hey penguin"))
                .hasSize(20)
                .contains("hey", "penguin")
                .anyMatch(text -> text.startsWith("hey ") && !text.equals("hey penguin"))
                .anyMatch(text -> text.endsWith(" penguin"))
                .doesNotContain("hey penguin");
    }

    @Test
    void shouldLeaveOutWhatIsPronouncedAlike() throws IOException {
        assertThat(of("sea")).doesNotContain("see", "sea").contains("she");
    }

    @Test
    void shouldMeasureHowFarSoundsAreApart() {
        assertThat(SoundAlikes.distance("kæt", "kæt")).isZero();
        assertThat(SoundAlikes.distance("kæt", "ɡæt")).isLessThan(SoundAlikes.distance("kæt", "mæt"));
        assertThat(SoundAlikes.distance("", "kæt")).isCloseTo(0.8, within(1e-9));
    }
}
