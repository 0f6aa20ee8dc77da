package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.audio.features.ClipLogMel.Padding;
import io.keyspike.audio.features.LogMelSpec.MelScale;
import io.keyspike.testing.GoldenFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against librosa and torchaudio on synthetic sound. */
class LogMelGoldenTest {
    private static final int BANDS = 32;
    private static final int BINS = 257;
    private static final int FRAMES = 128;
    private final GoldenFile golden = vectors();

    GoldenFile vectors() {
        return GoldenFile.open("logmel_synthetic");
    }

    private static LogMelSpec spec(MelScale scale, boolean areaNormalised) {
        return new LogMelSpec(16_000, 512, 512, 160, BANDS, 0, 8_000, scale, areaNormalised, 1, 1, 1, null);
    }

    private static ClipLogMel like(String library) {
        return library.equals("librosa")
                ? ClipLogMel.standard()
                : new ClipLogMel(spec(MelScale.HTK, false), Padding.REFLECT, FRAMES);
    }

    @ParameterizedTest
    @CsvSource({
        "librosa.fb,           SLANEY, true,  true",
        "librosa.fb_htk_nonorm, HTK,   false, true",
        "torchaudio.fb,        HTK,    false, false",
        "torchaudio.fb_slaney, SLANEY, true,  false"
    })
    void shouldWeighTheBinsAsThePeers(String tensor, MelScale scale, boolean areaNormalised, boolean bandsFirst) {
        MelBands bands = MelBands.of(spec(scale, areaNormalised));
        double[] expected = golden.doubles(tensor);
        assertThat(bands.count()).isEqualTo(BANDS);
        for (int b = 0; b < BANDS; b++) {
            for (int k = 0; k < BINS; k++) {
                double wanted = expected[bandsFirst ? b * BINS + k : k * BANDS + b];
                assertThat(bands.weight(b, k)).as("band %d, bin %d", b, k).isCloseTo(wanted, within(5e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"librosa, 0", "librosa, 1", "torchaudio, 0", "torchaudio, 1"})
    void shouldGiveTheMelEnergiesOfThePeers(String library, int clip) {
        double[][] mel = like(library).mel(golden.shorts("raw" + clip + "_int16"));
        double[] expected = golden.doubles(library + clip + ".mel");
        assertThat(mel).hasNumberOfRows(101);
        for (int t = 0; t < mel.length; t++) {
            for (int b = 0; b < BANDS; b++) {
                double wanted = expected[b * mel.length + t];
                assertThat(mel[t][b]).as("frame %d, band %d", t, b).isCloseTo(wanted, within(1e-4 * wanted + 1e-7));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"librosa, 0", "librosa, 1", "torchaudio, 0", "torchaudio, 1"})
    void shouldGiveTheImageOfThePeers(String library, int clip) {
        float[][] image = like(library).extract(golden.shorts("raw" + clip + "_int16"));
        float[] expected = golden.floats(library + clip + ".logmel01");
        assertThat(image).hasDimensions(FRAMES, BANDS);
        for (int t = 0; t < FRAMES; t++) {
            for (int b = 0; b < BANDS; b++) {
                assertThat(image[t][b])
                        .as("frame %d, band %d", t, b)
                        .isCloseTo(expected[b * FRAMES + t], within(5e-6f));
            }
        }
    }
}
