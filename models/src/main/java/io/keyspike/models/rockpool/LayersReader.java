package io.keyspike.models.rockpool;

import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.Network;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rockpool's {@code SynNet}, and any {@code TorchSequential} of linear layers and LIF neurons in turn. The order is in the
 * names: {@code 0_linear}, {@code 0_neurons}, {@code 1_linear}, …, {@code out_neurons}.
 */
final class LayersReader {
    private static final Pattern NAME = Pattern.compile("(\\d{1,6}|out)_([A-Za-z0-9_]{1,48})");

    private final RockpoolModule root;

    LayersReader(RockpoolModule root) {
        this.root = root;
    }

    private record Place(String key, int order, boolean linear) {}

    Network network() throws ModelFileException {
        root.ignore("dt");
        RockpoolModule layers = root.has("seq") ? root.module("seq") : root;
        root.requireAllReadBut(layers);
        List<String> keys = layers.modules();
        var places = new java.util.ArrayList<Place>();
        for (String key : keys) {
            Matcher parts = NAME.matcher(key);
            if (!parts.matches()) {
                throw new ModelFileException(layers.name(key)
                        + ": expected wave0, or modules named by their order as 0_linear, found another");
            }
            int order = parts.group(1).equals("out") ? Integer.MAX_VALUE : Integer.parseInt(parts.group(1));
            places.add(new Place(key, order, layers.peek(key).has("weight")));
        }
        places.sort(Comparator.comparingInt(Place::order).thenComparing(p -> !p.linear()));
        if (places.isEmpty() || places.size() % 2 != 0) {
            throw new ModelFileException("rockpool: expected linear layers, each with LIF neurons after it, found "
                    + places.size() + " modules");
        }
        var graph = new GraphParts();
        String before = GraphParts.INPUT;
        for (int p = 0; p < places.size(); p += 2) {
            Place linear = places.get(p);
            Place neurons = places.get(p + 1);
            if (!linear.linear() || neurons.linear()) {
                throw new ModelFileException(layers.name(linear.key())
                        + ": expected a linear layer and then its neurons," + " found another order");
            }
            before = graph.layer(
                    linear.key(),
                    neurons.key(),
                    List.of(before),
                    layers.module(linear.key()),
                    layers.module(neurons.key()));
        }
        layers.requireAllRead();
        return graph.network(before);
    }
}
