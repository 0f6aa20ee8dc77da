package io.keyspike.models.rockpool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.file.ModelFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A module of a Rockpool file: an object whose values are modules, or texts that hold JSON themselves. Every key has to be
 * asked for, so that nothing is left out unnoticed.
 */
final class RockpoolModule {

    /** Weights of the largest network that a model file holds fit into a text of this length. */
    private static final int LONGEST_TEXT = 1 << 28;

    private static final int DEEPEST = 8;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(64)
                            .maxNameLength(256)
                            .maxStringLength(LONGEST_TEXT)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String path;
    private final ObjectNode node;
    private final Set<String> unread;

    private RockpoolModule(String path, ObjectNode node) {
        this.path = path;
        this.node = node;
        unread = new TreeSet<>();
        node.fieldNames().forEachRemaining(unread::add);
    }

    /** @throws ModelFileException if it is not a JSON object */
    static RockpoolModule parse(String json) throws ModelFileException {
        return new RockpoolModule("", object(tree(json, "rockpool"), "rockpool"));
    }

    private static JsonNode tree(String json, String where) throws ModelFileException {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelFileException(where + ": expected JSON, found " + firstLine(e), e);
        }
    }

    private static String firstLine(JsonProcessingException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("nothing");
    }

    private static ObjectNode object(@Nullable JsonNode node, String where) throws ModelFileException {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ModelFileException(where + ": expected a module, found " + shortened(node));
    }

    static String shortened(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    boolean has(String key) {
        return node.has(key);
    }

    /** Names of the modules in it. */
    List<String> modules() {
        var names = new ArrayList<String>();
        node.properties().forEach(e -> {
            if (e.getValue().isObject()) {
                names.add(e.getKey());
            }
        });
        return names;
    }

    String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    RockpoolModule module(String key) throws ModelFileException {
        unread.remove(key);
        return new RockpoolModule(name(key), object(node.get(key), name(key)));
    }

    /** The value of a key, with one of an array of a single value taken out of it; null where there is none. */
    @Nullable
    JsonNode value(String key) throws ModelFileException {
        unread.remove(key);
        JsonNode given = node.get(key);
        if (given == null || given.isNull()) {
            return null;
        }
        JsonNode value = given.isTextual() ? tree(given.textValue(), name(key)) : given;
        return value.isNull() || value.isMissingNode() ? null : value;
    }

    /**
     * Numbers with their axes.
     *
     * @param rows sizes of up to two axes: 1 where the numbers have fewer
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
    record Numbers(String name, int rows, int columns, float[] values) {

        /** One number for each of n: repeated where there is but one. */
        float[] each(int n) throws ModelFileException {
            if (values.length == n) {
                return values;
            }
            if (values.length != 1) {
                throw new ModelFileException(name + ": expected 1 or " + n + " numbers, found " + values.length);
            }
            float[] all = new float[n];
            java.util.Arrays.fill(all, values[0]);
            return all;
        }
    }

    /** @throws ModelFileException if the key is missing or holds no numbers of up to two axes */
    Numbers numbers(String key) throws ModelFileException {
        JsonNode value = value(key);
        if (value == null) {
            throw new ModelFileException(name(key) + ": expected numbers, found none");
        }
        boolean list = value.isArray();
        boolean table = list && !value.isEmpty() && value.get(0).isArray();
        int rows = table ? value.size() : 1;
        int columns = !list ? 1 : table ? value.get(0).size() : value.size();
        if (columns == 0) {
            throw new ModelFileException(name(key) + ": expected numbers, found none");
        }
        float[] values = new float[Math.multiplyExact(rows, columns)];
        for (int r = 0; r < rows; r++) {
            JsonNode row = table ? value.get(r) : value;
            if (list && (!row.isArray() || row.size() != columns)) {
                throw new ModelFileException(
                        name(key) + ": expected rows of " + columns + " numbers, found " + shortened(row));
            }
            for (int c = 0; c < columns; c++) {
                values[r * columns + c] = number(key, list ? row.get(c) : value);
            }
        }
        return new Numbers(name(key), rows, columns, values);
    }

    private float number(String key, JsonNode value) throws ModelFileException {
        float number = value.isNumber() ? (float) value.doubleValue() : Float.NaN;
        if (!Float.isFinite(number)) {
            throw new ModelFileException(name(key) + ": expected finite numbers, found " + shortened(value));
        }
        return number;
    }

    /** A single number, in full precision. */
    double number(String key) throws ModelFileException {
        JsonNode value = value(key);
        while (value != null && value.isArray() && value.size() == 1) {
            value = value.get(0);
        }
        if (value == null || !value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw new ModelFileException(name(key) + ": expected a number, found " + shortened(value));
        }
        return value.doubleValue();
    }

    /** A module, to look at before it is read. */
    RockpoolModule peek(String key) throws ModelFileException {
        return new RockpoolModule(name(key), object(node.get(key), name(key)));
    }

    /** Marks a key as known and of no consequence for what the network computes. */
    void ignore(String key) {
        unread.remove(key);
    }

    /** @throws ModelFileException if a key was neither read nor ignored */
    void requireAllRead() throws ModelFileException {
        if (!unread.isEmpty()) {
            String key = unread.iterator().next();
            throw new ModelFileException(
                    name(key) + ": expected a module or value of WaveSense or of layers that follow "
                            + "one another, found one that has no equivalent");
        }
    }

    /** As {@link #requireAllRead}, but for a module that may be this one itself. */
    void requireAllReadBut(RockpoolModule other) throws ModelFileException {
        if (other != this) {
            requireAllRead();
        }
    }
}
