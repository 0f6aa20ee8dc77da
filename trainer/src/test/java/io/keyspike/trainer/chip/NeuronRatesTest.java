package io.keyspike.trainer.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.trainer.chip.NeuronRates.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeuronRatesTest {

    @ParameterizedTest
    @CsvSource({
        "0, DEAD",
        "0.001, NEARLY_SILENT",
        "0.0499, NEARLY_SILENT",
        "0.05, LOW",
        "0.0999, LOW",
        "0.1, OK",
        "0.7, OK",
        "0.71, HIGH",
        "0.9, HIGH",
        "0.91, SATURATED",
        "1, SATURATED"
    })
    void shouldJudgeRatesAsTheSourceDoes(double rate, Verdict verdict) {
        assertThat(Verdict.of(rate)).isEqualTo(verdict);
    }

    @Test
    void shouldListNeuronsByVerdict() {
        var rates = new NeuronRates(Map.of("hidden", new double[] {0, 0.2, 0, 0.95}));
        assertThat(rates.with("hidden", Verdict.DEAD)).containsExactly(0, 2);
        assertThat(rates.with("hidden", Verdict.SATURATED)).containsExactly(3);
        assertThat(rates.mean("hidden")).isEqualTo(1.15 / 4);
        assertThatThrownBy(() -> rates.mean("output"))
                .hasMessage("firing rates: expected one of the layers [hidden], found output");
    }
}
