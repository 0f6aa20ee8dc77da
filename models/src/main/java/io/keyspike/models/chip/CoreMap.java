package io.keyspike.models.chip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which neuron sits in which core. Recurrent layers are placed first, each inside one core; then the others in their order,
 * each whole if a core still has room for it, else spread over what is left.
 *
 * @param frontEnd neurons that are wired to filters, outside the cores; their layer is the first and has no placement
 * @param cores slots of each core, by its index
 * @param placements in the order of cores and of slots within them
 */
public record CoreMap(int frontEnd, List<Integer> cores, List<Placement> placements) {

    /**
     * A layer that needs neurons of the cores.
     *
     * @param layer name of the neurons' node
     * @param neurons width of the layer
     * @param recurrent whether its neurons feed each other, which keeps them in one core
     */
    public record Demand(String layer, int neurons, boolean recurrent) {}

    /**
     * Neurons {@code firstNeuron …} of a layer in slots {@code firstSlot …} of a core.
     *
     * @param core from 0
     * @param firstSlot slot of the first of the neurons, from 0 in each core
     * @param layer name of the neurons' node
     * @param firstNeuron index within the layer, from 0
     * @param count neurons placed, and slots taken
     */
    public record Placement(int core, int firstSlot, String layer, int firstNeuron, int count) {}

    /** A network that cannot be placed: {@link #violation} says why. */
    public static final class DoesNotFitException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Violation violation;

        DoesNotFitException(Violation violation) {
            super(violation.sentence());
            this.violation = violation;
        }

        /** {@return what does not fit, of which layer; null once the exception was serialised} */
        public Violation violation() {
            return violation;
        }
    }

    /** Copies the lists, and sorts the placements by core and slot; whether they overlap is not checked. */
    public CoreMap {
        cores = List.copyOf(cores);
        placements = placements.stream()
                .sorted(Comparator.comparingInt(Placement::core).thenComparingInt(Placement::firstSlot))
                .toList();
    }

    /**
     * Finds a place for every neuron.
     *
     * @param profile the chip's cores, and whether a layer may be spread over them
     * @param frontEnd neurons wired to filters, which take no slot; 0 for none
     * @param layers those that need slots, in the order the data passes them
     * @return the map, the same for the same arguments
     * @throws DoesNotFitException if there are too few neurons, a recurrent layer is larger than what any core has left, or
     *     a layer would have to be spread over cores of a chip that does not do so
     */
    public static CoreMap place(ChipProfile profile, int frontEnd, List<Demand> layers) throws DoesNotFitException {
        int wanted = layers.stream().mapToInt(Demand::neurons).sum();
        if (wanted > profile.neurons()) {
            throw refused(
                    Violation.Constraint.NEURONS,
                    "the network",
                    wanted + " neurons",
                    "at most " + profile.neurons() + " in cores of " + profile.cores());
        }
        var placer = new Placer(profile.cores());
        for (Demand layer : largestFirst(layers, true)) {
            if (!placer.whole(layer)) {
                throw refused(
                        Violation.Constraint.RECURRENCE,
                        layer.layer(),
                        layer.neurons() + " recurrent neurons",
                        "all of them in one core, of which the roomiest has " + placer.roomiest() + " left");
            }
        }
        List<Demand> feedForward = profile.spanCores()
                ? layers.stream().filter(l -> !l.recurrent()).toList()
                : largestFirst(layers, false);
        for (Demand layer : feedForward) {
            if (placer.whole(layer)) {
                continue;
            }
            if (!profile.spanCores()) {
                throw refused(
                        Violation.Constraint.NEURONS,
                        layer.layer(),
                        layer.neurons() + " neurons",
                        "all of them in one core, of which the roomiest has " + placer.roomiest() + " left");
            }
            placer.spread(layer);
        }
        return new CoreMap(frontEnd, profile.cores(), placer.placements);
    }

    /** Largest first, so that the greedy choice of a core leaves the least that does not fit. */
    private static List<Demand> largestFirst(List<Demand> layers, boolean recurrent) {
        return layers.stream()
                .filter(l -> l.recurrent() == recurrent)
                .sorted(Comparator.comparingInt(Demand::neurons).reversed())
                .toList();
    }

    private static DoesNotFitException refused(
            Violation.Constraint constraint, String layer, String value, String limit) {
        return new DoesNotFitException(new Violation(constraint, layer, null, value, limit));
    }

    /**
     * How full a core is.
     *
     * @param core from 0
     * @return slots in use; 0 for a core that there is not
     */
    public int used(int core) {
        return placements.stream()
                .filter(p -> p.core() == core)
                .mapToInt(Placement::count)
                .sum();
    }

    /**
     * Where a neuron sits.
     *
     * @param layer name of the neurons' node
     * @param neuron index within the layer, from 0
     * @return {@code {core, slot}}, both from 0
     * @throws IllegalArgumentException if no such neuron was placed; those of the front end never are
     */
    public int[] slotOf(String layer, int neuron) {
        for (Placement p : placements) {
            if (p.layer().equals(layer) && neuron >= p.firstNeuron() && neuron < p.firstNeuron() + p.count()) {
                return new int[] {p.core(), p.firstSlot() + neuron - p.firstNeuron()};
            }
        }
        throw new IllegalArgumentException(
                "core map: expected a neuron that is placed, found " + neuron + " of " + layer);
    }

    private static final class Placer {
        private final List<Integer> cores;
        private final int[] used;
        private final List<Placement> placements = new ArrayList<>();

        Placer(List<Integer> cores) {
            this.cores = cores;
            used = new int[cores.size()];
        }

        int left(int core) {
            return cores.get(core) - used[core];
        }

        int roomiest() {
            int most = 0;
            for (int core = 0; core < used.length; core++) {
                most = Math.max(most, left(core));
            }
            return most;
        }

        /** Into the first core that has room for all. */
        boolean whole(Demand layer) {
            for (int core = 0; core < used.length; core++) {
                if (left(core) >= layer.neurons()) {
                    put(core, layer, 0, layer.neurons());
                    return true;
                }
            }
            return false;
        }

        void spread(Demand layer) {
            int placed = 0;
            for (int core = 0; core < used.length && placed < layer.neurons(); core++) {
                int count = Math.min(left(core), layer.neurons() - placed);
                if (count > 0) {
                    put(core, layer, placed, count);
                    placed += count;
                }
            }
        }

        private void put(int core, Demand layer, int first, int count) {
            placements.add(new Placement(core, used[core], layer.layer(), first, count));
            used[core] += count;
        }
    }
}
