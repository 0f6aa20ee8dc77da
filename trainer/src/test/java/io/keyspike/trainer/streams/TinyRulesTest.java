package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TinyRulesTest {
    private static final List<StreamLabel> WORDS =
            List.of(new StreamLabel(10, 11, "marvin"), new StreamLabel(20, 21, "marvin"));

    private static void assertCounts(int falseNegatives, int falsePositives, double... seconds) {
        List<StreamDetection> found = Arrays.stream(seconds)
                .mapToObj(s -> new StreamDetection(s, "marvin", 1))
                .toList();
        assertThat(TinyRules.count(WORDS, found, "marvin"))
                .isEqualTo(new TinyRules.Result(2, falseNegatives, falsePositives));
    }

    @Test
    void shouldFindAWordUpToHalfASecondAfterItsEnd() {
        assertCounts(1, 0, 10);
        assertCounts(1, 0, 11.49);
        assertCounts(2, 0, 11.5);
        assertCounts(0, 0, 10.5, 20.2, 20.4);
    }

    @Test
    void shouldCountNothingFalseUpToASecondAfterAWord() {
        assertCounts(2, 0, 11.99);
        assertCounts(2, 1, 12);
        assertCounts(2, 1, 9.99);
    }

    @Test
    void shouldCountFalsePositivesOnceASecond() {
        assertCounts(2, 1, 50, 50.5, 50.99);
        assertCounts(2, 2, 50, 50.5, 51);
        assertCounts(2, 2, 51, 50.5, 50, 51.5);
    }

    @Test
    void shouldFindEveryWordInWhoseTimeAPositiveLies() {
        List<StreamLabel> close = List.of(new StreamLabel(1, 2, "marvin"), new StreamLabel(2.1, 3, "marvin"));
        assertThat(TinyRules.count(close, List.of(new StreamDetection(2.2, "marvin", 1)), "marvin"))
                .isEqualTo(new TinyRules.Result(2, 0, 0));
    }

    @Test
    void shouldLeaveOtherWordsOut() {
        List<StreamLabel> labels = List.of(new StreamLabel(1, 2, "sheila"), new StreamLabel(5, 6, "marvin"));
        List<StreamDetection> found =
                List.of(new StreamDetection(1.5, "marvin", 1), new StreamDetection(5.5, "sheila", 1));
        assertThat(TinyRules.count(labels, found, "marvin")).isEqualTo(new TinyRules.Result(1, 1, 1));
    }

    @Test
    void shouldAllowEightOfEach() {
        var eight = new TinyRules.Result(50, 8, 8);
        assertThat(eight.passes()).isTrue();
        assertThat(eight.plus(new TinyRules.Result(1, 1, 0)).passes()).isFalse();
        assertThat(eight.plus(new TinyRules.Result(0, 0, 1)).passes()).isFalse();
    }
}
