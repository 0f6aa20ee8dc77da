package io.keyspike.kernels.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.threads.Workers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {

    @Test
    void shouldPreferVectorsWhereTheJvmHasThem() {
        assertThat(Backends.vectorAvailable()).isTrue(); // the tests' JVM is started with the module
        assertThat(Backends.preferred().name()).isEqualTo("vector");
        assertThat(Backends.named("scalar", 1).name()).isEqualTo("scalar");
    }

    @Test
    void shouldRefuseAnUnknownBackend() {
        assertThatThrownBy(() -> Backends.named("opencl", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backend: expected scalar, vector or tornado, found opencl");
        assertThatThrownBy(() -> Backends.stepsNamed("gpu"))
                .hasMessage("backend: expected scalar, vector or tornado, found gpu");
        assertThatThrownBy(() -> Backends.named("vector", 0))
                .hasMessage("backend vector: expected at least 1 thread, found 0");
    }

    @Test
    void shouldSayWhatIsMissingWhereADeviceWasAskedForAndNeverTakeAnother() {
        // the tests' JVM runs without TornadoVM, whether or not it is built in
        assertThat(Devices.available()).isFalse();
        assertThatThrownBy(() -> Backends.named("tornado", 1))
                .isInstanceOf(DeviceMissingException.class)
                .hasMessageStartingWith("backend tornado: ")
                .hasMessageContaining("set TORNADOVM_HOME to a TornadoVM SDK for JDK 25")
                .hasMessageContaining("start ./keyspike");
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldNameBothLengthsOfAnArrayThatIsTooShort(String name) {
        KernelBackend kernels = Backends.named(name, 1);
        assertThatThrownBy(
                        () -> kernels.dense(32, 128, 64, new float[100], new float[128 * 64], null, new float[32 * 64]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dense: expected x of at least 4,096 values for rows=32 × inputs=128, found 100");
        var parameters = new LifParameters(new float[4], new float[3], Reset.ZERO, 0f);
        SequenceShape shape = new SequenceShape(2, 3, 4);
        assertThatThrownBy(() -> kernels.lif(shape, parameters, new float[24], new float[24], new float[24]))
                .hasMessage("lif: expected threshold of at least 4 values for neurons=4, found 3");
        assertThatThrownBy(() -> kernels.leakyIntegrator(shape, new float[4], new float[23], new float[24]))
                .hasMessage("leakyIntegrator: expected current of at least 24 values for steps=2 × batch=3 × neurons=4,"
                        + " found 23");
        assertThatThrownBy(() -> kernels.diagonal(-1, 4, new float[4], new float[4], new float[4]))
                .hasMessage("diagonal: expected rows of at least 0, found -1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void shouldDoNothingForEmptyShapes(String name) {
        KernelBackend kernels = Backends.named(name, 2);
        float[] none = new float[0];
        kernels.dense(0, 3, 4, none, new float[12], null, none);
        kernels.diagonal(5, 0, none, none, none);
        kernels.lif(new SequenceShape(0, 2, 3), lif(3), none, none, none);
        kernels.lif(new SequenceShape(4, 0, 3), lif(3), none, none, none);
        kernels.lif(new SequenceShape(4, 2, 0), lif(0), none, none, none);
        float[] y = {1, 2};
        kernels.dense(2, 0, 1, none, none, new float[] {7}, y);
        assertThat(y).containsExactly(7, 7);
    }

    private static LifParameters lif(int neurons) {
        return new LifParameters(new float[neurons], new float[neurons], Reset.SUBTRACT, 0f);
    }

    @Test
    void shouldRunEveryTaskOnceWithManyCallersAtATime() throws Exception {
        Workers workers = Workers.of(4);
        int calls = 500;
        int tasks = 37;
        try (ExecutorService callers = Executors.newFixedThreadPool(3)) {
            CountDownLatch together = new CountDownLatch(3);
            var futures = IntStream.range(0, 3)
                    .mapToObj(caller -> callers.submit(() -> {
                        together.countDown();
                        together.await();
                        for (int call = 0; call < calls; call++) {
                            AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                            workers.run(tasks, runs::incrementAndGet);
                            for (int i = 0; i < tasks; i++) {
                                assertThat(runs.get(i)).isEqualTo(1);
                            }
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> future : futures) {
                future.get();
            }
        }
    }

    @Test
    void shouldPassOnWhatATaskThrowsAndGoOn() {
        Workers workers = Workers.of(3);
        assertThatThrownBy(() -> workers.run(8, i -> {
                    if (i == 5) {
                        throw new IllegalStateException("task 5");
                    }
                }))
                .hasMessage("task 5");
        AtomicIntegerArray runs = new AtomicIntegerArray(8);
        workers.run(8, runs::incrementAndGet);
        assertThat(IntStream.range(0, 8).map(runs::get)).containsOnly(1);
    }
}
