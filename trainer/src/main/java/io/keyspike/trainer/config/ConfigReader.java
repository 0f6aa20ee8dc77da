package io.keyspike.trainer.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Pcen;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.decision.KeywordDecision;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.description.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads YAML, lays it over {@code defaults.yaml}, checks it. */
public final class ConfigReader {

    private static final String FILTERBANK = "filterbank";
    private static final String LOG_MEL = "log_mel";
    private static final String PCEN = "pcen";
    private static final String CLIP_LOG_MEL = "clip_log_mel";
    private static final String EVENTS = "events";
    private static final String IMAGE = "image";

    private static final ObjectMapper MAPPER = YamlText.mapper()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            // The most common words of the data set are "yes" and "no", which YAML 1.1 takes for truth values.
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private ConfigReader() {}

    /**
     * @throws ConfigException naming the file, if the configuration is not valid
     * @throws IOException if the file cannot be read
     */
    public static TrainingConfig read(Path file) throws IOException {
        String yaml;
        try {
            yaml = YamlText.read(file, "configuration");
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": expected YAML in UTF-8, found bytes that are not text");
        }
        try {
            return parse(yaml);
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    /** @throws ConfigException if the configuration is not valid */
    public static TrainingConfig parse(String yaml) {
        ObjectNode given = object(tree(yaml), "the configuration");
        ObjectNode all = defaults();
        JsonNode layerDefaults = Objects.requireNonNull(all.remove("layer"));
        JsonNode waveSenseDefaults = Objects.requireNonNull(all.remove("wavesense"));
        refuseUnknown(all, given, "");
        JsonNode givenFeatures = given.get("features");
        merge(all, given, "");
        fillSlope(object(all.get("network"), "network"));
        fillKeywords(object(all.get("decision"), "decision"));
        fillGate(object(all.get("decision"), "decision"));
        JsonNode features = Objects.requireNonNull(all.remove("features"));
        FeatureConfig featureConfig =
                features(object(features, "features"), givenFeatures != null && givenFeatures.hasNonNull("normaliser"));
        if (!(all.get("network").get("layers") instanceof ArrayNode layers)) {
            throw new ConfigException("network.layers: expected a list of layers, found another kind of value");
        }
        expandWaveSense(object(all.get("network"), "network"), waveSenseDefaults, featureConfig);
        for (int i = 0; i < layers.size(); i++) {
            ObjectNode layer = layerDefaults.deepCopy();
            String key = "network.layers[" + i + "]";
            merge(layer, object(layers.get(i), key), key + ".");
            layers.set(i, layer);
        }
        return new TrainingConfig(
                convert(all.get("name"), String.class, "name"),
                convert(all.get("attribution"), String.class, "attribution"),
                convert(all.get("data"), DataConfig.class, "data"),
                featureConfig,
                convert(all.get("network"), NetworkConfig.class, "network"),
                convert(all.get("loss"), LossConfig.class, "loss"),
                convert(all.get("optimiser"), OptimiserConfig.class, "optimiser"),
                convert(all.get("training"), LoopConfig.class, "training"),
                convert(all.get("streams"), StreamsConfig.class, "streams"),
                convert(all.get("augmentation"), AugmentationConfig.class, "augmentation"),
                convert(all.get("decision"), DecisionConfig.class, "decision"),
                convert(all.get("chip"), ChipConfig.class, "chip"));
    }

    /** The whole configuration with all its values, as YAML that {@link #parse} makes the same configuration of. */
    public static String toYaml(TrainingConfig config) {
        ObjectNode tree = MAPPER.valueToTree(config);
        ObjectNode features = tree.putObject("features");
        ModelInput input = config.features().input();
        String kind = switch (input) {
            case ModelInput.Sound sound ->
                switch (sound.features()) {
                    case FilterbankSpec f -> FILTERBANK;
                    case LogMelSpec m -> LOG_MEL;
                };
            case ModelInput.ClipSpectrogram clip -> CLIP_LOG_MEL;
            case ModelInput.EventFrames events -> EVENTS;
            case ModelInput.Image image -> IMAGE;
        };
        features.put("kind", kind);
        ObjectNode values = MAPPER.valueToTree(input instanceof ModelInput.Sound sound ? sound.features() : input);
        values.remove("normaliser");
        features.set(kind, values);
        features.set("normaliser", MAPPER.valueToTree(config.features().normaliser()));
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a keyword does not have of its own is null. */
    private static void fillKeywords(ObjectNode decision) {
        ObjectNode keywords = object(decision.get("keywords"), "decision.keywords");
        keywords.properties().forEach(keyword -> {
            ObjectNode given = object(keyword.getValue(), "decision.keywords." + keyword.getKey());
            for (RecordComponent component : KeywordDecision.class.getRecordComponents()) {
                String name = PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName());
                if (!given.has(name)) {
                    given.putNull(name);
                }
            }
        });
    }

    /** Puts the layers that {@code network.wavesense} stands for in its place. */
    private static void expandWaveSense(ObjectNode network, JsonNode defaults, FeatureConfig features) {
        JsonNode given = network.remove("wavesense");
        if (given.isNull()) {
            return;
        }
        ConfigException.check(
                network.get("layers").isEmpty(), "network.layers", "none where network.wavesense is given", "layers");
        String key = "network.wavesense";
        ObjectNode all = defaults.deepCopy();
        refuseUnknown(all, object(given, key), key + ".");
        merge(all, object(given, key), key + ".");
        convert(all, WaveSenseConfig.class, key)
                .addTo((ArrayNode) network.get("layers"), features.input().stepSeconds());
    }

    /** A gate has no default of its own; without the key it is for all words. */
    private static void fillGate(ObjectNode decision) {
        if (decision.get("gate") instanceof ObjectNode gate && !gate.has("isolated")) {
            gate.putNull("isolated");
        }
    }

    /** A surrogate without a slope gets its kind's own. */
    private static void fillSlope(ObjectNode network) {
        ObjectNode surrogate = object(network.get("surrogate"), "network.surrogate");
        JsonNode slope = surrogate.get("slope");
        if (slope == null || slope.isNull()) {
            Surrogate.Kind kind = convert(surrogate.get("kind"), Surrogate.Kind.class, "network.surrogate.kind");
            surrogate.put("slope", Surrogate.of(kind).slope());
        }
    }

    /** @param normaliserGiven whether the normaliser is more than the default, which is for sound alone */
    private static FeatureConfig features(ObjectNode node, boolean normaliserGiven) {
        String kind = node.get("kind").asText().toLowerCase(Locale.ROOT);
        ModelInput input = switch (kind) {
            case FILTERBANK -> new ModelInput.Sound(spec(node, kind, FilterbankSpec.standard(), FilterbankSpec.class));
            case LOG_MEL -> new ModelInput.Sound(spec(node, kind, LogMelSpec.standard(), LogMelSpec.class));
            case CLIP_LOG_MEL ->
                spec(node, kind, ModelInput.ClipSpectrogram.standard(), ModelInput.ClipSpectrogram.class);
            case EVENTS -> spec(node, kind, ModelInput.EventFrames.standard(), ModelInput.EventFrames.class);
            case IMAGE -> spec(node, kind, ModelInput.Image.standard(), ModelInput.Image.class);
            default ->
                throw new ConfigException(
                        "features.kind: expected filterbank, log_mel, clip_log_mel, events or image, found " + kind);
        };
        JsonNode normaliser = node.get("normaliser");
        boolean forSound = input instanceof ModelInput.Sound;
        return new FeatureConfig(
                input,
                normaliser.isNull() || !(forSound || normaliserGiven)
                        ? null
                        : convert(normaliser, FeatureConfig.NormaliserConfig.class, "features.normaliser"));
    }

    /** A spec with the standard one's values for what is not given; its normaliser is measured, never given. */
    private static <S> S spec(ObjectNode features, String kind, S standard, Class<S> type) {
        ObjectNode all = MAPPER.valueToTree(standard);
        ObjectNode known = all.deepCopy();
        known.remove("normaliser");
        ObjectNode given = object(features.get(kind), "features." + kind);
        refuseUnknown(known, given, "features." + kind + ".");
        if (given.get(PCEN) instanceof ObjectNode) { // null is the default; what is given lies over the standard one
            all.set(PCEN, MAPPER.valueToTree(Pcen.standard()));
        }
        merge(all, given, "features." + kind + ".");
        return convert(all, type, "features." + kind);
    }

    /** The section {@code data} with its defaults, for a model that does not tell what it was trained on. */
    public static DataConfig dataOf(ModelInput input, List<String> labels) {
        ObjectNode data = object(defaults().get("data"), "data");
        DataConfig.Kind kind = switch (input) {
            case ModelInput.Sound sound -> DataConfig.Kind.SPEECH_COMMANDS;
            case ModelInput.ClipSpectrogram clip -> DataConfig.Kind.SPEECH_COMMANDS;
            case ModelInput.EventFrames events -> DataConfig.Kind.EVENTS;
            case ModelInput.Image image -> DataConfig.Kind.IDX;
        };
        data.put("kind", kind.key());
        data.put("unknown", labels.contains(LabelMap.UNKNOWN));
        data.put("silence", labels.contains(LabelMap.SILENCE));
        ArrayNode words = data.putArray("words");
        labels.stream().filter(LabelMap::isKeyword).forEach(words::add);
        return convert(data, DataConfig.class, "data");
    }

    private static ObjectNode defaults() {
        try (InputStream in = ConfigReader.class.getResourceAsStream("defaults.yaml")) {
            return (ObjectNode) MAPPER.readTree(Objects.requireNonNull(in, "defaults.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode tree(String yaml) {
        YamlText.check(yaml, "configuration");
        try {
            return MAPPER.readTree(yaml);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new ConfigException("configuration: expected YAML, found an error"
                    + (at == null ? "" : " in line " + at.getLineNr())
                    + ": " + e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }

    private static ObjectNode object(@Nullable JsonNode node, String key) {
        if (!(node instanceof ObjectNode o)) {
            throw new ConfigException(key + ": expected keys and values, found " + node);
        }
        return o;
    }

    private static void refuseUnknown(ObjectNode known, ObjectNode given, String prefix) {
        given.fieldNames().forEachRemaining(name -> {
            if (!known.has(name)) {
                throw new ConfigException(unknownKey(prefix, name, fieldNames(known)));
            }
        });
    }

    private static Set<String> fieldNames(ObjectNode node) {
        var names = new TreeSet<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String unknownKey(String prefix, String key, Collection<String> known) {
        return prefix + key + ": unknown key, expected one of " + known + Spelling.hint(key, known);
    }

    /** Objects are merged key by key, everything else is replaced. */
    private static void merge(ObjectNode base, ObjectNode over, String prefix) {
        for (Map.Entry<String, JsonNode> e : over.properties()) {
            String key = prefix + e.getKey();
            if (base.get(e.getKey()) instanceof ObjectNode section
                    && !e.getValue().isNull()) {
                merge(section, object(e.getValue(), key), key + ".");
            } else {
                base.set(e.getKey(), e.getValue());
            }
        }
    }

    private static <T> T convert(@Nullable JsonNode node, Class<T> type, String key) {
        try {
            T value = MAPPER.treeToValue(node, type);
            if (value == null) {
                throw new ConfigException(key + ": expected a value, found none");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            var known = new TreeSet<String>();
            Objects.requireNonNull(e.getKnownPropertyIds()).forEach(id -> known.add(String.valueOf(id)));
            String path = path(key, e);
            String name = e.getPropertyName();
            throw new ConfigException(unknownKey(path.substring(0, path.length() - name.length()), name, known));
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof ConfigException own) {
                throw own;
            }
            throw new ConfigException(path(key, e) + ": " + reason(e));
        } catch (JsonProcessingException e) {
            throw new ConfigException(key + ": " + e.getOriginalMessage());
        }
    }

    /** What is wrong with a value, without the names of the classes that were to hold it. */
    private static @Nullable String reason(JsonMappingException e) {
        if (e.getCause() instanceof IllegalArgumentException own) {
            return own.getMessage();
        }
        if (e.getCause() instanceof NullPointerException) {
            return "expected a value for every key that has no default, found one without";
        }
        String ofJackson = e.getOriginalMessage().lines().findFirst().orElse("");
        if (e instanceof InvalidFormatException format) {
            return "expected " + kindOf(format.getTargetType()) + ", found '" + format.getValue() + "'";
        }
        if (e instanceof MismatchedInputException mismatched && mismatched.getTargetType() != null) {
            return ofJackson.contains("Cannot map `null`") || ofJackson.contains("Missing required creator property")
                    ? "expected " + kindOf(mismatched.getTargetType()) + ", found none"
                    : "expected " + kindOf(mismatched.getTargetType()) + ", found another kind of value";
        }
        return ofJackson;
    }

    private static String kindOf(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Stream.of(type.getEnumConstants())
                            .map(constant -> String.valueOf(constant).toLowerCase(Locale.ROOT))
                            .toList();
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == float.class || type == Float.class || type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == String.class) {
            return "a text";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "keys and values";
    }

    private static String path(String key, JsonMappingException e) {
        var path = new StringBuilder(key);
        for (JsonMappingException.Reference r : e.getPath()) {
            path.append(r.getFieldName() == null ? "[" + r.getIndex() + "]" : "." + r.getFieldName());
        }
        return path.toString();
    }
}
