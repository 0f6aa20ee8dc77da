package io.keyspike.models.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.audio.features.AdaptiveGain;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.audio.features.Pcen;
import io.keyspike.kernels.Reset;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.KeywordDecision;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.ModelDigest;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    static Stream<KeywordModel> models() {
        return Stream.of(
                TestModels.hardwareModel("yes-no", 1, 0.7f),
                TestModels.adaptiveModel("commands-12", 2, 16, 1e-9f),
                TestModels.recurrentModel("recurrent", 4, 0.7f),
                TestModels.graphModel("graph", 5, 0.7f),
                awkwardModel(),
                measuredModel());
    }

    /** Everything that models have only since each label may be judged on its own. */
    static KeywordModel measuredModel() {
        KeywordModel model = TestModels.hardwareModel("yes-no", 1, 0.7f);
        var own = new KeywordDecision(0.0, 1.0 / 3, 0.7, Math.nextUp(0.1f), false);
        var nothing = new KeywordDecision(null, null, null, null, null);
        return model.withDecision(model.decision().each(0.8f, Map.of("yes", own, "no", nothing)))
                .withQuality(new StreamQuality(
                        "größer",
                        0.1 + 0.2,
                        Map.of(
                                "yes",
                                new ThresholdCurve(
                                        7,
                                        List.of(
                                                new ThresholdPoint(Float.MIN_VALUE, 9, 0),
                                                new ThresholdPoint(0.1f, 9, 1),
                                                new ThresholdPoint(1f, 0, 7))),
                                "no",
                                new ThresholdCurve(0, List.of(new ThresholdPoint(1f / 3, 0, 0))))));
    }

    /** Numbers and texts at the edges of what there is. */
    static KeywordModel awkwardModel() {
        float[] odd = {-0f, Float.MIN_VALUE, 1e8f, -Float.MIN_NORMAL, 0.1f, 1f / 3, 16_777_215f};
        int width = 13;
        var r = new Random(3);
        var mean = new ArrayList<Float>();
        var deviation = new ArrayList<Float>();
        for (int i = 0; i < width; i++) {
            mean.add(i < odd.length ? odd[i] : r.nextFloat());
            deviation.add(Math.nextUp(r.nextFloat()));
        }
        FeatureSpec features = new FilterbankSpec(
                16_000,
                16,
                97.6,
                15_900,
                0.5,
                FilterbankSpec.Design.BUTTERWORTH,
                Math.PI,
                FilterbankSpec.Rectifier.HALF,
                FilterbankSpec.Integration.SUM,
                200,
                FilterbankSpec.Compression.CUBE_ROOT,
                new AdaptiveGain(AdaptiveGain.Kind.CHANNEL, 0.1 + 0.2, 0.3f, 1e5f),
                new Normaliser(mean, deviation, 1.1f, -0.1f, false));
        List<Node> nodes = List.of(
                new Node.Input("Input_1", width),
                new Node.Diagonal("g", width),
                new Node.Lif("lif-a", width, Reset.NONE, -0f),
                new Node.Dense("d", width, odd.length, true),
                new Node.Readout("r", odd.length));
        Network network = TestModels.network(NetworkGraph.ofChain(0.0125, nodes), r);
        var tensors = new TreeMap<>(network.tensors());
        tensors.put("d.bias", Tensor.vector(odd));
        List<String> labels = List.of("ja", "nein", "größer \"n\" \\", "日本", "\uD83D\uDD0A", "a\nb", "e");
        return KeywordModel.of(
                "a.b_c-9",
                features,
                new Network(network.graph(), tensors),
                labels,
                new DecisionSettings(
                        1e-3, 1e-6f, Map.of("日本", Float.MIN_VALUE, "ja", 1f), 0, 3_600, 0, null, TestModels.CLIP),
                new ChipPower("none", 0, Double.MIN_VALUE, 1e-12),
                new Provenance("", "", Long.MAX_VALUE, "a: 1\n\tb: \"2\"", "", "", "", "", Map.of("x", -0.0), "", ""));
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldReadBackExactlyWhatWasWritten(KeywordModel model) throws IOException {
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, model);
        KeywordModel read = ModelFiles.read(file);

        assertThat(read).isEqualTo(model);
        assertThat(ModelFiles.bytes(read)).isEqualTo(Files.readAllBytes(file));
        assertThat(read.version()).matches(model.name() + "@[0-9a-f]{12}");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldWriteFloatsThatReadBackAsTheSameBits(long seed) {
        var r = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(r.nextInt());
            if (Float.isFinite(value)) {
                JsonNode read = Json.read(Json.write(Json.number(value)), "test");
                assertThat(Float.floatToRawIntBits((float) read.doubleValue()))
                        .isEqualTo(Float.floatToRawIntBits(value));
            }
        }
    }

    @Test
    void shouldGiveAVersionThatDependsOnBehaviourOnly() {
        KeywordModel model = TestModels.hardwareModel("yes-no", 1, 0.7f);
        var otherProvenance = new Provenance("other", "", 0, "", "", "", "", "", Map.of(), "", "");
        var elsewhere = new KeywordModel(
                model.name(),
                "anything",
                model.features(),
                model.network(),
                model.labels(),
                model.decision(),
                model.chip(),
                otherProvenance);

        assertThat(ModelFiles.versionOf(elsewhere)).isEqualTo(model.version());
        assertThat(TestModels.hardwareModel("yes-no", 2, 0.7f).version()).isNotEqualTo(model.version());
        assertThat(TestModels.hardwareModel("yes-no", 1, 0.8f).version()).isNotEqualTo(model.version());
    }

    @Test
    void shouldLeaveOutWhatModelsOfBeforeDoNotSay() throws ModelFileException {
        KeywordModel before = TestModels.hardwareModel("yes-no", 1, 0.7f);
        assertThat(metadata(ModelFiles.bytes(before)).has("quality")).isFalse();
        assertThat(metadata(ModelFiles.bytes(before)).get("decision").asText())
                .doesNotContain("rule\":\"best", "release", "keywords");

        JsonNode measured = metadata(ModelFiles.bytes(measuredModel()));
        assertThat(measured.get("decision").asText())
                .endsWith(
                        ",\"rule\":\"each\",\"release\":0.8,\"keywords\":{\"no\":{},\"yes\":{\"smoothingSeconds\":0.0,"
                                + "\"confirmSeconds\":0.3333333333333333,\"refractorySeconds\":0.7,\"release\":0.10000001,"
                                + "\"gate\":false}}}");
        assertThat(measured.get("quality").asText())
                .isEqualTo("{\"measuredOn\":\"größer\",\"hours\":0.30000000000000004,\"keywords\":{"
                        + "\"no\":{\"words\":0,\"thresholds\":[0.33333334],\"falseAlarms\":[0],\"misses\":[0]},"
                        + "\"yes\":{\"words\":7,\"thresholds\":[1.4E-45,0.1,1.0],\"falseAlarms\":[9,9,0],"
                        + "\"misses\":[0,1,7]}}}");
    }

    @Test
    void shouldGiveAVersionOfItsOwnToAModelThatWasMeasured() {
        KeywordModel measured = measuredModel();

        assertThat(measured.withQuality(null).version()).isNotEqualTo(measured.version());
        assertThat(measured.withQuality(measured.quality())).isEqualTo(measured);
    }

    @Test
    void shouldRefuseAMeasurementThatDoesNotFit() {
        String quality =
                metadata(ModelFiles.bytes(measuredModel())).get("quality").asText();

        assertQualityRefused(
                quality.replace("\"misses\":[0]", "\"misses\":[0,0]"),
                "quality: expected lists of one length for no, found 1 thresholds, 1 false alarms and 2 misses");
        assertQualityRefused(
                quality.replace("[9,9,0]", "[9,10,0]"),
                "quality: expected ascending thresholds with ever fewer false alarms");
        assertQualityRefused(
                quality.replace("\"words\":7", "\"words\":6"), "quality: expected at most 6 misses, found 7");
        assertQualityRefused(quality.replace("\"no\"", "\"nay\""), "model: expected measured keywords among [yes, no]");
        assertQualityRefused(
                quality.replace("\"hours\"", "\"days\":1,\"hours\""),
                "quality: expected only known fields, found days");
        assertQualityRefused(quality.replace("größer", "a\\nb"), "quality: expected one line of up to 500 characters");
    }

    private static void assertQualityRefused(String quality, String start) {
        byte[] bytes = ModelFiles.bytes(measuredModel());
        ObjectNode header = headerOf(bytes);
        ((ObjectNode) header.get("__metadata__")).put("quality", quality);
        assertRefused(resummed(withHeader(bytes, header)), "m: " + start);
    }

    private static JsonNode metadata(byte[] model) {
        return headerOf(model).get("__metadata__");
    }

    @Test
    void shouldLeaveNothingBesideTheFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, TestModels.hardwareModel("yes-no", 1, 0.7f));
        ModelFiles.write(file, TestModels.hardwareModel("yes-no", 2, 0.7f));

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThatThrownBy(() -> ModelFiles.write(folder.resolve("absent/m.safetensors"), awkwardModel()))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void shouldAlignTensorsToEightBytes() {
        for (KeywordModel model : models().toList()) {
            long header = ByteBuffer.wrap(ModelFiles.bytes(model))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            assertThat(header % 8).isZero();
        }
    }

    /** Written once, by the program as of format version 1; never to be written again, so that old models stay readable. */
    @ParameterizedTest
    @CsvSource({"format-1-filterbank, a.b_c-9@f3e2d0d60aa2", "format-1-log-mel, commands-12@ffef9ee1ae27"})
    void shouldStillReadTheModelsOfFormatVersion1(String golden, String version) throws IOException {
        String resource = golden + ".safetensors";
        byte[] bytes;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(resource), resource)) {
            bytes = in.readAllBytes();
        }

        KeywordModel model =
                ModelFiles.parse(bytes); // the first one's numbers are at the edges of what the format allows

        assertThat(model.version()).isEqualTo(version);
        assertThat(ModelFiles.bytes(model))
                .as("format 1 is what is written today")
                .isEqualTo(bytes);
        var spotter = new KeywordSpotter(model, TestModels.kernels());
        assertThat(spotter.network().outputs()).isEqualTo(model.labels().size());
    }

    @Test
    void shouldKeepPcenAndWriteNoFieldWithoutIt() throws ModelFileException {
        KeywordModel logarithm = TestModels.adaptiveModel("mel", 1, 16, 0.7f);
        LogMelSpec spec = (LogMelSpec) logarithm.features();
        LogMelSpec normalised = spec.withPcen(new Pcen(0.06, 1, 0, 0.25, 1e-6));
        KeywordModel model = KeywordModel.of(
                "mel",
                normalised,
                logarithm.network(),
                logarithm.labels(),
                logarithm.decision(),
                logarithm.chip(),
                logarithm.provenance());

        assertThat(ModelFiles.parse(ModelFiles.bytes(model), "memory")).isEqualTo(model);
        assertThat(model.version()).isNotEqualTo(logarithm.version());
        assertThat(new String(ModelFiles.bytes(model), StandardCharsets.ISO_8859_1))
                .contains("timeConstantSeconds");
        assertThat(new String(ModelFiles.bytes(logarithm), StandardCharsets.ISO_8859_1))
                .doesNotContain("pcen");
    }

    @Test
    void shouldOpenInPython() throws Exception {
        KeywordModel model = awkwardModel();
        Path file = folder.resolve("model.safetensors");
        ModelFiles.write(file, model);
        String script = """
                import sys
                try:
                    import numpy
                    from safetensors import safe_open
                except ImportError as e:
                    print(e)
                    sys.exit(42)
                with safe_open(sys.argv[1], framework="np") as f:
                    print(f.metadata()["version"])
                    for name in sorted(f.keys()):
                        t = f.get_tensor(name)
                        print(name, t.dtype, list(t.shape), t.tobytes().hex())
                """;
        Process python;
        try {
            python = new ProcessBuilder("python3", "-c", script, file.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "skipped: no python3 on the path");
            return;
        }
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assumeTrue(python.exitValue() != 42, () -> "skipped: python3 lacks a package: " + output.strip());

        var expected = new StringBuilder(model.version()).append('\n');
        model.network().tensors().forEach((name, tensor) -> {
            ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.values());
            expected.append(name)
                    .append(" float32 ")
                    .append(tensor.shape())
                    .append(' ')
                    .append(HexFormat.of().formatHex(bytes.array()))
                    .append('\n');
        });
        assertThat(output).isEqualTo(expected.toString());
    }

    @Test
    void shouldNameWhatIsGivenForAModelAndIsNone() {
        assertIsNone("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a Git LFS pointer");
        assertIsNone("<!DOCTYPE html><html><head><title>404</title></head></html>\n", "an HTML page");
        assertIsNone("\n  <html lang=\"en\">", "an HTML page");
        assertIsNone("PK\3\4\24\0\0\0\0\0archive/data.pkl", "a zip archive (torch.save");
        assertIsNone("\u0089HDF\r\n\32\n" + "\0".repeat(100), "an HDF5 file");
        assertIsNone("GGUF\3\0\0\0" + "\0".repeat(100), "a GGUF model");
        assertIsNone("\u0080\2}q\0(X\5\0\0\0", "a Python pickle");
        assertIsNone("\10\7\22\7pytorch" + "\0".repeat(100), "an ONNX model");
        assertIsNone("\34\0\0\0TFL3\0\0", "a TensorFlow Lite model");
        assertIsNone("\u001f\u008b\10\0", "a gzip archive");
        assertIsNone("\u0093NUMPY\1\0", "a NumPy array");
        assertIsNone("RIFF\0\0\0\0WAVEfmt ", "an audio file");
        assertIsNone("fLaC\0\0\0\42", "an audio file");
        assertIsNone("{\"metadata\": {}}", "JSON");
        assertIsNone("# my model\nit is not here\n", "plain text");
        assertIsNone("a".repeat(257) + "ustar\0", "a tar archive");
    }

    private static void assertIsNone(String content, String kind) {
        assertThatThrownBy(() -> ModelFiles.parse(content.getBytes(StandardCharsets.ISO_8859_1), "m"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageStartingWith("m: expected a Keyspike model (safetensors), found ")
                .hasMessageContaining(kind);
    }

    @Test
    void shouldNameTheFileWhatWasExpectedAndWhatWasFound() {
        assertRefused(new byte[0], "m: not a safetensors file: expected at least 8 bytes, found 0");
        assertRefused(
                header(Long.MAX_VALUE, "{}"),
                "m: not a safetensors file: expected a header of 2 to 2 bytes, found a length of " + Long.MAX_VALUE);
        assertRefused(
                header(1L << 30, " ".repeat(2 << 20)),
                "m: not a safetensors file: expected a header of 2 to 1048576 bytes, found a length of 1073741824");
        assertRefused(file("nonsense"), "m: header: expected JSON, found Unrecognized token 'nonsense'");
        assertRefused(file("{\"a\":1,\"a\":2}"), "m: header: expected JSON, found Duplicate field 'a'");
        assertRefused(file("[]"), "m: header: expected a JSON object, found a list");
        assertRefused(file("{}"), "m: header: expected a field __metadata__, found none");
        assertRefused(file("{\"__metadata__\":{\"a\":1}}"), "m: header.__metadata__: expected a string for a, found 1");
        assertRefused(file("{\"__metadata__\":{}}"), "m: metadata: expected format, found none");
        assertRefused(
                file("{\"__metadata__\":{\"format\":\"pt\"}}"),
                "m: expected a Keyspike model (safetensors), found arrays that PyTorch saved without a model's settings");
        assertRefused(
                file("{\"a\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[0,0]}}"),
                "m: expected a Keyspike model (safetensors), found arrays without a model's settings; 'keyspike convert'");
        assertRefused(
                file(
                        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"BF16\",\"shape\":[0],\"data_offsets\":[0,0]}}"),
                "m: expected a Keyspike model (safetensors), found arrays that PyTorch saved");
        assertRefused(
                file("{\"__metadata__\":{\"format\":\"other\"}}"),
                "m: metadata: expected format keyspike-model, found other");
        assertRefused(
                file("{\"__metadata__\":{\"format\":\"keyspike-model\",\"format_version\":\"2\"}}"),
                "m: metadata: expected format_version 1, found 2");
        assertRefused(
                new byte[] {2, 0, 0, 0, 0, 0, 0, 0, (byte) 0xc3, 0x28},
                "m: header: expected UTF-8, found bytes that are not");
    }

    @Test
    void shouldRefuseTensorsThatDoNotFitTheirBytes() {
        assertTensorRefused(t -> t.put("dtype", "F64"), "expected dtype F32 of tensor hidden.decay, found F64");
        assertTensorRefused(
                t -> t.putArray("shape").add(63),
                "expected 252 bytes of tensor hidden.decay for shape [63], found offsets");
        assertTensorRefused(
                t -> t.putArray("shape").add(1 << 30).add(1 << 30).add(1 << 30),
                "expected a size of tensor hidden.decay that fits a file, found shape");
        assertTensorRefused(t -> t.putArray("shape").add(-64), "expected an integer from 0 to 2147483647 for shape[0]");
        assertTensorRefused(
                t -> t.putArray("data_offsets").add(1L << 40).add((1L << 40) + 256),
                "header: expected tensor hidden.threshold to begin at byte");
        assertTensorRefused(t -> t.putArray("data_offsets").add(256).add(0), "expected two ascending offsets");
        assertTensorRefused(t -> t.put("extra", 1), "expected only known fields, found extra");
        assertRefused(
                Arrays.copyOf(valid(), valid().length + 4),
                "m: expected " + dataBytes(valid()) + " bytes of tensors, found " + (dataBytes(valid()) + 4));
        assertRefused(
                Arrays.copyOf(valid(), valid().length - 4),
                "m: expected " + dataBytes(valid()) + " bytes of tensors, found " + (dataBytes(valid()) - 4));
    }

    @Test
    void shouldRefuseAnythingThatTheChecksumDoesNotCover() {
        byte[] flipped = valid();
        flipped[flipped.length - 3] ^= 1;
        assertThatThrownBy(() -> ModelFiles.parse(flipped, "m"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("m: metadata: expected checksum ");
        assertThatThrownBy(() -> ModelFiles.parse(
                        edited(m -> m.put("provenance", m.get("provenance").asText() + " ")), "m"))
                .hasMessageContaining("m: metadata: expected checksum ");
    }

    @Test
    void shouldRefuseMetadataThatDoesNotFit() {
        assertEditRefused(
                "network",
                "lif",
                "liv",
                "expected node kind input, diagonal, dense, lif, adaptive-lif, leaky, synaptic, current-lif, exp-leak,"
                        + " axon-delay, sum or readout, found liv");
        assertEditRefused(
                "network",
                "\"from\":\"input\"",
                "\"from\":\"cells\"",
                "network: expected every node to be reached from the input");
        assertEditRefused(
                "network",
                "0.008",
                "0.009",
                "expected a network with the features' time step of 0.008 s, found 0.009 s");
        assertEditRefused(
                "network",
                "\"zero\"",
                "\"nil\"",
                "network.nodes[2]: expected one of [subtract, zero, none] for reset, found \"nil\"");
        assertEditRefused(
                "features",
                "filterbank",
                "wavelet",
                "features: expected kind filterbank, log-mel, clip-log-mel, events or image, found wavelet");
        assertEditRefused("features", "\"filters\":16", "\"filters\":0.5", "features: expected an integer from 2 to");
        assertEditRefused(
                "labels", "[\"yes\",\"no\"]", "[\"yes\"]", "model: expected 2 labels, one per network output, found 1");
        assertEditRefused("labels", "[\"yes\",\"no\"]", "[\"no\",\"no\"]", "model: expected distinct labels");
        assertEditRefused(
                "decision",
                "\"yes\"",
                "\"maybe\"",
                "model: expected thresholds for labels [yes, no], found one for maybe");
        assertEditRefused("decision", "10.0", "1e400", "decision: expected a finite float32 for scale");
        assertEditRefused(
                "decision", "10.0", "1e38", "decision: expected a scale from 1.0E-6 to 1000000.0, found 1.0E38");
        assertEditRefused(
                "features", "\"q\":3.0", "\"q\":1e-300", "filterbank: expected q from 0.01 to 1000.0, found 1.0E-300");
        assertEditRefused("chip", "\"h1\"", "null", "chip: expected a string for name, found null");
        assertEditRefused("name", "yes-no", "../evil", "model: expected a name");
    }

    @Test
    void shouldRefuseNumbersThatAreFiniteAndOfNoUse() {
        KeywordModel m = TestModels.hardwareModel("yes-no", 1, 0.7f);
        for (Node node : m.network().graph().nodes()) {
            for (String parameter : node.parameters().keySet()) {
                Tensor tensor = m.network().tensor(node, parameter);
                if (parameter.endsWith("decay") || tensor.values().length == 0) {
                    continue;
                }
                float[] values = tensor.values().clone();
                values[values.length - 1] = 3e38f;
                var tensors = new TreeMap<>(m.network().tensors());
                String name = node.name() + "." + parameter;
                tensors.put(name, new Tensor(tensor.shape(), values));
                var hostile = KeywordModel.of(
                        m.name(),
                        m.input(),
                        new Network(m.network().graph(), tensors),
                        m.labels(),
                        m.decision(),
                        m.chip(),
                        m.provenance());
                assertThatThrownBy(() -> ModelFiles.parse(ModelFiles.bytes(hostile), "m"))
                        .isInstanceOf(ModelFileException.class)
                        .hasMessage("m: network: expected values of tensor " + name
                                + " from -1.0E8 to 1.0E8, found 3.0E38");
                assertThatThrownBy(() -> ModelFiles.write(folder.resolve("m.safetensors"), hostile))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThatThrownBy(() -> new ChipPower("x", 1e30, 0, 0))
                .hasMessageContaining("expected constants from 0 to 1000.0");
    }

    @Test
    void shouldRefuseUnknownMetadata() {
        assertThatThrownBy(() -> ModelFiles.parse(edited(m -> m.put("surprise", "1")), "m"))
                .hasMessageContaining("metadata: expected [checksum, chip");
    }

    @Test
    void shouldKeepMessagesToOneLineOfBoundedLength() {
        String hostile = "{\"__metadata__\":{\"format\":\"a\\nb\\u2028c\\u0000" + "x".repeat(10_000) + "\"}}";
        assertThatThrownBy(() -> ModelFiles.parse(file(hostile), "m"))
                .isInstanceOf(ModelFileException.class)
                .satisfies(e ->
                        assertThat(e.getMessage()).hasSizeLessThan(450).doesNotContainPattern("[\\p{Cntrl}\\u2028]"));
    }

    @Test
    void shouldRefuseToWriteWhatCouldNotBeReadBack() {
        KeywordModel m = TestModels.hardwareModel("yes-no", 1, 0.7f);
        var longText = new Provenance("x".repeat(2 << 20), "", 0, "", "", "", "", "", Map.of(), "", "");
        var model =
                new KeywordModel(m.name(), "", m.features(), m.network(), m.labels(), m.decision(), m.chip(), longText);

        assertThatThrownBy(() -> ModelFiles.write(folder.resolve("m.safetensors"), model))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a header of at most 1048576 bytes");
        assertThat(folder).isEmptyDirectory();
    }

    // ---- files made by hand ---------------------------------------------------------------------------------------

    private static byte[] valid() {
        return ModelFiles.bytes(TestModels.hardwareModel("yes-no", 1, 0.7f));
    }

    private static void assertRefused(byte[] bytes, String start) {
        assertThatThrownBy(() -> ModelFiles.parse(bytes, "m"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageStartingWith(start);
    }

    private static void assertTensorRefused(Consumer<ObjectNode> edit, String part) {
        byte[] bytes = valid();
        ObjectNode header = headerOf(bytes);
        edit.accept((ObjectNode) header.get("hidden.decay"));
        assertThatThrownBy(() -> ModelFiles.parse(withHeader(bytes, header), "m"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining(part);
    }

    /** Replaces a part of one metadata text and makes the sums right again, as a careful forger would. */
    private static void assertEditRefused(String key, String from, String to, String part) {
        byte[] edited = edited(m -> {
            String text = m.get(key).asText();
            assertThat(text).contains(from);
            m.put(key, text.replace(from, to));
        });
        assertThatThrownBy(() -> ModelFiles.parse(resummed(edited), "m"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining(part);
    }

    @Test
    void shouldReadAModelThatAPythonSaverWroteAgain() throws ModelFileException {
        byte[] saved = edited(m -> m.put("format", "pt"));
        assertThat(ModelFiles.parse(saved, "m").version())
                .isEqualTo(ModelFiles.parse(valid(), "m").version());
        byte[] changed =
                edited(m -> m.put("format", "pt").put("labels", m.get("labels").asText() + " "));
        assertRefused(changed, "m: metadata: expected checksum ");
    }

    private static byte[] edited(Consumer<ObjectNode> edit) {
        byte[] bytes = valid();
        ObjectNode header = headerOf(bytes);
        edit.accept((ObjectNode) header.get("__metadata__"));
        return withHeader(bytes, header);
    }

    static byte[] resummed(byte[] bytes) {
        Safetensors file = Safetensors.read(bytes);
        var metadata = file.metadata();
        metadata.put("version", ModelDigest.version(metadata.getOrDefault("name", ""), metadata, file.tensors()));
        metadata.put("checksum", ModelDigest.checksum(metadata, file.tensors()));
        return file.write();
    }

    private static ObjectNode headerOf(byte[] bytes) {
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        try {
            return (ObjectNode) JSON.readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] withHeader(byte[] bytes, ObjectNode header) {
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + bytes.length - 8 - length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(bytes, 8 + length, bytes.length - 8 - length)
                .array();
    }

    private static int dataBytes(byte[] bytes) {
        return bytes.length
                - 8
                - (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static byte[] file(String header) {
        return header(header.getBytes(StandardCharsets.UTF_8).length, header);
    }

    private static byte[] header(long length, String header) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(json)
                .array();
    }
}
