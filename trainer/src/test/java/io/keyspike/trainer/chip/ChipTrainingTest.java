package io.keyspike.trainer.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipCheck;
import io.keyspike.models.chip.ChipImage;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.IntegerNetwork;
import io.keyspike.models.chip.Violation;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.StreamingNetwork;
import io.keyspike.trainer.chip.NeuronRates.Verdict;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.data.Split;
import io.keyspike.trainer.evaluate.ClipMetrics;
import io.keyspike.trainer.evaluate.ClipRun;
import io.keyspike.trainer.evaluate.Evaluation;
import io.keyspike.trainer.evaluate.ModelClips;
import io.keyspike.trainer.loop.SyntheticWords;
import io.keyspike.trainer.loop.Trainer;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.loop.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings for a chip, on a small synthetic data set. */
class ChipTrainingTest {

    private static final String CONFIGURATION = """
            name: sweeps-chip
            data: {words: [rising, flat], clip_seconds: 0.5}
            features: {kind: filterbank, normaliser: {offset: 0.5, rectified: true}}
            network:
              surrogate: {kind: fast_sigmoid, slope: 4}
              layers:
                - {name: frontend, synapse: diagonal, init: {kind: normal, mean: 0.5, deviation: 0},
                   neuron: {kind: KIND, tau_millis: 64, reset: RESET}}
                - {name: hidden, width: 24, init: {kind: INIT, deviation: 0.35},
                   neuron: {kind: KIND, tau_millis: 64, reset: RESET}}
                - {name: output, init: {kind: INIT, deviation: 0.3}, neuron: {kind: KIND, tau_millis: 64, reset: RESET}}
            loss: {rule: spike_count, logit_scale: 0.5, SOFT}
            optimiser: {learning_rate: 1.0e-2, learning_rates: {frontend: 1.0e-4}}
            training: {epochs: 60, batch: 8, select: last}
            augmentation: {copies: 4, roll_frames: 3, noise_probability: 0}
            decision: {calibration: {enabled: false}}
            CHIP
            """;

    @TempDir
    private static Path temporary;

    private static Path words = Path.of("");

    @BeforeAll
    static void write() {
        words = SyntheticWords.write(temporary.resolve("words"));
    }

    private static TrainingConfig config(String kind, String reset, String init, String soft, String chip) {
        return ConfigReader.parse(CONFIGURATION
                .replace("KIND", kind)
                .replace("RESET", reset)
                .replace("INIT", init)
                .replace("SOFT", soft)
                .replace("CHIP", chip));
    }

    private static TrainingConfig forH1(String chip) {
        return config("hardware", "zero", "normal", "sign_group_weight: 0.01", "chip: {profile: h1" + chip + "}");
    }

    private static Trainer trainer(TrainingConfig config) throws IOException {
        return new Trainer(config, TrainingOptions.inMemory().with("vector", 2), new TrainingListener() {});
    }

    private static ClipMetrics measured(KeywordModel model) throws IOException {
        return Evaluation.run(model, words, null, Backends.named("vector", 1), 2, Progress.NONE)
                .metrics();
    }

    @Test
    void shouldTrainAModelThatFitsTheChipAndRunsOnItToTheSameSpikes() throws IOException {
        KeywordModel model = trainer(forH1(", mismatch: 1.0")).run(words).model();
        ChipProfile h1 = ChipProfiles.named("h1");
        assertThat(ChipCheck.of(model, h1).violations()).isEmpty();
        assertThat(measured(model).accuracy()).isGreaterThan(0.8);
        assertThat(model.chip()).isEqualTo(h1.power());

        ChipImage image = ChipImage.of(model, h1);
        ModelClips clips = ModelClips.read(model, words, Split.TESTING, 2, Progress.NONE);
        KernelBackend backend = Backends.named("vector", 2);
        ClipRun.over(model.network(), backend, clips.stacking(), clips.frames(), (from, count, steps, input, whole) -> {
            for (int b = 0; b < count; b++) {
                int width = model.input().width();
                var streaming = new StreamingNetwork(model.network(), Backends.stepsNamed("vector"));
                var integer = new IntegerNetwork(image, Backends.stepsNamed("scalar"));
                NetworkState streamed = streaming.newState();
                IntegerNetwork.State held = integer.newState();
                float[] output = new float[2];
                float[] integerOutput = new float[2];
                for (int t = 0; t < steps; t++) {
                    int at = (t * count + b) * width;
                    float[] frame = Arrays.copyOfRange(input, at, at + width);
                    streaming.step(streamed, frame, output);
                    integer.step(held, frame, integerOutput);
                    assertThat(integerOutput).isEqualTo(output);
                    for (int l = 0; l < 3; l++) {
                        int fired = streamed.lastSpikes(l);
                        assertThat(held.lastSpikes(l)).isEqualTo(fired);
                        assertThat(Arrays.copyOf(held.lastFired(l), fired))
                                .isEqualTo(Arrays.copyOf(streamed.lastFired(l), fired));
                        int neurons = whole.layers().get(l).neurons();
                        int row = (t * count + b) * neurons;
                        float[] spikes = whole.layers().get(l).spikes();
                        for (int n = 0; n < neurons; n++) {
                            boolean fires = Arrays.binarySearch(streamed.lastFired(l), 0, fired, n) >= 0;
                            assertThat(spikes[row + n]).isEqualTo(fires ? 1f : 0f);
                        }
                    }
                }
            }
        });
    }

    @Test
    void shouldFitAModelTrainedWithoutTheChipInMind() throws IOException {
        KeywordModel free = trainer(config("lif", "subtract", "normal", "rate_weight: 0", ""))
                .run(words)
                .model();
        ChipProfile h1 = ChipProfiles.named("h1");
        assertThat(ChipCheck.of(free, h1).fits()).isFalse();

        TrainingConfig fit = ChipFit.configuration(free, h1, "h1", 25);
        KeywordModel fitted = trainer(fit).trainOn(words, free).model();
        assertThat(ChipCheck.of(fitted, h1).violations()).isEmpty();
        assertThat(fitted.input()).isEqualTo(free.input());
        assertThat(measured(fitted).accuracy()).isGreaterThan(0.8);
    }

    @Test
    void shouldSnapTimeConstantsWhenFitting() throws IOException {
        KeywordModel free = trainer(config("lif", "subtract", "normal", "rate_weight: 0", ""))
                .run(words)
                .model();
        ChipProfile h1v2 = ChipProfiles.named("h1v2");
        TrainingConfig fit = ChipFit.configuration(free, h1v2, "h1v2", 1);
        assertThat(ChipCheck.of(trainer(fit).trainOn(words, free).model(), h1v2).violations().stream()
                        .map(Violation::constraint))
                .isEmpty();
    }

    @Test
    void shouldBeginWithEveryLayerFiringAsAskedFor() throws IOException {
        TrainingConfig config =
                ConfigReader.parse(ConfigReader.toYaml(config("hardware", "zero", "fluctuation", "rate_weight: 0", ""))
                        .replace("epochs: 60", "epochs: 1")
                        .replace("kind: \"NORMAL\"", "kind: \"FLUCTUATION\""));
        KeywordModel model = trainer(config).run(words).model();
        KernelBackend backend = Backends.named("vector", 1);
        Network before = Trainer.initialNetwork(model, words, backend, 2);
        ModelClips clips = ModelClips.read(model, words, Split.TRAINING, 2, Progress.NONE);
        NeuronRates rates = NeuronRates.of(before, clips, backend);
        assertThat(rates.byLayer()).containsOnlyKeys("frontend", "hidden", "output");
        for (String layer : rates.byLayer().keySet()) {
            assertThat(rates.mean(layer)).as(layer).isBetween(0.1, 0.5);
        }
        assertThat(rates.with("frontend", Verdict.OK)).hasSize(13);
    }

    @Test
    void shouldDrawHiddenLayersToARate() throws IOException {
        String free = ConfigReader.toYaml(forH1(""));
        assertThat(free).contains("multipliers:");
        double[] rates = new double[2];
        for (int i = 0; i < 2; i++) {
            TrainingConfig config = ConfigReader.parse(
                    i == 0
                            ? free
                            : free.replaceAll("multipliers:\\s*- 0.0", "multipliers: [30.0]")
                                    .replaceAll("offsets:\\s*- 0.15", "offsets: [0.3]"));
            KeywordModel model = trainer(config).run(words).model();
            ModelClips clips = ModelClips.read(model, words, Split.TRAINING, 2, Progress.NONE);
            rates[i] = Math.abs(0.3
                    - NeuronRates.of(model.network(), clips, Backends.named("vector", 1))
                            .mean("hidden"));
        }
        assertThat(rates[1]).isLessThan(rates[0] / 2);
    }

    @Test
    void shouldMeasureDrawnChips() throws IOException {
        KeywordModel model = trainer(forH1("")).run(words).model();
        ModelClips clips = ModelClips.read(model, words, Split.TESTING, 2, Progress.NONE);
        ChipStress.Report report =
                new ChipStress(model, ChipProfiles.named("h1"), clips, "vector", 2, 7, 1, Progress.NONE).run();
        ChipStress.Report again =
                new ChipStress(model, ChipProfiles.named("h1"), clips, "scalar", 1, 7, 1, Progress.NONE).run();
        assertThat(report).isEqualTo(again);
        assertThat(report.ideal().correct())
                .containsExactly(Evaluation.of(model, clips, Backends.named("vector", 1), Progress.NONE)
                        .metrics()
                        .correct());
        assertThat(report.mismatch()).allSatisfy(p -> {
            assertThat(p.correct()).hasSize(7).isSorted();
            assertThat(p.total()).isEqualTo(8);
        });
        assertThat(report.bits()).hasSize(8);
        // the model has 5 bits already, so that 5 bits change nothing
        assertThat(report.bits().get(3).correct()).isEqualTo(report.ideal().correct());
    }

    @Test
    void shouldRefuseANetworkThatNoWeightsCouldMakeFit() {
        assertThatThrownBy(
                        () -> trainer(config("hardware", "subtract", "normal", "rate_weight: 0", "chip: {profile: h1}"))
                                .run(words))
                .isInstanceOf(ConfigException.class)
                .hasMessage("chip.profile: expected a network that fits h1, found reset of frontend:"
                        + " expected reset ZERO, found reset SUBTRACT");
        assertThatThrownBy(() -> trainer(config("hardware", "zero", "normal", "rate_weight: 0", "chip: {profile: h7}")))
                .hasMessageContaining("expected one of [h1, h1v2, xylo-like]");
    }

    @Test
    void shouldInterpolateQuantilesBetweenChips() {
        var point = new ChipStress.Point("x", 1, List.of(10, 4, 8, 6, 2), 10);
        assertThat(point.quantile(0)).isEqualTo(0.2);
        assertThat(point.quantile(0.5)).isEqualTo(0.6);
        assertThat(point.quantile(0.125)).isEqualTo(0.3);
        assertThat(point.quantile(1)).isEqualTo(1);
    }

    @Test
    void shouldBoundAQuantileByTheRanksThatABinomialLeavesOpen() {
        var hundred = new ChipStress.Point(
                "x", 1, IntStream.rangeClosed(1, 100).boxed().toList(), 200);
        // of 100 chips, 1 to 10 are below the 5 % quantile with a probability of 98.3 %: scipy.stats.binom.cdf
        assertThat(hundred.quantileInterval(0.05)).isEqualTo(new Interval(1 / 200.0, 11 / 200.0));
        var seven =
                new ChipStress.Point("x", 1, IntStream.rangeClosed(1, 7).boxed().toList(), 10);
        assertThat(seven.quantileInterval(0.05)).isEqualTo(new Interval(0, 0.3));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 400})
    void shouldCoverTheQuantileOfAllChipsInNineteenCasesOfTwenty(int chips) {
        int covered = 0;
        int trials = 1_000;
        int total = 1_000_000;
        for (int trial = 0; trial < trials; trial++) {
            var random = new SplitMix(trial, chips);
            List<Integer> drawn = IntStream.range(0, chips)
                    .mapToObj(i -> random.nextInt(total))
                    .toList();
            Interval interval = new ChipStress.Point("x", 1, drawn, total).quantileInterval(0.05);
            covered += interval.low() <= 0.05 && 0.05 <= interval.high() ? 1 : 0;
        }
        assertThat(covered).isBetween(945, 995);
    }
}
