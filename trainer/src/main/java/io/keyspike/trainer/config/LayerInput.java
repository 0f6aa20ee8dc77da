package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.keyspike.models.network.NetworkGraph;

/**
 * What a layer takes in: the output of a layer, or the network's input, some steps ago.
 *
 * @param from name of a layer, or {@link #NETWORK}
 * @param delay in time steps; before that, zeros arrive
 */
public record LayerInput(String from, int delay) {

    /** The network's input. */
    public static final String NETWORK = "input";

    public LayerInput {
        check(
                delay >= 0 && delay <= NetworkGraph.MAXIMUM_DELAY_STEPS,
                "inputs: delay of " + from,
                "0 to " + NetworkGraph.MAXIMUM_DELAY_STEPS,
                delay);
    }

    @JsonCreator
    static LayerInput of(String from) {
        return new LayerInput(from, 0);
    }

    @JsonCreator
    static LayerInput of(
            @JsonProperty(value = "from", required = true) String from, @JsonProperty("delay") Integer delay) {
        return new LayerInput(from, delay == null ? 0 : delay);
    }
}
