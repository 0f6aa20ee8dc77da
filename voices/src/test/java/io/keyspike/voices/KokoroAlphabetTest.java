package io.keyspike.voices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KokoroAlphabetTest {

    @ParameterizedTest
    @CsvSource({
        "kəmpjˈuːɾɚ, false, kəmpjˈuTəɹ",
        "hˈeɪ pˈɛŋɡwɪn, false, hˈA pˈɛŋɡwɪn",
        "vˈɔɪs, false, vˈYs",
        "tʃˈɔɪs, true, ʧˈYs",
        "dʒˈɑːɹvɪs, false, ʤˈɑɹvɪs",
        "ɡˈəʊ, true, ɡˈQ",
        "bˈɜːd, false, bˈɜɹd",
        "bˈɜːd, true, bˈɜːd"
    })
    void shouldSpellAsKokoroReads(String ipa, boolean british, String spelling) {
        assertThat(KokoroAlphabet.spelling(ipa, british)).isEqualTo(spelling);
    }

    @Test
    void shouldNumberSymbolsAndPadThem() {
        assertThat(KokoroAlphabet.tokens(KokoroAlphabet.numbers("hˈA"))).containsExactly(0, 50, 156, 24, 0);
    }

    @Test
    void shouldLeaveOutWhatHasNoNumber() {
        assertThat(KokoroAlphabet.numbers("h\u0321A")).containsExactly(50, 24);
    }
}
