package io.keyspike.app.cli.shared;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.network.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Properties of a node of a network, for text and JSON output.
 *
 * @param kind such as {@code lif}
 * @param neurons number of neurons, 0 for a node without any
 * @param parameters number of trained or fixed parameters
 * @param ranges minimum and maximum of the neurons' constants, time constants in milliseconds
 */
public record NodeFacts(
        String name, String kind, int inputs, int outputs, int neurons, long parameters, Map<String, Range> ranges) {

    public record Range(double least, double largest) {

        @Override
        public String toString() {
            return least == largest ? number(least) : number(least) + " to " + number(largest);
        }

        private static String number(double value) {
            return Double.isInfinite(value) ? "infinite" : String.format(Locale.ROOT, "%.4g", value);
        }
    }

    /** The nodes in the order in which they are computed. */
    public static List<NodeFacts> of(Network network) {
        var facts = new ArrayList<NodeFacts>();
        for (NetworkPlan.PlannedNode planned : network.graph().plan().nodes()) {
            facts.add(of(network, planned.node()));
        }
        return facts;
    }

    private static NodeFacts of(Network network, Node node) {
        String kind = node.kind();
        if (node.recurrence() != RecurrentWiring.NONE) {
            kind = "recurrent-" + kind;
        }
        long parameters = 0;
        var ranges = new LinkedHashMap<String, Range>();
        for (String parameter : node.parameters().keySet().stream().sorted().toList()) {
            float[] values = network.tensor(node, parameter).values();
            parameters += values.length;
            if (parameter.endsWith("decay")) {
                double stepMillis = 1e3 * network.graph().stepSeconds();
                Range decay = range(values);
                ranges.put(
                        parameter.replace("decay", "tau_ms"),
                        new Range(tau(stepMillis, decay.least()), tau(stepMillis, decay.largest())));
            } else if (parameter.equals("threshold")) {
                ranges.put(parameter, range(values));
            }
        }
        return new NodeFacts(
                node.name(),
                kind,
                node.inputs(),
                node.outputs(),
                node.fires() ? node.outputs() : 0,
                parameters,
                ranges);
    }

    /** τ of β = exp(−dt/τ). */
    private static double tau(double stepMillis, double decay) {
        if (decay >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        return decay > 0 ? -stepMillis / Math.log(decay) : 0;
    }

    private static Range range(float[] values) {
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (float v : values) {
            least = Math.min(least, v);
            largest = Math.max(largest, v);
        }
        return new Range(least, largest);
    }
}
