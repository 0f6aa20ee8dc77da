package io.keyspike.app.hearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.cli.ToneModel;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.models.spotter.KeywordSpotter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SensitivityTest {

    private static final KeywordModel PLAIN = ToneModel.named("tones", "bass", "treble");
    private static final ThresholdCurve CURVE = new ThresholdCurve(
            10,
            List.of(new ThresholdPoint(0.3f, 100, 0), new ThresholdPoint(0.6f, 10, 1), new ThresholdPoint(0.8f, 1, 3)));
    private static final KeywordModel MEASURED =
            PLAIN.withQuality(new StreamQuality("10 h by hand", 10, Map.of("bass", CURVE, "treble", CURVE)));

    @Test
    void shouldTakeThresholdsFromTheMeasuredRateAndWordsBeforeIt() {
        var sensitivity = new Sensitivity(1.0, Map.of("treble", Optional.of(0.25f)));

        assertThat(sensitivity.thresholdsOf(MEASURED)).isEqualTo(Map.of("bass", 0.6f, "treble", 0.25f));
        assertThat(new Sensitivity(0.1, Map.of("treble", Optional.empty())).thresholdsOf(MEASURED))
                .isEqualTo(Map.of("bass", 0.8f));
        assertThat(sensitivity.problem(MEASURED)).isNull();
    }

    @Test
    void shouldKeepAModelsOwnThresholdsWhereNothingWasMeasured() {
        var sensitivity = new Sensitivity(1.0, Map.of("other", Optional.of(0.25f)));

        assertThat(sensitivity.thresholdsOf(PLAIN)).isEqualTo(PLAIN.decision().thresholds());
        assertThat(sensitivity.problem(PLAIN))
                .isEqualTo("tones: expected thresholds for words among [quiet, bass, treble], found one for other");
        assertThat(new Sensitivity(1.0, Map.of()).problem(PLAIN))
                .isEqualTo("tones: expected a model with false alarms measured on streams, found one without; keyspike"
                        + " calibrate measures them");
    }

    @Test
    void shouldTuneEverySpotterOnceAndLeaveItsVersion() {
        var spotter = new KeywordSpotter(MEASURED, Backends.preferredSteps());
        var tuned = new TunedSpotters(new Sensitivity(1.0, Map.of()));
        SpotterProvider provider = tuned.over(SpotterProvider.fixed(spotter));

        KeywordSpotter current = provider.current();
        assertThat(current.model().decision().thresholds()).isEqualTo(Map.of("bass", 0.6f, "treble", 0.6f));
        assertThat(current.model().version()).isEqualTo(MEASURED.version());
        assertThat(provider.current()).isSameAs(current);
        assertThat(provider.forDevice("any")).isSameAs(current);
        assertThat(provider.ofVersion(MEASURED.version())).isSameAs(current);
        assertThat(new TunedSpotters(Sensitivity.OF_MODEL).of(spotter)).isSameAs(spotter);
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        assertThatThrownBy(() -> new Sensitivity(0.0, Map.of()))
                .hasMessage("expected a rate of false alarms an hour above 0, found 0.0");
        assertThatThrownBy(() -> new Sensitivity(null, Map.of("a", Optional.of(2f))))
                .hasMessage("expected a threshold above 0 and up to 1 for a, found 2.0");
    }
}
