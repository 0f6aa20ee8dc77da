package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.testing.ChildJvm;
import io.keyspike.testing.JvmFlags;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Features without the Vector API, in JVMs of their own, since the choice is made once. */
class WithoutVectorsTest {

    /** Prints what a second of noise gives. */
    static final class Features {
        public static void main(String[] args) {
            System.out.println("features " + digest());
        }
    }

    static int digest() {
        short[] samples = new short[16_000];
        var random = new Random(3);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (2_000 * random.nextGaussian());
        }
        LogMelSpec logarithm = LogMelSpec.standard();
        int digest = 1;
        for (FeatureSpec spec : List.of(logarithm, logarithm.withPcen(Pcen.standard()))) {
            float[][] rows = FeatureExtractors.extract(FeatureExtractors.of(spec), samples);
            digest = 31 * digest + Arrays.deepHashCode(rows);
        }
        return digest;
    }

    @Test
    void shouldGiveTheSameBitsWhereTheVectorApiIsMissing() throws Exception {
        assertThat(ChildJvm.run(Features.class)).contains("features " + digest());
    }

    @Test
    void shouldGiveTheSameBitsWhereThePropertyAsksToDoWithout() throws Exception {
        assertThat(ChildJvm.run(Features.class, JvmFlags.argument(), "-Dkeyspike.vector=false"))
                .contains("features " + digest());
    }
}
