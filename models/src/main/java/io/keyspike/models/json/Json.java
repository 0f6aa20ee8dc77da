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

    /** {@return a new empty object} */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** {@return a new empty list} */
    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /**
     * {@return a list of texts}
     *
     * @param values the texts, in the order in which the list has them
     */
    public static ArrayNode texts(Collection<String> values) {
        ArrayNode array = array();
        values.forEach(array::add);
        return array;
    }

    /**
     * {@return a list of floats, each written as {@link #number} writes it}
     *
     * @param values the floats, in the order in which the list has them
     */
    public static ArrayNode numbers(Collection<Float> values) {
        ArrayNode array = array();
        values.forEach(v -> array.add(number(v)));
        return array;
    }

    /**
     * A float as the shortest decimal that reads back as the same float. Readers parse to a double and round that, which
     * could in principle end one float away from the decimal; then the double's own digits are written, which cannot.
     *
     * @param value finite, since JSON has no other numbers
     * @return the number as a node
     */
    public static ValueNode number(float value) {
        float readBack = (float) Double.parseDouble(Float.toString(value));
        return Float.floatToRawIntBits(readBack) == Float.floatToRawIntBits(value)
                ? JsonNodeFactory.instance.numberNode(value)
                : JsonNodeFactory.instance.numberNode((double) value);
    }

    /**
     * {@return an enum constant as files name it: in lower case}
     *
     * @param constant of any enum
     */
    public static String choice(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * {@return a node as JSON text on one line}
     *
     * @param node the value
     * @throws IllegalArgumentException if the value cannot be written as JSON
     */
    public static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("expected text that JSON can hold, found " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Parses text that must be a single JSON value. Texts of more than {@link #MAXIMUM_BYTES} characters within it, names of
     * more than 256, numbers of more than 64 and objects or lists nested more than 16 deep are refused.
     *
     * @param text JSON
     * @param where what the text is, for the message
     * @return the value
     * @throws IllegalArgumentException if it is not a single JSON value without duplicate keys, or exceeds a limit
     */
    public static JsonNode read(String text, String where) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(where + ": expected JSON, found " + e.getOriginalMessage(), e);
        }
    }
}
