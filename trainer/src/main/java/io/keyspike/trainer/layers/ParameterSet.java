package io.keyspike.trainer.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The learnt values that the stages of a network ask for. The first set of a network makes them; its replicas, which learn
 * from slices of the same batch, share them and have gradients of their own.
 */
final class ParameterSet {
    private final @Nullable ParameterSet original;
    private final Map<String, Parameter> byName = new TreeMap<>();
    private final List<Parameter> inOrder = new ArrayList<>();

    ParameterSet() {
        this(null);
    }

    private ParameterSet(@Nullable ParameterSet original) {
        this.original = original;
    }

    /** A set with the same values, shared, and gradients of its own. */
    ParameterSet replica() {
        return new ParameterSet(original == null ? this : original);
    }

    /**
     * A parameter, which a stage asks for once.
     *
     * @param initial the values it begins with; those of a replica are the original's instead
     */
    Parameter parameter(String layer, String name, float[] initial, Parameter.Role role) {
        var made = new Parameter(layer, name, initial, role);
        if (original != null) {
            Parameter first = original.byName.get(made.fullName());
            if (first == null || first.values().length != initial.length) {
                throw new IllegalStateException(made.fullName() + ": expected one of " + initial.length
                        + " values in the network, found " + (first == null ? "none" : first.values().length));
            }
            made = new Parameter(layer, name, first.values(), role);
        }
        if (byName.put(made.fullName(), made) != null) {
            throw new IllegalStateException(made.fullName() + ": expected to be asked for once, found twice");
        }
        inOrder.add(made);
        return made;
    }

    /** All, in the order they were asked for. */
    List<Parameter> all() {
        return List.copyOf(inOrder);
    }
}
