package io.keyspike.app.cli.keyword;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.trainer.streams.ScoreTrack;
import io.keyspike.trainer.streams.ScoredStream;
import io.keyspike.trainer.streams.StreamLabel;
import io.keyspike.trainer.streams.ThresholdSweep;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeywordMeasureTest {

    /** An hour in which the word is said once, and heard with a score of a half. */
    private static ThresholdSweep sweep() {
        var track = new ScoreTrack.Builder(List.of("hey-penguin"), 16_000, 16_000);
        for (int second = 1; second <= 3_600; second++) {
            track.step(second * 16_000L);
            track.score(0, second == 100 ? 0.5f : 0.01f);
        }
        var stream = new ScoredStream("hour", 3_600, List.of(new StreamLabel(99, 100, "hey-penguin")), track.build());
        return ThresholdSweep.of(List.of(stream), "hey-penguin");
    }

    private static KeywordMeasure measure(int voices, int recordings, double hours, int falseAlarms) {
        return new KeywordMeasure(
                Phrase.of("hey penguin"), 0.6f, 50, 44, voices, recordings, hours, falseAlarms, sweep());
    }

    @Test
    void shouldSayWhatToExpect() {
        assertThat(measure(30, 0, 38 / 60.0, 1).expectation())
                .isEqualTo(
                        "In 38 minutes of other speech it reported 'hey penguin' falsely once (about 1.6 an hour), and missed"
                                + " 12 % of 50 times 'hey penguin', measured on 30 synthetic voices that it was not trained on: real"
                                + " voices are missed more often.");
        assertThat(measure(30, 4, 2, 0).expectation())
                .contains("falsely never (less than 1.5 an hour, as far as that tells)")
                .contains("30 synthetic voices and 4 recordings of yours that it was not trained on");
        assertThat(measure(0, 4, 2, 3).expectation())
                .contains("falsely 3 times (about 1.5 an hour)")
                .endsWith("measured on 4 recordings of yours that it was not trained on.");
    }

    @Test
    void shouldSayThatFalseAlarmsCouldNotBeCounted() {
        assertThat(measure(30, 0, 0, 0).expectation())
                .startsWith("It missed 12 %")
                .contains("pass some with --negatives DIR");
    }

    @Test
    void shouldMarkRatesThatTheSoundIsTooShortFor() {
        List<String> table = measure(30, 0, 1, 0).table();
        assertThat(table).hasSize(5);
        assertThat(table.get(1)).contains("0.1").endsWith("(too little sound to tell)");
        assertThat(table.get(3)).contains("1.0").endsWith("0.0 %");
    }
}
