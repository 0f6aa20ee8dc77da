package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LanePcenTest {
    private static final int BANDS = 40;
    private static final int FRAMES = 400;
    private static final double SMOOTHING = 0.0247;
    private static final double ALPHA = 0.98;
    private static final double DELTA = 2;
    private static final double EPSILON = 1e-8;

    /** Energies of all magnitudes, with silence between them: every bit is that of the equation with StrictMath. */
    @Test
    void shouldGiveTheBitsOfTheEquation() {
        var random = new Random(1);
        var lanes = new LanePcen(SMOOTHING, ALPHA, DELTA, EPSILON, Math.sqrt(DELTA));
        double[] levels = new double[BANDS];
        double[] expectedLevels = new double[BANDS];
        double[] energies = new double[BANDS];
        double[] work = new double[BANDS];
        float[] found = new float[BANDS + 3];
        for (int frame = 0; frame < FRAMES; frame++) {
            for (int b = 0; b < BANDS; b++) {
                energies[b] = random.nextInt(4) == 0 ? 0 : StrictMath.exp(60 * random.nextDouble() - 50);
            }

            lanes.apply(energies, levels, found, 3, work);

            for (int b = 0; b < BANDS; b++) {
                expectedLevels[b] += SMOOTHING * (energies[b] - expectedLevels[b]);
                double gain = StrictMath.exp(StrictMath.log(EPSILON + expectedLevels[b]) * -ALPHA);
                float expected = (float) (Math.sqrt(energies[b] * gain + DELTA) - Math.sqrt(DELTA));
                assertThat(levels[b]).as("level %d of frame %d", b, frame).isEqualTo(expectedLevels[b]);
                assertThat(found[3 + b]).as("band %d of frame %d", b, frame).isEqualTo(expected);
            }
        }
    }
}
