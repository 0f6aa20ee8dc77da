package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.testing.JvmFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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
        assertThat(run()).contains("features " + digest());
    }

    @Test
    void shouldGiveTheSameBitsWhereThePropertyAsksToDoWithout() throws Exception {
        assertThat(run(JvmFlags.argument(), "-Dkeyspike.vector=false")).contains("features " + digest());
    }

    private static String run(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Features.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
