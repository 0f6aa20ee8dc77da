package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FilterResponseTest {

    private final FilterbankSpec spec = FilterbankSpec.standard();

    @Test
    void shouldPassTheCentreAndHalfThePowerAtTheEdges() {
        for (int c = 0; c < spec.width(); c++) {
            double centre = spec.centreHz(c);
            // the edges of a resonator of bandwidth f/Q, whose frequencies the bilinear transform has warped
            double w0 = 2 * Math.PI * centre / spec.sampleRateHz();
            double half = Math.tan(w0 / (2 * spec.q()));
            double[] magnitudes =
                    FilterResponse.magnitudes(spec, new double[] {centre, 0, edge(w0, half), edge(w0, -half)})[c];
            assertThat(magnitudes[0]).isCloseTo(1, within(1e-9));
            assertThat(magnitudes[1]).isCloseTo(0, within(1e-12));
            assertThat(magnitudes[2]).isCloseTo(Math.sqrt(0.5), within(1e-9));
            assertThat(magnitudes[3]).isCloseTo(Math.sqrt(0.5), within(1e-9));
        }
    }

    /** Where cos w0 − cos w = ±half·sin w, at which the resonator lets half of the power pass. */
    private double edge(double w0, double half) {
        double low = half > 0 ? w0 : 0;
        double high = half > 0 ? Math.PI : w0;
        for (int i = 0; i < 200; i++) {
            double w = (low + high) / 2;
            if (Math.cos(w0) - Math.cos(w) < half * Math.sin(w)) {
                low = w;
            } else {
                high = w;
            }
        }
        return low * spec.sampleRateHz() / (2 * Math.PI);
    }

    @Test
    void shouldRefuseFrequenciesBeyondHalfTheSamplingRate() {
        assertThatThrownBy(() -> FilterResponse.magnitudes(spec, new double[] {9_000}))
                .hasMessage("filter response: expected frequencies from 0 to 8000 Hz, found 9000.0");
    }
}
