package io.keyspike.kernels.backends;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.StepKernels;
import io.keyspike.testing.JvmFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In JVMs of their own, since the choice is made once. */
class FallbackTest {

    /** Prints what a JVM chose. */
    static final class Choice {
        public static void main(String[] args) {
            StepKernels steps = Backends.preferredSteps();
            System.out.println("chose " + Backends.preferred().name() + " "
                    + steps.getClass().getSimpleName());
        }
    }

    @Test
    void shouldTakeScalarKernelsWhereTheVectorApiIsMissingAndSayWhatToDo() throws Exception {
        String output = run();
        assertThat(output).contains("chose scalar ScalarSteps");
        assertThat(output).containsOnlyOnce("without --add-modules=jdk.incubator.vector");
    }

    @Test
    void shouldTakeScalarKernelsWhereThePropertySaysSo() throws Exception {
        String output = run(JvmFlags.argument(), "-D" + Backends.VECTOR_PROPERTY + "=false");
        assertThat(output).contains("chose scalar ScalarSteps");
        assertThat(output).containsOnlyOnce("keyspike.vector=false");
    }

    @Test
    void shouldTakeVectorKernelsOtherwise() throws Exception {
        assertThat(run(JvmFlags.argument())).contains("chose vector VectorSteps");
    }

    private static String run(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Choice.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
