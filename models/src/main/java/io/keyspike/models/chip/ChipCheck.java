package io.keyspike.models.chip;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.CoreMap.Demand;
import io.keyspike.models.chip.Violation.Constraint;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model fits a chip.
 *
 * @param profile the chip
 * @param violations all of them, in the order of the layers
 * @param notes what fits, but should be known
 * @param map where its neurons would sit; null where they cannot
 */
public record ChipCheck(
        ChipProfile profile,
        List<Violation> violations,
        List<String> notes,
        @Nullable CoreMap map) {

    /** Copies the lists. */
    public ChipCheck {
        violations = List.copyOf(violations);
        notes = List.copyOf(notes);
    }

    /** {@return whether the chip can hold the model as it is, that is, without any violation} */
    public boolean fits() {
        return violations.isEmpty();
    }

    /**
     * Looks at every constraint.
     *
     * @param model network and input; what only counts the output neurons' spikes is left out
     * @param profile the chip
     * @return everything that was found, not only the first violation
     * @throws IllegalArgumentException if the network is not a chain
     */
    public static ChipCheck of(KeywordModel model, ChipProfile profile) {
        var checker = new Checker(model.network(), profile);
        checker.input(model.input());
        return checker.check();
    }

    /**
     * As {@link #of(KeywordModel, ChipProfile)}, without what feeds the network.
     *
     * @param network what only counts the output neurons' spikes is left out
     * @param profile the chip
     * @return everything that was found but for {@link Violation.Constraint#FEATURES}, which is not looked at
     * @throws IllegalArgumentException if the network is not a chain
     */
    public static ChipCheck of(Network network, ChipProfile profile) {
        return new Checker(network, profile).check();
    }

    private static final class Checker {
        private final Network network;
        private final ChipProfile profile;
        private final List<Node> chain;
        private final double stepSeconds;
        private final List<Violation> violations = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Checker(Network network, ChipProfile profile) {
            this.network = network;
            this.profile = profile;
            chain = HostReadout.onChip(network);
            if (chain.size() < network.graph().nodes().size()) {
                notes.add("the populations of output neurons are counted off the chip");
            }
            stepSeconds = network.graph().stepSeconds();
        }

        ChipCheck check() {
            structure();
            for (int i = 1; i < chain.size(); i++) {
                switch (chain.get(i)) {
                    case Node.Diagonal diagonal -> diagonal(diagonal);
                    case Node.Dense dense -> dense(dense);
                    case Node.Lif lif -> {
                        neurons(lif);
                        recurrence(lif);
                    }
                    default -> {
                        // structure() has named it
                    }
                }
            }
            return new ChipCheck(profile, violations, notes, place());
        }

        void input(ModelInput input) {
            ChipProfile.FrontEnd frontEnd = profile.frontEnd();
            if (frontEnd == null) {
                return;
            }
            if (!(input instanceof ModelInput.Sound sound && sound.features() instanceof FilterbankSpec filterbank)) {
                add(Constraint.FEATURES, "the input", null, "another front end", "the chip's filterbank");
            } else if (filterbank.width() < frontEnd.filters()) {
                notes.add(filterbank.width() + " of the chip's " + frontEnd.filters()
                        + " filters are used: the others lie at or above half the sampling rate");
            }
        }

        /** Input, synapse, neurons, synapse, neurons …; the first synapse diagonal where filters are hard-wired. */
        private void structure() {
            int inputs = chain.getFirst().outputs();
            if (inputs > profile.inputs()) {
                add(Constraint.INPUTS, chain.getFirst().name(), null, inputs + "", "at most " + profile.inputs());
            }
            for (int i = 1; i < chain.size(); i++) {
                Node node = chain.get(i);
                boolean synapse = i % 2 == 1;
                boolean wired = i == 1 && profile.frontEnd() != null;
                boolean right = synapse
                        ? (wired ? node instanceof Node.Diagonal : node instanceof Node.Dense)
                        : node instanceof Node.Lif;
                if (!right) {
                    add(
                            Constraint.STRUCTURE,
                            node.name(),
                            null,
                            "a node of kind " + node.getClass().getSimpleName(),
                            wired
                                    ? "a diagonal synapse, each filter wired to one neuron"
                                    : synapse ? "a dense synapse" : "integrate-and-fire neurons");
                }
            }
            if (chain.size() % 2 == 0) {
                add(
                        Constraint.STRUCTURE,
                        chain.getLast().name(),
                        null,
                        "the end of the network",
                        "neurons after each synapse");
            }
        }

        private void diagonal(Node.Diagonal node) {
            float[] weight = network.tensor(node, "weight").values();
            for (int n = 0; n < weight.length; n++) {
                if (!(weight[n] > 0)) {
                    add(Constraint.FRONT_END_SIGN, node.name(), "" + n, "" + weight[n], "more than 0");
                }
                stored(node, "" + n, weight[n]);
            }
        }

        private void dense(Node.Dense node) {
            float[] weight = network.tensor(node, "weight").values();
            for (int i = 0; i < weight.length; i++) {
                stored(node, i / node.outputs() + ", " + i % node.outputs(), weight[i]);
            }
            var groups = new SignGroups(
                    node.inputs(), node.outputs(), profile.synapse().signGroup());
            for (int neuron = 0; neuron < node.outputs(); neuron++) {
                for (int group = 0; group < groups.perNeuron(); group++) {
                    if (!groups.aligned(weight, group, neuron, groups.sign(weight, group, neuron))) {
                        mixed(node, groups, weight, group, neuron);
                    }
                }
            }
            if (node.biased() && !profile.synapse().bias()) {
                float[] bias = network.tensor(node, "bias").values();
                for (int n = 0; n < bias.length; n++) {
                    if (bias[n] != 0) {
                        add(Constraint.BIAS, node.name(), "" + n, "" + bias[n], "none");
                    }
                }
            }
        }

        private void groups(Node node, SignGroups groups, float[] weight) {
            for (int neuron = 0; neuron < groups.outputs(); neuron++) {
                for (int group = 0; group < groups.perNeuron(); group++) {
                    if (!groups.aligned(weight, group, neuron, groups.sign(weight, group, neuron))) {
                        mixed(node, groups, weight, group, neuron);
                    }
                }
            }
        }

        private void mixed(Node node, SignGroups groups, float[] weight, int group, int neuron) {
            var values = new ArrayList<Float>();
            for (int i = groups.first(group); i < groups.end(group); i++) {
                values.add(weight[i * groups.outputs() + neuron]);
            }
            add(
                    Constraint.SIGN_GROUP,
                    node.name(),
                    groups.first(group) + ".." + (groups.end(group) - 1) + ", " + neuron,
                    "" + values,
                    "one sign for " + groups.size() + " consecutive inputs");
        }

        private void stored(Node node, String index, float weight) {
            float limit = profile.synapse().weightLimit();
            if (Math.abs(weight) > limit) {
                add(Constraint.WEIGHT_RANGE, node.name(), index, "" + weight, "at most " + limit + " in magnitude");
            } else if (!profile.grid().holds(weight)) {
                WeightGrid grid = profile.grid();
                add(
                        Constraint.WEIGHT_BITS,
                        node.name(),
                        index,
                        "" + weight,
                        "a multiple of " + grid.step() + " as " + grid.bits() + " bits store it");
            }
        }

        /** Recurrent weights are stored as others are; their groups are of the neurons of the layer itself. */
        private void recurrence(Node.Lif node) {
            if (node.recurrence() == RecurrentWiring.NONE) {
                return;
            }
            float[] weight = network.tensor(node, "recurrent_weight").values();
            boolean all = node.recurrence() == RecurrentWiring.ALL_TO_ALL;
            for (int i = 0; i < weight.length; i++) {
                stored(
                        node,
                        all ? "recurrent " + i / node.width() + ", " + i % node.width() : "recurrent " + i,
                        weight[i]);
            }
            if (all) {
                groups(
                        node,
                        new SignGroups(
                                node.width(), node.width(), profile.synapse().signGroup()),
                        weight);
            }
        }

        private void neurons(Node.Lif node) {
            ChipProfile.NeuronRules rules = profile.neuron();
            if (node.reset() != rules.reset()) {
                add(Constraint.RESET, node.name(), null, "reset " + node.reset(), "reset " + rules.reset());
            }
            Float floor = node.membraneFloor();
            Float wanted = rules.membraneFloor();
            if (floor == null ? wanted != null : !floor.equals(wanted)) {
                add(Constraint.MEMBRANE_FLOOR, node.name(), null, floorText(floor), floorText(wanted));
            }
            float[] threshold = network.tensor(node, "threshold").values();
            float[] decay = network.tensor(node, "decay").values();
            for (int n = 0; n < node.width(); n++) {
                if (threshold[n] != rules.threshold()) {
                    add(Constraint.THRESHOLD, node.name(), "" + n, "" + threshold[n], "" + rules.threshold());
                }
                if (!rules.leak().permits(decay[n], stepSeconds)) {
                    add(
                            Constraint.TIME_CONSTANT,
                            node.name(),
                            "" + n,
                            millis(decay[n]),
                            rules.leak().description());
                }
            }
        }

        private static String floorText(@Nullable Float floor) {
            return floor == null ? "no floor" : "a floor of " + floor;
        }

        private String millis(float decay) {
            if (decay <= 0 || decay >= 1) {
                return "a decay of " + decay;
            }
            return String.format(
                    Locale.ROOT,
                    "%.4g ms (a decay of %s)",
                    -1_000 * stepSeconds / Math.log(decay),
                    Float.toString(decay));
        }

        private @Nullable CoreMap place() {
            var demands = new ArrayList<Demand>();
            int frontEnd = 0;
            for (int i = 2; i < chain.size(); i++) {
                if (chain.get(i) instanceof Node.Lif lif) {
                    if (i == 2 && profile.frontEnd() != null) {
                        frontEnd = lif.width();
                    } else {
                        demands.add(new Demand(lif.name(), lif.width(), lif.recurrence() != RecurrentWiring.NONE));
                    }
                }
            }
            try {
                return CoreMap.place(profile, frontEnd, demands);
            } catch (CoreMap.DoesNotFitException e) {
                violations.add(e.violation());
                return null;
            }
        }

        private void add(Constraint constraint, String layer, @Nullable String index, String value, String limit) {
            violations.add(new Violation(constraint, layer, index, value, limit));
        }
    }
}
