package io.keyspike.app.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.cli.shared.StreamSession;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LevelMeterTest {

    private static final KeywordSpotter SPOTTER =
            new KeywordSpotter(ToneModel.named("tones", "bass", "treble"), Backends.preferredSteps());

    @ParameterizedTest
    @CsvSource({"-200, 0", "-60, 0", "-30, 10", "0, 20", "6, 20", "-Infinity, 0"})
    void shouldFillTheBarFromMinus60DbToFullScale(float levelDb, int cells) {
        assertThat(LevelMeter.bar(levelDb)).hasSize(20).matches("#{" + cells + "} {" + (20 - cells) + "}");
    }

    @Test
    void shouldShowTimeLevelAndTheWordThatComesClosest() {
        var state = SPOTTER.newState();
        short[] tone = ToneModel.tones(ToneModel.HIGH_HZ);
        SPOTTER.process(state, tone, 0, ToneModel.RATE_HZ * 55 / 100, heard -> {});

        assertThat(LevelMeter.line(SPOTTER.model(), state, 0.55, 80))
                .matches(
                        " +0\\.[56] s \\[#{13,20} {0,7}\\]  -1\\d dB  treble (1\\.00|0\\.\\d\\d)[* ] bass 0\\.\\d\\d ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40, 46, 52, 60, 79, 80, 200})
    void shouldStayWithinTheTerminal(int columns) {
        var spotter = new KeywordSpotter(
                ToneModel.named("tones", "a-word-that-is-long", "another-one"), Backends.preferredSteps());
        String line = LevelMeter.line(spotter.model(), spotter.newState(), 12.3, columns);
        assertThat(line).hasSizeLessThan(columns);
        assertThat(line.replaceAll(".* dB *", ""))
                .as("words whole or not at all")
                .matches("( ?(a-word-that-is-long|another-one) 0\\.00 )*|.*[\\[#s].*| *\\d.*|");
    }

    @Test
    void shouldLeaveNothingBehind() {
        var drawn = new StringWriter();
        var meter = new LevelMeter(new PrintWriter(drawn), 80);
        var hearing = new StreamSession(
                () -> SPOTTER,
                ToneModel.RATE_HZ,
                new ListenOutput(
                        new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, null));

        meter.clear();
        assertThat(drawn.toString()).isEmpty();
        meter.show(hearing);
        meter.clear();

        assertThat(drawn.toString()).contains("dB").endsWith("\r\u001b[2K");
    }
}
