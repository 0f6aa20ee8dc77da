package io.keyspike.app.cli.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.CommandRun;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.app.kafka.device.RegisteredSpotters;
import io.keyspike.audio.WavWriter;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProjection;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.trainer.chip.ChipProfiles;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code chip}, {@code inspect}, and the power that {@code evaluate} and a running service report. */
class ChipCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path fitting = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Network network = new ChipProjection(ChipProfiles.named("h1")).apply(network(3));
        fitting = folder.resolve("fitting.safetensors");
        ModelFiles.write(fitting, model("fitting", network));
        data = folder.resolve("words");
        for (String word : List.of("yes", "no")) {
            Files.createDirectories(data.resolve(word));
            WavWriter.write(data.resolve(word).resolve("a_nohash_0.wav"), 16_000, sound(word.hashCode()));
        }
    }

    private static short[] sound(long seed) {
        var random = new Random(seed);
        short[] samples = new short[16_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (3_000 * random.nextGaussian() * Math.sin(Math.PI * i / samples.length));
        }
        return samples;
    }

    private static Network network(long seed) {
        List<Node> nodes = List.of(
                new Node.Input("input", 13),
                new Node.Diagonal("front", 13),
                new Node.Lif("cells", 13, Reset.ZERO, 0f),
                new Node.Dense("in", 13, 64, false),
                new Node.Lif("hidden", 64, Reset.ZERO, 0f),
                new Node.Dense("out", 64, 2, false),
                new Node.Lif("output", 2, Reset.ZERO, 0f));
        var random = new Random(seed);
        var tensors = new TreeMap<String, Tensor>();
        for (Node node : nodes) {
            node.parameters().forEach((parameter, shape) -> {
                float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = switch (parameter) {
                        case "decay" -> (float) Math.exp(-8.0 / 64);
                        case "threshold" -> 1;
                        default -> (float) (0.25 + 0.4 * random.nextGaussian());
                    };
                }
                tensors.put(node.name() + "." + parameter, new Tensor(shape, values));
            });
        }
        return new Network(NetworkGraph.ofChain(0.008, nodes), tensors);
    }

    private static KeywordModel model(String name, Network network) {
        var features = FilterbankSpec.standard()
                .withNormaliser(
                        new Normaliser(Collections.nCopies(13, 0.01f), Collections.nCopies(13, 0.01f), 1f, 0.5f, true));
        return KeywordModel.of(
                name,
                features,
                network,
                List.of("yes", "no"),
                new DecisionSettings(
                        0.2,
                        5,
                        Map.of("yes", 0.8f, "no", 0.8f),
                        0.1,
                        0.7,
                        0.3,
                        null,
                        new ClipDecision(ClipRule.SPIKE_COUNT, 1)),
                ChipPower.H1,
                new Provenance("", "", 0, "", "", "", "", "", Map.of(), "", ""));
    }

    private static CommandRun run(Object... arguments) {
        return CommandRun.of(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    }

    @Test
    void shouldSayThatAModelFits() {
        CommandRun run = run("chip", "check", fitting, "--profile", "h1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("fits h1").contains("13 of the chip's 16 filters are used");
    }

    @Test
    void shouldNameEachViolation() throws IOException {
        Path file = folder.resolve("free.safetensors");
        ModelFiles.write(file, model("free", network(3)));
        CommandRun run = run("chip", "check", file, "--json");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.get("fits").asBoolean()).isFalse();
        assertThat(report.get("violations")).isNotEmpty().allSatisfy(v -> {
            for (String field : List.of("constraint", "layer", "index", "value", "limit")) {
                assertThat(v.get(field).asText()).as(field).isNotBlank();
            }
        });
        assertThat(run("chip", "export", file, "--out", folder.resolve("x.json"))
                        .err())
                .contains("expected a model that fits h1");
        assertThat(folder.resolve("x.json")).doesNotExist();
    }

    @Test
    void shouldSumUpViolationsAndListTheFirstTen() throws IOException {
        Path file = folder.resolve("free.safetensors");
        ModelFiles.write(file, model("free", network(3)));
        int violations = JSON.readTree(run("chip", "check", file, "--json").out())
                .get("violations")
                .size();
        assertThat(violations).isGreaterThan(20);

        CommandRun summary = run("chip", "check", file);
        assertThat(summary.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(summary.out())
                .contains(
                        String.format(Locale.ROOT, "does not fit h1: %,d violations", violations),
                        String.format(Locale.ROOT, "and %,d more; --all", violations - 10));
        assertThat(sentences(summary)).hasSize(10);
        int counted = summary.out()
                .lines()
                .filter(line -> line.startsWith("  "))
                .mapToInt(line -> Integer.parseInt(line.replaceAll(".* ", "").replace(",", "")))
                .sum();
        assertThat(counted).as("the table counts all").isEqualTo(violations);

        assertThat(sentences(run("chip", "check", file, "--all"))).hasSize(violations);
    }

    private static List<String> sentences(CommandRun run) {
        return run.out().lines().filter(line -> line.contains(": expected ")).toList();
    }

    @Test
    void shouldExportAnImageThatFiresTheSameSpikes() {
        Path image = folder.resolve("image.json");
        CommandRun run = run("chip", "export", fitting, "--out", image);
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).containsPattern("reproduced all [1-9][0-9]{3,} spikes");
        assertThat(image).exists();
    }

    @Test
    void shouldMapNeuronsToCores() throws IOException {
        Path picture = folder.resolve("map.png");
        CommandRun run = run("chip", "map", fitting, "--picture", picture);
        assertThat(run.out()).contains("core 0     64 of 64 neurons").contains("slots   0 to   1   output 0 to 1");
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isGreaterThan(300);

        Path small = folder.resolve("small.yaml");
        Files.writeString(small, profile().replace("[64, 64, 64, 64]", "[32, 32]"));
        CommandRun refused = run("chip", "map", fitting, "--profile", small);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains("neurons of the network: expected at most 64 in cores of [32, 32], found 66 neurons");
    }

    @Test
    void shouldRefuseAMalformedProfileInOneSentence() throws IOException {
        Path bad = folder.resolve("bad.yaml");
        Files.writeString(bad, profile().replace("bits: 5", "bits: 0"));
        CommandRun run = run("chip", "check", fitting, "--profile", bad);
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("--profile: ", "bad.yaml"));
        CommandRun unknown = run("chip", "check", fitting, "--profile", "h1v3");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("found 'h1v3'; did you mean h1v2");
    }

    private static String profile() throws IOException {
        try (var in = ChipProfiles.class.getResourceAsStream("h1.yaml")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldEstimatePowerWithItsBandAndCountTheWork() throws IOException {
        JsonNode power = JSON.readTree(run("chip", "power", fitting, "--data", data, "--split", "all", "--json")
                .out());
        assertThat(power.get("watts").asDouble())
                .isBetween(
                        power.get("leastWatts").asDouble(),
                        power.get("mostWatts").asDouble());
        assertThat(power.get("joulesPerDay").asDouble())
                .isCloseTo(86_400 * power.get("watts").asDouble(), within(1e-12));
        assertThat(power.at("/workload/parameters").asInt()).isEqualTo(13 + 13 * 64 + 64 * 2);
        assertThat(power.at("/workload/denseOperations").asDouble()).isEqualTo(125.0 * (13 + 13 * 64 + 64 * 2));
    }

    @Test
    void shouldShowRatesOfEachNeuronAndAccuracyOnDrawnChips() throws IOException {
        assertThat(run("chip", "rates", fitting, "--data", data, "--split", "all")
                        .out())
                .contains("cells\n")
                .containsPattern("hidden\\n +0 +[0-9.]+ %");
        Path plots = folder.resolve("plots");
        CommandRun stress =
                run("chip", "stress", fitting, "--data", data, "--split", "all", "--chips", "3", "--plots", plots);
        assertThat(stress.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(stress.out())
                .contains("mismatch x 1.0")
                .containsPattern("the 5 % quantile loses -?[0-9.]+ points")
                .contains("8 bits")
                .contains("powers of 4 ms");
        assertThat(plots).isDirectoryContaining("glob:**/mismatch.png");
    }

    @Test
    void shouldDrawWhatANetworkMakesOfARecording() throws IOException {
        Path pictures = folder.resolve("pictures");
        CommandRun run = run("inspect", fitting, data.resolve("yes").resolve("a_nohash_0.wav"), "--out", pictures);
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        for (String name : List.of("raster.png", "membranes.png", "channels.png", "filterbank.png")) {
            assertThat(ImageIO.read(pictures.resolve(name).toFile())).as(name).isNotNull();
        }
    }

    @Test
    void shouldPublishThePowerThatEvaluateReports() throws IOException {
        Files.delete(data.resolve("no").resolve("a_nohash_0.wav"));
        JsonNode evaluated = JSON.readTree(run("evaluate", fitting, "--data", data, "--split", "all", "--json")
                .out());

        var spotter = new KeywordSpotter(ModelFiles.read(fitting), Backends.stepsNamed("vector"));
        var registry = new SimpleMeterRegistry();
        var meters = new KeyspikeMeters(registry, Clock.SYSTEM);
        RegisteredSpotters.describe(meters, spotter);
        var counted = new FrameMetrics(meters);
        SpotterState state = spotter.newState();
        short[] samples = sound("yes".hashCode());
        for (int from = 0; from < samples.length; from += 320) {
            long steps = state.steps();
            spotter.process(state, samples, from, from + 320, detection -> {});
            counted.add(spotter, state, 320 / 16_000.0, state.steps() - steps, Double.NaN);
        }
        double published = List.of("static", "dynamic").stream()
                .mapToDouble(part -> registry.get("keyspike.chip.power")
                        .tag("part", part)
                        .gauge()
                        .value())
                .sum();
        double watts = evaluated.at("/chip/watts").asDouble();
        assertThat(published).isCloseTo(watts, within(1e-12 * watts + 1e-20));
        double joules = evaluated.at("/chip/joulesPerInference").asDouble();
        assertThat(joules).isCloseTo(watts, within(1e-12 * watts + 1e-20));
        assertThat(registry.get("keyspike.chip.inference.energy").gauge().value())
                .isCloseTo(joules, within(1e-12 * joules + 1e-20));
    }
}
