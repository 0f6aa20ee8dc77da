package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.models.network.NetworkGraph;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Which layers read which. Layers are counted in the order in which a configuration lists them; {@link #INPUT} is the
 * network's input.
 *
 * @param sources of each layer, in the order in which they are added
 * @param readers of each layer, ascending
 * @param order of computation: within a time step, every layer after those whose values of that step it reads
 */
public record LayerWiring(List<List<Source>> sources, List<List<Reader>> readers, List<Integer> order) {

    /** The network's input, as a source. */
    public static final int INPUT = -1;

    /** The name of the input in a configuration. */
    public static final String INPUT_NAME = "input";

    /** What a layer reads: the values of a layer, or the input, of some steps ago. */
    public record Source(int layer, int delaySteps) {}

    /** A layer that reads another, with that delay. */
    public record Reader(int layer, int delaySteps) {}

    public LayerWiring {
        sources = sources.stream().map(List::copyOf).toList();
        readers = readers.stream().map(List::copyOf).toList();
        order = List.copyOf(order);
    }

    /**
     * The wiring that a list of layers asks for.
     *
     * @throws ConfigException if an input is not named or named twice, a cycle has no delay, or a layer is not connected
     */
    static LayerWiring of(List<LayerConfig> layers) {
        Map<String, Integer> places = new HashMap<>(Map.of(INPUT_NAME, INPUT));
        for (int l = 0; l < layers.size(); l++) {
            String name = layers.get(l).name();
            check(!name.equals(INPUT_NAME), "network.layers: name", "another than that of the network's input", name);
            check(places.put(name, l) == null, "network.layers", "names that differ", name + " twice");
        }
        var sources = new ArrayList<List<Source>>();
        for (int l = 0; l < layers.size(); l++) {
            LayerConfig layer = layers.get(l);
            var of = new ArrayList<Source>();
            for (LayerConfig.InputConfig input : layer.inputs()) {
                Integer place = places.get(input.from());
                if (place == null) {
                    throw new ConfigException(layer.name() + ".inputs: expected names among "
                            + places.keySet().stream().sorted().toList()
                            + ", found " + input.from());
                }
                of.add(new Source(place, input.delay()));
            }
            check(new HashSet<>(of).size() == of.size(), layer.name() + ".inputs", "each one once", layer.inputs());
            sources.add(of.isEmpty() ? List.of(new Source(l - 1, 0)) : of);
        }
        var readers = new ArrayList<List<Reader>>();
        layers.forEach(layer -> readers.add(new ArrayList<>()));
        for (int l = 0; l < layers.size(); l++) {
            for (Source source : sources.get(l)) {
                if (source.layer() != INPUT) {
                    readers.get(source.layer()).add(new Reader(l, source.delaySteps()));
                }
            }
        }
        for (int l = 0; l < layers.size() - 1; l++) {
            check(!readers.get(l).isEmpty(), layers.get(l).name(), "a layer that reads it", "none");
        }
        checkReached(layers, sources, readers);
        return new LayerWiring(sources, readers, order(layers, sources));
    }

    private static void checkReached(List<LayerConfig> layers, List<List<Source>> sources, List<List<Reader>> readers) {
        var reached = new BitSet();
        var next = new ArrayList<Integer>();
        for (int l = 0; l < layers.size(); l++) {
            if (sources.get(l).stream().anyMatch(s -> s.layer() == INPUT)) {
                next.add(l);
            }
        }
        while (!next.isEmpty()) {
            int l = next.removeLast();
            if (!reached.get(l)) {
                reached.set(l);
                readers.get(l).forEach(r -> next.add(r.layer()));
            }
        }
        for (int l = 0; l < layers.size(); l++) {
            check(reached.get(l), layers.get(l).name(), "a way to it from the network's input", "none");
        }
    }

    /** Among the layers that are ready, the one listed first; a layer that only reads later ones with a delay is ready. */
    private static List<Integer> order(List<LayerConfig> layers, List<List<Source>> sources) {
        var order = new ArrayList<Integer>();
        var done = new BitSet();
        while (order.size() < layers.size()) {
            int next = -1;
            for (int l = 0; l < layers.size() && next < 0; l++) {
                boolean ready = sources.get(l).stream()
                        .allMatch(s -> s.delaySteps() > 0 || s.layer() == INPUT || done.get(s.layer()));
                next = ready && !done.get(l) ? l : next;
            }
            if (next < 0) {
                var cycle = new ArrayList<String>();
                for (int l = done.nextClearBit(0); l < layers.size(); l = done.nextClearBit(l + 1)) {
                    cycle.add(layers.get(l).name());
                }
                throw new ConfigException(
                        "network.layers: expected a delay on at least one input of every cycle, found a"
                                + " cycle without any among " + String.join(", ", cycle));
            }
            done.set(next);
            order.add(next);
        }
        return order;
    }

    /** Whether a layer reads the values of one source as they are. */
    public boolean readsOneAsItIs(int layer) {
        List<Source> of = sources.get(layer);
        return of.size() == 1 && of.getFirst().delaySteps() == 0;
    }

    /** Whether each layer reads the one before it, and nothing else. */
    public boolean isChain() {
        for (int l = 0; l < sources.size(); l++) {
            if (!sources.get(l).equals(List.of(new Source(l - 1, 0)))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a layer reads another that is computed after it, or itself, by way of a delay. */
    public boolean hasFeedback() {
        for (int l = 0; l < sources.size(); l++) {
            for (Source source : sources.get(l)) {
                if (isFeedback(source, l)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether what a layer reads from this source is computed after the layer in the order. */
    public boolean isFeedback(Source source, int reader) {
        return source.layer() != INPUT && order.indexOf(source.layer()) >= order.indexOf(reader);
    }

    /** Longest delay that an input may have, in time steps. */
    static int maximumDelaySteps() {
        return NetworkGraph.MAXIMUM_DELAY_STEPS;
    }
}
