package io.keyspike.trainer.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which layers feed which. Layers are computed in the order in which they are declared: a source without a delay comes before
 * the layer it feeds, and one with a delay may come after it.
 *
 * @param sources of each layer, in the order in which they are added
 */
public record Wiring(List<List<Source>> sources) {

    /** The network's input, as the index of a source. */
    public static final int INPUT = -1;

    /**
     * One input of a layer.
     *
     * @param layer index of the layer that it comes from, or {@link #INPUT}
     * @param delay in time steps
     */
    public record Source(int layer, int delay) {}

    /**
     * One use of a source.
     *
     * @param layer index of the layer that is fed
     * @param delay in time steps
     */
    public record Consumer(int layer, int delay) {}

    /**
     * Consecutive layers that are solved together, as some of them feed earlier ones.
     *
     * @param first index of the first
     * @param last index of the last
     */
    public record Loop(int first, int last) {}

    public Wiring {
        sources = sources.stream().map(List::copyOf).toList();
    }

    /** @throws ConfigException if an input is unknown, repeated, or not available when it is needed, or a layer is useless */
    static Wiring of(List<LayerConfig> layers) {
        Map<String, Integer> indices = new HashMap<>();
        indices.put(LayerInput.NETWORK, INPUT);
        for (int l = 0; l < layers.size(); l++) {
            indices.putIfAbsent(layers.get(l).name(), l);
        }
        var all = new ArrayList<List<Source>>();
        for (int l = 0; l < layers.size(); l++) {
            all.add(sources(layers.get(l), l, indices));
        }
        var wiring = new Wiring(all);
        wiring.check(layers);
        return wiring;
    }

    private static List<Source> sources(LayerConfig layer, int index, Map<String, Integer> indices) {
        if (layer.inputs().isEmpty()) {
            return List.of(new Source(index - 1, 0));
        }
        String key = layer.name() + ".inputs";
        var sources = new ArrayList<Source>();
        for (LayerInput input : layer.inputs()) {
            Integer from = indices.get(input.from());
            if (from == null) {
                throw new ConfigException(key + ": expected input or the name of a layer, found " + input.from());
            }
            ConfigException.check(
                    input.delay() > 0 || from < index,
                    key,
                    "a layer declared before " + layer.name() + ", or a delay of at least 1",
                    input.from() + " without a delay");
            var source = new Source(from, input.delay());
            ConfigException.check(!sources.contains(source), key, "distinct inputs", input.from() + " twice");
            sources.add(source);
        }
        ConfigException.check(
                sources.size() == 1 || layer.synapse() == LayerConfig.Synapse.DENSE,
                key,
                "one for a diagonal synapse",
                sources.size());
        return sources;
    }

    private void check(List<LayerConfig> layers) {
        boolean[] reached = reached();
        for (int l = 0; l < layers.size(); l++) {
            LayerConfig layer = layers.get(l);
            List<Consumer> consumers = consumers(l);
            ConfigException.check(reached[l], layer.name() + ".inputs", "a path from the input", "none");
            ConfigException.check(
                    l == layers.size() - 1 || !consumers.isEmpty(),
                    "network.layers: " + layer.name(),
                    "a layer that takes its output",
                    "none");
            ConfigException.check(
                    layer.neuron().kind() != NeuronConfig.Kind.READOUT || consumers.isEmpty(),
                    "network.layers: " + layer.name(),
                    "a readout that feeds no layer",
                    "one that feeds another");
            int index = l;
            boolean looped = loops().stream().anyMatch(loop -> index >= loop.first() && index <= loop.last());
            ConfigException.check(
                    !(looped && layer.batchNorm()),
                    layer.name() + ".batch_norm",
                    "false inside a loop of layers",
                    "true");
        }
    }

    private boolean[] reached() {
        boolean[] reached = new boolean[sources.size()];
        for (int round = 0; round < reached.length; round++) {
            for (int l = 0; l < reached.length; l++) {
                for (Source s : sources.get(l)) {
                    reached[l] |= s.layer() == INPUT || reached[s.layer()];
                }
            }
        }
        return reached;
    }

    /** Where the output of a layer, or the network's input, goes: by layer, and for one layer in the order of its inputs. */
    public List<Consumer> consumers(int of) {
        var consumers = new ArrayList<Consumer>();
        for (int l = 0; l < sources.size(); l++) {
            for (Source s : sources.get(l)) {
                if (s.layer() == of) {
                    consumers.add(new Consumer(l, s.delay()));
                }
            }
        }
        return consumers;
    }

    /** Whether a layer has one input, without a delay. */
    public boolean direct(int layer) {
        return sources.get(layer).size() == 1 && sources.get(layer).getFirst().delay() == 0;
    }

    /** Whether each layer has the one before as its only input. */
    public boolean chain() {
        for (int l = 0; l < sources.size(); l++) {
            if (!sources.get(l).equals(List.of(new Source(l - 1, 0)))) {
                return false;
            }
        }
        return true;
    }

    /** What is solved together, in order and without overlaps. */
    public List<Loop> loops() {
        var loops = new ArrayList<Loop>();
        for (int l = 0; l < sources.size(); l++) {
            int last = -1;
            for (Source s : sources.get(l)) {
                last = Math.max(last, s.layer());
            }
            if (last >= l) {
                Loop before = loops.isEmpty() ? null : loops.getLast();
                if (before != null && before.last() >= l) {
                    loops.set(loops.size() - 1, new Loop(before.first(), Math.max(before.last(), last)));
                } else {
                    loops.add(new Loop(l, last));
                }
            }
        }
        return loops;
    }

    /**
     * Widths of the network's input and of each layer.
     *
     * @throws ConfigException if inputs that are added differ in width
     */
    public List<Integer> widths(List<LayerConfig> layers, int inputs, int labels) {
        int[] widths = new int[layers.size()];
        for (int l = 0; l < widths.length; l++) {
            Integer width = layers.get(l).width();
            boolean diagonal = layers.get(l).synapse() == LayerConfig.Synapse.DIAGONAL;
            widths[l] = diagonal ? 0 : width == null ? labels : width;
        }
        for (int round = 0; round < widths.length; round++) {
            for (int l = 0; l < widths.length; l++) {
                if (layers.get(l).synapse() == LayerConfig.Synapse.DIAGONAL) {
                    int from = sources.get(l).getFirst().layer();
                    widths[l] = from == INPUT ? inputs : widths[from];
                }
            }
        }
        for (int l = 0; l < widths.length; l++) {
            List<Integer> found = sources.get(l).stream()
                    .map(s -> s.layer() == INPUT ? inputs : widths[s.layer()])
                    .distinct()
                    .toList();
            ConfigException.check(
                    found.size() == 1,
                    layers.get(l).name() + ".inputs",
                    "inputs of the same width, since they are added",
                    found);
        }
        var all = new ArrayList<Integer>();
        all.add(inputs);
        for (int width : widths) {
            all.add(width);
        }
        return all;
    }
}
