package io.keyspike.trainer.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.testing.GoldenFile;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.config.OptimiserConfig.Kind;
import io.keyspike.trainer.config.OptimiserConfig.ScheduleConfig;
import io.keyspike.trainer.layers.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OptimiserTest {

    private static final ScheduleConfig CONSTANT = schedule(ScheduleConfig.Curve.CONSTANT, 0, 1);

    private static ScheduleConfig schedule(ScheduleConfig.Curve kind, double warmUp, double minimum) {
        return new ScheduleConfig(kind, warmUp, 0.05, minimum, List.of(0.5, 0.75), 0.1);
    }

    private static OptimiserConfig config(
            Kind kind, double rate, double beta1, double beta2, double epsilon, double decay, @Nullable Float clamp) {
        return config(kind, rate, beta1, beta2, epsilon, decay, clamp, false);
    }

    private static OptimiserConfig config(
            Kind kind,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double decay,
            @Nullable Float clamp,
            boolean variant) {
        return new OptimiserConfig(
                kind,
                rate,
                Map.of("slow", rate / 10),
                beta1,
                beta2,
                epsilon,
                variant,
                beta1,
                variant,
                decay,
                null,
                clamp,
                CONSTANT);
    }

    @ParameterizedTest
    @CsvSource({
        "adam,          ADAM,   0.01,  0.9, 0.999, 1e-8, 0, false",
        "adam_l2,       ADAM,   0.01,  0.9, 0.999, 1e-8, 0.1, false",
        "adam_betas,    ADAM,   0.005, 0.8, 0.95,  1e-6, 0, false",
        "adamw,         ADAM_W, 0.01,  0.9, 0.999, 1e-8, 0.1, false",
        "adamw_default, ADAM_W, 0.001, 0.9, 0.999, 1e-8, 0.01, false",
        "amsgrad,       ADAM,   0.01,  0.9, 0.999, 1e-8, 0,    true",
        "sgd_mom,       SGD,    0.01,  0.9, 0.999, 1e-8, 0,    false",
        "sgd_nesterov_wd, SGD,  0.01,  0.9, 0.999, 1e-8, 0.05, true"
    })
    void shouldFollowTorch(
            String name,
            Kind kind,
            double rate,
            double beta1,
            double beta2,
            double epsilon,
            double decay,
            boolean variant) {
        GoldenFile golden = GoldenFile.open("adam");
        float[] weights = golden.floats("w0");
        float[] gradients = golden.floats("grads");
        double[] expected = golden.doubles(name + ".f64");
        var p = new Parameter("layer", "weight", weights, new float[weights.length], Parameter.Role.MATRIX);
        var optimiser = Optimiser.of(config(kind, rate, beta1, beta2, epsilon, decay, null, variant), List.of(p));
        for (int step = 0; step < 5; step++) {
            System.arraycopy(gradients, step * weights.length, p.gradient(), 0, weights.length);
            optimiser.step(1);
            for (int i = 0; i < weights.length; i++) {
                assertThat((double) p.values()[i]).isCloseTo(expected[step * weights.length + i], within(1e-6));
            }
        }
    }

    @Test
    void shouldTakeALayersOwnRateAndTheSchedulesFactor() {
        var fast = new Parameter("fast", "weight", new float[] {0}, new float[] {3}, Parameter.Role.MATRIX);
        var slow = new Parameter("slow", "weight", new float[] {0}, new float[] {3}, Parameter.Role.MATRIX);
        Optimiser.of(config(Kind.ADAM, 0.1, 0.9, 0.999, 1e-8, 0, null), List.of(fast, slow))
                .step(0.5);
        // Adam's first step has the length of the rate, whatever the gradient's.
        assertThat(fast.values()[0]).isCloseTo(-0.05f, within(1e-6f));
        assertThat(slow.values()[0]).isCloseTo(-0.005f, within(1e-7f));
    }

    @Test
    void shouldDecayMatricesOnlyAndClampSynapsesOnly() {
        var matrix = new Parameter("l", "weight", new float[] {2}, new float[] {0}, Parameter.Role.MATRIX);
        var diagonal = new Parameter("l", "weight", new float[] {2}, new float[] {0}, Parameter.Role.DIAGONAL);
        var other = new Parameter("l", "decay", new float[] {2}, new float[] {0}, Parameter.Role.OTHER);
        var list = List.of(matrix, diagonal, other);
        Optimiser.of(config(Kind.ADAM_W, 0.1, 0.9, 0.999, 1e-8, 0.5, null), list)
                .step(1);
        assertThat(matrix.values()[0]).isCloseTo(1.9f, within(1e-6f));
        assertThat(diagonal.values()[0]).isEqualTo(2);
        assertThat(other.values()[0]).isEqualTo(2);
        Optimiser.of(config(Kind.ADAM, 0.1, 0.9, 0.999, 1e-8, 0, 0.9f), list).step(1);
        assertThat(matrix.values()[0]).isEqualTo(0.9f);
        assertThat(diagonal.values()[0]).isEqualTo(0.9f);
        assertThat(other.values()[0]).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"clip1, 1", "clip100, 100"})
    void shouldClipTheGlobalNormAsTorchDoes(String name, double limit) {
        GoldenFile golden = GoldenFile.open("adam");
        float[] a = golden.floats(name + ".ga");
        float[] b = golden.floats(name + ".gb");
        var first = new Parameter("l", "a", new float[a.length], a, Parameter.Role.OTHER);
        var second = new Parameter("l", "b", new float[b.length], b, Parameter.Role.OTHER);
        double norm = GradientClip.apply(List.of(first, second), limit);
        assertThat(norm).isCloseTo(golden.doubles(name + ".total_norm")[0], within(1e-5));
        float[] expectedA = golden.floats(name + ".out_a");
        float[] expectedB = golden.floats(name + ".out_b");
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).isCloseTo(expectedA[i], within(1e-6f));
        }
        for (int i = 0; i < b.length; i++) {
            assertThat(b[i]).isCloseTo(expectedB[i], within(1e-6f));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldNotDependOnHowValuesAreCut(Kind kind) {
        int size = 37;
        float[] whole = run(kind, size, (optimiser, step) -> optimiser.step(0.7));
        float[] cut = run(kind, size, (optimiser, step) -> {
            optimiser.begin(0.7);
            for (int from = size; from > 0; from -= 5) {
                optimiser.update(0, Math.max(0, from - 5), from);
            }
        });
        assertThat(cut).containsExactly(whole);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldGoOnFromItsStateAsIfNeverStopped(Kind kind) {
        int size = 8;
        List<Optimiser> last = new ArrayList<>();
        float[] whole = run(kind, size, (optimiser, step) -> optimiser.step(1));
        float[] stopped = run(kind, size, (optimiser, step) -> {
            Optimiser current = last.isEmpty() ? optimiser : last.getFirst();
            if (step == 2) {
                Optimiser fresh = Optimiser.of(config(kind, 0.1, 0.9, 0.99, 1e-8, 0.1, 3f, true), current.parameters());
                for (int i = 0; i < fresh.state().size(); i++) {
                    float[] saved = current.state().get(i);
                    System.arraycopy(saved, 0, fresh.state().get(i), 0, saved.length);
                }
                fresh.resumeAt(current.steps());
                last.add(fresh);
                current = fresh;
            }
            current.step(1);
        });
        assertThat(stopped).containsExactly(whole);
    }

    private static float[] run(Kind kind, int size, BiConsumer<Optimiser, Integer> step) {
        var random = new SplitMix(kind.name().length());
        var p = new Parameter("layer", "weight", new float[size], new float[size], Parameter.Role.MATRIX);
        for (int i = 0; i < size; i++) {
            p.values()[i] = (float) random.nextGaussian();
        }
        Optimiser optimiser = Optimiser.of(config(kind, 0.1, 0.9, 0.99, 1e-8, 0.1, 3f, true), List.of(p));
        for (int t = 0; t < 4; t++) {
            for (int i = 0; i < size; i++) {
                p.gradient()[i] = (float) random.nextGaussian();
            }
            step.accept(optimiser, t);
        }
        return p.values();
    }

    @ParameterizedTest
    @CsvSource({"cosine_T10_lr0.01_min0, 10, 0.01, 0", "cosine_T20_lr0.003_min1e-05, 20, 0.003, 1e-5"})
    void shouldFollowTorchsCosine(String name, int total, double rate, double minimum) {
        double[] expected = GoldenFile.open("adam").doubles(name);
        var schedule = new LearningRateSchedule(schedule(ScheduleConfig.Curve.COSINE, 0, minimum / rate), total);
        for (int step = 0; step <= total; step++) {
            assertThat(rate * schedule.factor(step)).isCloseTo(expected[step], within(1e-12));
        }
    }

    @Test
    void shouldWarmUpLinearlyBeforeTheCosine() {
        var schedule = new LearningRateSchedule(schedule(ScheduleConfig.Curve.COSINE, 0.1, 0), 100);
        assertThat(schedule.factor(0)).isEqualTo(0.05);
        assertThat(schedule.factor(5)).isCloseTo(0.525, within(1e-12));
        assertThat(schedule.factor(10)).isEqualTo(1);
        assertThat(schedule.factor(55)).isCloseTo(0.5, within(1e-12));
        assertThat(schedule.factor(100)).isCloseTo(0, within(1e-12));
    }

    @Test
    void shouldFallAtMilestonesAfterTheWarmUp() {
        var schedule = new LearningRateSchedule(schedule(ScheduleConfig.Curve.STEP, 0.1, 0), 40);
        assertThat(schedule.factor(0)).isEqualTo(0.05);
        assertThat(schedule.factor(4)).isEqualTo(1);
        assertThat(schedule.factor(19)).isEqualTo(1);
        assertThat(schedule.factor(20)).isCloseTo(0.1, within(1e-15));
        assertThat(schedule.factor(29)).isCloseTo(0.1, within(1e-15));
        assertThat(schedule.factor(30)).isCloseTo(0.01, within(1e-15));
        assertThat(schedule.factor(40)).isCloseTo(0.01, within(1e-15));
    }
}
