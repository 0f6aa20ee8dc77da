package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.Backends;
import io.keyspike.models.KeywordSpotter;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelMeterTest {

    private static final KeywordSpotter SPOTTER =
            new KeywordSpotter(ToneModel.named("tones", "bass", "treble"), Backends.preferredSteps());

    @ParameterizedTest
    @CsvSource({"-200, 0", "-60, 0", "-30, 15", "0, 30", "6, 30", "-Infinity, 0"})
    void shouldFillTheBarFromMinus60DbToFullScale(float levelDb, int cells) {
        assertThat(LevelMeter.bar(levelDb)).hasSize(30).matches("#{" + cells + "} {" + (30 - cells) + "}");
    }

    @Test
    void shouldShowTimeLevelAndTheWordThatComesClosest() {
        var state = SPOTTER.newState();
        short[] tone = ToneModel.tones(ToneModel.HIGH_HZ);
        SPOTTER.process(state, tone, 0, ToneModel.RATE_HZ * 55 / 100, heard -> {});

        assertThat(LevelMeter.line(SPOTTER.model(), state, 0.55))
                .matches(" +0\\.[56] s \\[#{20,30} {0,10}\\]  -1\\d dB  treble (1\\.00|0\\.\\d\\d)");
    }

    @Test
    void shouldLeaveNothingBehind() {
        var drawn = new StringWriter();
        var meter = new LevelMeter(new PrintWriter(drawn));
        var hearing = new Hearing(
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
