package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.AdaptiveGain.Kind;
import io.keyspike.audio.features.FilterbankSpec.Compression;
import io.keyspike.audio.features.FilterbankSpec.Design;
import io.keyspike.audio.features.FilterbankSpec.Integration;
import io.keyspike.audio.features.FilterbankSpec.Rectifier;
import io.keyspike.audio.features.LogMelSpec.MelScale;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureSpecTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "999    | 16 | 97.6 | 15900 | 0.5 | 3 | 128 | sample rate in Hz from 1000 to 768000, found 999",
                "16000  | 0  | 97.6 | 15900 | 0.5 | 3 | 128 | filters from 1 to 1024, found 0",
                "16000  | 2000000000 | 97.6 | 15900 | 0.5 | 3 | 128 | filters from 1 to 1024, found 2000000000",
                "16000  | 16 | 0    | 15900 | 0.5 | 3 | 128 | first centre in Hz above 0.0, found 0.0",
                "16000  | 16 | NaN  | 15900 | 0.5 | 3 | 128 | first centre in Hz above 0.0, found NaN",
                "16000  | 16 | 97.6 | 97.6  | 0.5 | 3 | 128 | last centre in Hz above 97.6, found 97.6",
                "16000  | 16 | 97.6 | Infinity | 0.5 | 3 | 128 | last centre in Hz above 97.6, found Infinity",
                "16000  | 16 | 97.6 | 15900 | 0.6 | 3 | 128 | a centre limit of at most 0.5 (Nyquist), found 0.6",
                "16000  | 16 | 97.6 | 15900 | 0.5 | 0 | 128 | q above 0.0, found 0.0",
                "16000  | 16 | 97.6 | 15900 | 0.5 | 3 | 0   | bin samples from 1 to 16000, found 0",
                "16000  | 16 | 9000 | 15900 | 0.5 | 3 | 128 | the lowest centre below 8000.0 Hz at 16000 Hz, found 9000.0 Hz",
            })
    void shouldRefuseFilterbanksThatCannotBe(
            int rate, int filters, double first, double last, double limit, double q, int bin, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FilterbankSpec(
                        rate,
                        filters,
                        first,
                        last,
                        limit,
                        Design.PEAK,
                        q,
                        Rectifier.FULL,
                        Integration.MEAN,
                        bin,
                        Compression.LINEAR,
                        null,
                        null))
                .withMessage("filterbank: expected " + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | 500 | 160 | 40 | 20 | 7600 | 1e-6 | 5 | 2 | an FFT size that is a power of two, found 500",
                "600 | 512 | 160 | 40 | 20 | 7600 | 1e-6 | 5 | 2 | window samples from 1 to 512, found 600",
                "400 | 512 | 0   | 40 | 20 | 7600 | 1e-6 | 5 | 2 | hop samples from 1 to 16000, found 0",
                "400 | 512 | 160 | 0  | 20 | 7600 | 1e-6 | 5 | 2 | bands from 1 to 257, found 0",
                "400 | 512 | 160 | 40 | 20 | 8001 | 1e-6 | 5 | 2 | 0 <= low < high <= 8000.0 Hz, found low 20.0 Hz and high 8001.0 Hz",
                "400 | 512 | 160 | 40 | 20 | 7600 | 0    | 5 | 2 | log floor above 0.0, found 0.0",
                "400 | 512 | 160 | 40 | 20 | 7600 | 1e-6 | 0 | 2 | context frames from 1 to 1638, found 0",
                "400 | 512 | 160 | 40 | 20 | 7600 | 1e-6 | 5 | 0 | stride frames from 1 to 100, found 0",
            })
    void shouldRefuseLogMelsThatCannotBe(
            int window,
            int fft,
            int hop,
            int bands,
            double low,
            double high,
            double floor,
            int context,
            int stride,
            String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogMelSpec(
                        16_000, window, fft, hop, bands, low, high, MelScale.HTK, true, floor, context, stride, null))
                .withMessage("log-mel: expected " + expected);
    }

    @Test
    void shouldSayWhereItsChannelsLie() {
        FeatureSpec bank = FilterbankSpec.standard();
        assertThat(bank.channelsName()).isEqualTo("Filterbank");
        assertThat(bank.channelHz(0)).isEqualTo(97.6);
        assertThat(bank.channelHz(1) / bank.channelHz(0)).isCloseTo(1.404, within(1e-3));
        // HTK mel is 2595·log10(1 + f/700), so one band over 0 to f has its peak where the mel is half that of f.
        FeatureSpec one = new LogMelSpec(16_000, 400, 512, 160, 1, 0, 8_000, MelScale.HTK, true, 1e-6, 2, 2, null);
        assertThat(one.channelsName()).isEqualTo("Log-mel bands");
        assertThat(one.channelHz(0)).isCloseTo(700 * (Math.sqrt(1 + 8_000 / 700.0) - 1), within(1e-6));
        assertThatThrownBy(() -> one.channelHz(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> bank.channelHz(13)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseANormaliserOfAnotherWidth() {
        var twelve = new Normaliser(Collections.nCopies(12, 0f), Collections.nCopies(12, 1f), 1, 0, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FilterbankSpec.standard().withNormaliser(twelve))
                .withMessage("filterbank: expected a normaliser for 13 channels, found 12");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogMelSpec.standard().withNormaliser(twelve))
                .withMessage("log-mel: expected a normaliser for 40 channels, found 12");
    }

    @Test
    void shouldRefuseAGainThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdaptiveGain(Kind.LEVEL, 0, 1, 1))
                .withMessage("adaptive gain: expected tau in seconds above 0.0, found 0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> new AdaptiveGain(Kind.LEVEL, 1, -1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdaptiveGain(Kind.LEVEL, 1, 1, Float.POSITIVE_INFINITY));
    }

    @Test
    void shouldKeepTheSourcesThirteenOfSixteenFilters() {
        FilterbankSpec standard = FilterbankSpec.standard();
        assertThat(standard.width()).isEqualTo(13);
        assertThat(standard.stepSeconds()).isEqualTo(0.008);
        assertThat(standard.centreHz(0)).isEqualTo(97.6);
        assertThat(standard.centreHz(15)).isEqualTo(15_900);
        assertThat(LogMelSpec.standard().width()).isEqualTo(200);
        assertThat(LogMelSpec.standard().stepSeconds()).isEqualTo(0.02);
    }

    @Test
    void shouldTakeASingleFilter() {
        var one = new FilterbankSpec(
                16_000,
                1,
                440,
                0,
                0.5,
                Design.PEAK,
                1,
                Rectifier.HALF,
                Integration.SUM,
                16,
                Compression.LINEAR,
                null,
                null);
        assertThat(one.width()).isEqualTo(1);
        assertThat(one.centreHz(0)).isEqualTo(440);
    }
}
