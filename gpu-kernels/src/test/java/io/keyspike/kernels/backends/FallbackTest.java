package io.keyspike.kernels.backends;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.StepKernels;
import io.keyspike.testing.ChildJvm;
import io.keyspike.testing.JvmFlags;
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
        String output = ChildJvm.run(Choice.class);
        assertThat(output).contains("chose scalar ScalarSteps");
        assertThat(output).containsOnlyOnce("without --add-modules=jdk.incubator.vector");
    }

    @Test
    void shouldTakeScalarKernelsWhereThePropertySaysSo() throws Exception {
        String output = ChildJvm.run(Choice.class, JvmFlags.argument(), "-D" + Backends.VECTOR_PROPERTY + "=false");
        assertThat(output).contains("chose scalar ScalarSteps");
        assertThat(output).containsOnlyOnce("keyspike.vector=false");
    }

    @Test
    void shouldTakeVectorKernelsOtherwise() throws Exception {
        assertThat(ChildJvm.run(Choice.class, JvmFlags.argument())).contains("chose vector VectorSteps");
    }
}
