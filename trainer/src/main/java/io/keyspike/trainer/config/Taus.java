package io.keyspike.trainer.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Time constants of a layer's neurons: one for all of them, or several that the neurons take in turn.
 *
 * @param millis at least one, in milliseconds; neuron n has that of index n modulo their number
 */
public record Taus(List<Double> millis) {

    public Taus {
        millis = List.copyOf(millis);
    }

    /** @param json a number, or a list of numbers */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Taus of(JsonNode json) {
        var millis = new ArrayList<Double>();
        for (JsonNode value : json.isArray() ? json : List.of(json)) {
            // YAML has .inf for infinity, which Jackson hands on as text
            boolean infinite = value.asText().equals("Infinity");
            ConfigException.check(value.isNumber() || infinite, "neuron.synapses", "numbers or lists of them", value);
            millis.add(infinite ? Double.POSITIVE_INFINITY : value.doubleValue());
        }
        return new Taus(millis);
    }

    @JsonValue
    Object json() {
        return millis.size() == 1 ? millis.getFirst() : millis;
    }

    /** That of a neuron, in milliseconds. */
    public double of(int neuron) {
        return millis.get(neuron % millis.size());
    }

    /** Whether there is one at least, and all are above 0. */
    boolean valid() {
        return !millis.isEmpty() && millis.stream().allMatch(tau -> tau > 0);
    }
}
