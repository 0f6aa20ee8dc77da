package io.keyspike.models.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.util.Collection;
import java.util.Locale;

/** Strict JSON, for headers and metadata of model files. */
public final class Json {

    /** Longest text: as long as the largest header of a model file. */
    public static final int MAXIMUM_BYTES = 1 << 20;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(64)
                            .maxNameLength(256)
                            .maxStringLength(MAXIMUM_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    public static ArrayNode texts(Collection<String> values) {
        ArrayNode array = array();
        values.forEach(array::add);
        return array;
    }

    public static ArrayNode numbers(Collection<Float> values) {
        ArrayNode array = array();
        values.forEach(v -> array.add(number(v)));
        return array;
    }

    /**
     * A float as the shortest decimal that reads back as the same float. Readers parse to a double and round that, which
     * could in principle end one float away from the decimal; then the double's own digits are written, which cannot.
     */
    public static ValueNode number(float value) {
        float readBack = (float) Double.parseDouble(Float.toString(value));
        return Float.floatToRawIntBits(readBack) == Float.floatToRawIntBits(value)
                ? JsonNodeFactory.instance.numberNode(value)
                : JsonNodeFactory.instance.numberNode((double) value);
    }

    /** An enum constant as files name it. */
    public static String choice(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    public static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("expected text that JSON can hold, found " + e.getOriginalMessage(), e);
        }
    }

    /**
     * @param where what the text is, for the message
     * @throws IllegalArgumentException if it is not a single JSON value without duplicate keys
     */
    public static JsonNode read(String text, String where) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(where + ": expected JSON, found " + e.getOriginalMessage(), e);
        }
    }
}
