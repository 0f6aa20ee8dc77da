package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, each taken exactly once; {@link #end} refuses those that nobody took. Every method throws
 * {@link IllegalArgumentException} that names the field, what was expected and what was found.
 */
public final class JsonFields {

    private static final int SHOWN = 60;

    private final JsonNode node;
    private final String where;
    private final Set<String> taken = new HashSet<>();

    /**
     * Takes the fields of a node.
     *
     * @param node the object
     * @param where the path of the object, such as {@code network.nodes[2]}: what messages begin with
     * @throws IllegalArgumentException if the node is not an object
     */
    public JsonFields(JsonNode node, String where) {
        this.node = node;
        this.where = where;
        if (!node.isObject()) {
            throw new IllegalArgumentException(where + ": expected a JSON object, found " + shown(node));
        }
    }

    /**
     * Parses text that must be one JSON object.
     *
     * @param text JSON
     * @param where what the text is: what messages begin with
     * @return the fields of the object, none of them taken yet
     * @throws IllegalArgumentException if the text is not valid JSON, holds a key twice or is not an object
     */
    public static JsonFields parse(String text, String where) {
        return new JsonFields(Json.read(text, where), where);
    }

    /**
     * Ends the reading of this object; objects within it are ended on their own.
     *
     * @throws IllegalArgumentException if a field is left that was not asked for
     */
    public void end() {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!taken.contains(name)) {
                throw new IllegalArgumentException(where + ": expected only known fields, found " + name);
            }
        }
    }

    /**
     * Whether a field is there; it still has to be taken.
     *
     * @param name of the field
     * @return also true where the field is JSON's null
     */
    public boolean has(String name) {
        return node.has(name);
    }

    /** {@return the names of all fields, in the order of the text; each still has to be taken} */
    public List<String> names() {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * {@return the text of a field, which may be empty}
     *
     * @param name of the field
     */
    public String text(String name) {
        return textOf(take(name), name);
    }

    /**
     * {@return the finite number of a field, as a double}
     *
     * @param name of the field
     */
    public double real(String name) {
        return realOf(take(name), name);
    }

    /**
     * {@return the number of a field, rounded to a float, which must be finite}
     *
     * @param name of the field
     */
    public float real32(String name) {
        return real32Of(take(name), name);
    }

    /**
     * {@return the whole number of a field; 1.0 is not one}
     *
     * @param name of the field
     * @param least smallest value that is accepted
     * @param most largest value that is accepted
     */
    public int integer(String name, int least, int most) {
        return Math.toIntExact(integer64(name, least, most));
    }

    /**
     * {@return the whole number of a field, over the full range of 64 bits}
     *
     * @param name of the field
     * @param least smallest value that is accepted
     * @param most largest value that is accepted
     */
    long integer64(String name, long least, long most) {
        return integerOf(take(name), name, least, most);
    }

    /**
     * {@return the true or false of a field; texts and numbers are refused}
     *
     * @param name of the field
     */
    public boolean flag(String name) {
        JsonNode value = take(name);
        if (!value.isBoolean()) {
            throw wrong(name, "true or false", value);
        }
        return value.booleanValue();
    }

    /**
     * {@return the constant that a field names, in lower case}
     *
     * @param <E> the enum
     * @param name of the field
     * @param type the enum, whose constants are all that is accepted
     */
    public <E extends Enum<E>> E choice(String name, Class<E> type) {
        JsonNode value = take(name);
        var names = new ArrayList<String>();
        for (E constant : type.getEnumConstants()) {
            names.add(Json.choice(constant));
            if (value.isTextual() && value.textValue().equals(Json.choice(constant))) {
                return constant;
            }
        }
        throw wrong(name, "one of " + names, value);
    }

    /**
     * As {@link #choice(String, Class)}, for a field that may be left out.
     *
     * @param <E> the enum
     * @param name of the field
     * @param type the enum, whose constants are all that is accepted
     * @param absent what a missing field stands for
     * @return the constant that the field names, or {@code absent} where there is no such field
     */
    public <E extends Enum<E>> E choice(String name, Class<E> type, E absent) {
        return node.has(name) ? choice(name, type) : absent;
    }

    /**
     * {@return the fields of an object inside this one, to be taken and ended on their own}
     *
     * @param name of the field
     */
    public JsonFields object(String name) {
        return new JsonFields(take(name), where + "." + name);
    }

    /**
     * {@return the fields of an object inside this one, or null where the field is JSON's null; it must not be missing}
     *
     * @param name of the field
     */
    @Nullable
    JsonFields optionalObject(String name) {
        JsonNode value = take(name);
        return value.isNull() ? null : new JsonFields(value, where + "." + name);
    }

    /**
     * {@return the number of a field as a float, or null where the field is JSON's null; it must not be missing}
     *
     * @param name of the field
     */
    @Nullable
    public Float optionalReal32(String name) {
        JsonNode value = take(name);
        return value.isNull() ? null : Float.valueOf(real32Of(value, name));
    }

    /**
     * {@return the objects of a list, in its order, each to be taken and ended on its own}
     *
     * @param name of the field
     */
    public List<JsonFields> objects(String name) {
        return list(name, (value, at) -> new JsonFields(value, where + "." + at));
    }

    /**
     * {@return the texts of a list, in its order}
     *
     * @param name of the field
     */
    public List<String> texts(String name) {
        return list(name, this::textOf);
    }

    /**
     * {@return the numbers of a list, in its order, as finite floats}
     *
     * @param name of the field
     */
    public List<Float> reals32(String name) {
        return list(name, this::real32Of);
    }

    /**
     * {@return the whole numbers of a list, in its order, each from 0 to 2<sup>31</sup> - 1}
     *
     * @param name of the field
     */
    public List<Integer> integers(String name) {
        return list(name, (value, at) -> Math.toIntExact(integerOf(value, at, 0, Integer.MAX_VALUE)));
    }

    /**
     * {@return the whole numbers of a list, in its order, each from 0 to 2<sup>63</sup> - 1}
     *
     * @param name of the field
     */
    public List<Long> integers64(String name) {
        return list(name, (value, at) -> integerOf(value, at, 0, Long.MAX_VALUE));
    }

    /**
     * {@return the numbers of an object by the names of its fields, as finite floats}
     *
     * @param name of the field
     */
    Map<String, Float> reals32ByName(String name) {
        return map(name, this::real32Of);
    }

    /**
     * {@return the finite numbers of an object by the names of its fields}
     *
     * @param name of the field
     */
    Map<String, Double> realsByName(String name) {
        return map(name, this::realOf);
    }

    /** {@return all fields of this object as texts by name; none is left to take} */
    public Map<String, String> allTexts() {
        var texts = new TreeMap<String, String>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            texts.put(field.getKey(), textOf(take(field.getKey()), field.getKey()));
        }
        return texts;
    }

    private <V> List<V> list(String name, BiFunction<JsonNode, String, V> element) {
        JsonNode value = take(name);
        if (!value.isArray()) {
            throw wrong(name, "a list", value);
        }
        var list = new ArrayList<V>();
        for (int i = 0; i < value.size(); i++) {
            list.add(element.apply(value.get(i), name + "[" + i + "]"));
        }
        return List.copyOf(list);
    }

    private <V> Map<String, V> map(String name, BiFunction<JsonNode, String, V> element) {
        JsonNode value = take(name);
        if (!value.isObject()) {
            throw wrong(name, "an object", value);
        }
        var map = new TreeMap<String, V>();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            map.put(field.getKey(), element.apply(field.getValue(), name + "." + field.getKey()));
        }
        return map;
    }

    private JsonNode take(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new IllegalArgumentException(where + ": expected a field " + name + ", found none");
        }
        taken.add(name);
        return value;
    }

    private String textOf(JsonNode value, String name) {
        if (!value.isTextual()) {
            throw wrong(name, "a string", value);
        }
        return value.textValue();
    }

    private double realOf(JsonNode value, String name) {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrong(name, "a finite number", value);
        }
        return value.doubleValue();
    }

    private float real32Of(JsonNode value, String name) {
        if (!value.isNumber() || !Float.isFinite((float) value.doubleValue())) {
            throw wrong(name, "a finite float32", value);
        }
        return (float) value.doubleValue();
    }

    private long integerOf(JsonNode value, String name, long least, long most) {
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw wrong(name, "an integer from " + least + " to " + most, value);
        }
        return value.longValue();
    }

    private IllegalArgumentException wrong(String name, String expected, JsonNode found) {
        return new IllegalArgumentException(
                where + ": expected " + expected + " for " + name + ", found " + shown(found));
    }

    private static String shown(JsonNode value) {
        String text = value.isContainerNode() ? (value.isArray() ? "a list" : "an object") : value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
