package io.keyspike.models.nir;

import io.keyspike.models.arrays.NumberArray;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A primitive's parameters, checked and spread over its neurons. */
final class Parameters {
    private final String name;
    private final NirNode.Primitive node;
    private final Set<String> unused;

    Parameters(String name, NirNode.Primitive node) {
        this.name = name;
        this.node = node;
        unused = new TreeSet<>(node.parameters().keySet());
        // What follows from the other parameters.
        unused.removeAll(Set.of("input_type", "output_type"));
    }

    String where() {
        return "node " + name + " (" + node.type() + ")";
    }

    boolean has(String parameter) {
        return node.parameters().containsKey(parameter);
    }

    NumberArray array(String parameter) {
        unused.remove(parameter);
        NumberArray array = node.numbers(parameter);
        if (array == null) {
            throw new IllegalArgumentException(where() + ": expected numbers as '" + parameter + "', found "
                    + (has(parameter) ? "a text" : "none"));
        }
        return array;
    }

    @Nullable
    String text(String parameter) {
        if (node.parameters().get(parameter) instanceof String text) {
            unused.remove(parameter);
            return text;
        }
        return null;
    }

    /** Spread over the neurons as NumPy spreads it: a single number, or trailing axes equal. */
    double[] spread(String parameter, List<Integer> shape) {
        NumberArray array = array(parameter);
        int size = NumberArray.size(shape);
        double[] values = array.values();
        if (values.length == size) {
            return values.clone();
        }
        double[] result = new double[size];
        List<Integer> own = array.shape();
        int lead = shape.size() - own.size();
        boolean fits = lead >= 0;
        for (int axis = 0; fits && axis < own.size(); axis++) {
            fits = own.get(axis) == 1 || own.get(axis).equals(shape.get(lead + axis));
        }
        if (values.length != 1 && !fits) {
            throw new IllegalArgumentException(
                    where() + ": expected '" + parameter + "' for a shape of " + shape + ", found " + own);
        }
        int[] index = new int[shape.size()];
        for (int i = 0; i < size; i++) {
            int at = 0;
            for (int axis = 0; values.length > 1 && axis < own.size(); axis++) {
                at = at * own.get(axis) + (own.get(axis) == 1 ? 0 : index[lead + axis]);
            }
            result[i] = values[at];
            for (int axis = shape.size() - 1; axis >= 0 && ++index[axis] == shape.get(axis); axis--) {
                index[axis] = 0;
            }
        }
        return result;
    }

    double[] spreadOr(String parameter, List<Integer> shape, double absent) {
        if (has(parameter)) {
            return spread(parameter, shape);
        }
        double[] result = new double[NumberArray.size(shape)];
        java.util.Arrays.fill(result, absent);
        return result;
    }

    /** Time constants and thresholds must be above 0. */
    double[] positive(String parameter, List<Integer> shape) {
        double[] values = spread(parameter, shape);
        for (double value : values) {
            if (!(value > 0)) {
                throw new IllegalArgumentException(where() + ": expected '" + parameter + "' above 0, found " + value);
            }
        }
        return values;
    }

    /** Integers for axes of space; a single one counts for all. */
    int[] integers(String parameter, int axes, int least) {
        double[] values = array(parameter).values();
        if (values.length != 1 && values.length != axes) {
            throw new IllegalArgumentException(
                    where() + ": expected one or " + axes + " numbers as '" + parameter + "', found " + values.length);
        }
        int[] result = new int[axes];
        for (int i = 0; i < axes; i++) {
            result[i] = whole(parameter, values[values.length == 1 ? 0 : i]);
            if (result[i] < least) {
                throw new IllegalArgumentException(
                        where() + ": expected '" + parameter + "' of at least " + least + ", found " + result[i]);
            }
        }
        return result;
    }

    private int whole(String parameter, double value) {
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    where() + ": expected whole numbers as '" + parameter + "', found " + value);
        }
        return (int) value;
    }

    /** Says that a parameter is known and deliberately without influence. */
    Parameters ignoring(String... parameters) {
        List.of(parameters).forEach(unused::remove);
        return this;
    }

    /** Refuses what nobody asked for: nothing is dropped silently. */
    void end() {
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException(where() + ": expected no parameters but those of its kind, found '"
                    + unused.iterator().next() + "'");
        }
    }
}
