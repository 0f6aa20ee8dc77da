package io.keyspike.models.nir;

import io.keyspike.models.arrays.NumberArray;
import org.jspecify.annotations.Nullable;

/**
 * How a graph is simulated, where the file leaves it open.
 *
 * @param dialect whose discretisation is followed
 * @param stepSeconds time step in seconds; null for the {@code dt} of the file's metadata, else the dialect's
 * @param reset what a spike does; null for what the file says (NIR) or the library's default
 * @param resetDelayed whether a spike resets the membrane in the step after it; null for the library's default, which is true
 *     for snnTorch and false for all others
 * @param membranes what exporters leave out of the file altogether
 */
public record SimulationSettings(
        Dialect dialect,
        @Nullable Double stepSeconds,
        @Nullable ResetRule reset,
        @Nullable Boolean resetDelayed,
        Membranes membranes) {

    /**
     * What Sinabs and Rockpool have and NIR cannot say.
     *
     * @param maximumSpikes most spikes of a neuron in one step; null for the library's default: without limit for Sinabs, 65,536
     *     for Rockpool, 1 for all others
     * @param floor lower clamp of membranes after the reset, {@link Double#NEGATIVE_INFINITY} for none; null for the library's
     *     default, which is the threshold below 0 of Sinabs's IF and none of all others
     * @param normalisedInput whether leaky neurons of Sinabs weigh their input by 1 − decay
     */
    public record Membranes(
            @Nullable Integer maximumSpikes, @Nullable Double floor, boolean normalisedInput) {
        /** All as the library has it. */
        public static final Membranes DEFAULT = new Membranes(null, null, false);

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if the most spikes are fewer than 1, or the floor is above 0 or not a number
         */
        public Membranes {
            if (maximumSpikes != null && maximumSpikes < 1) {
                throw new IllegalArgumentException("expected at least 1 as the most spikes, found " + maximumSpikes);
            }
            if (floor != null && !(floor <= 0)) {
                throw new IllegalArgumentException("expected a membrane floor of at most 0, found " + floor);
            }
        }
    }

    /**
     * Checks the time step.
     *
     * @throws IllegalArgumentException if it is not a finite number above 0
     */
    public SimulationSettings {
        if (stepSeconds != null && !(stepSeconds > 0 && Double.isFinite(stepSeconds))) {
            throw new IllegalArgumentException("expected a time step above 0 s, found " + stepSeconds);
        }
    }

    /**
     * With membranes as the library has them.
     *
     * @param dialect whose discretisation is followed
     * @param stepSeconds time step in seconds, or null
     * @param reset what a spike does, or null
     * @param resetDelayed whether a spike resets the membrane in the step after it, or null
     */
    public SimulationSettings(
            Dialect dialect, @Nullable Double stepSeconds, @Nullable ResetRule reset, @Nullable Boolean resetDelayed) {
        this(dialect, stepSeconds, reset, resetDelayed, Membranes.DEFAULT);
    }

    /**
     * All as the dialect has it.
     *
     * @param dialect whose discretisation is followed
     * @return settings with nothing else settled
     */
    public static SimulationSettings of(Dialect dialect) {
        return new SimulationSettings(dialect, null, null, null);
    }

    /**
     * The dialect of a node: the one given or, where that is NIR's, the one that the node's metadata names, as ours do for
     * neurons of snnTorch's arithmetic.
     *
     * @param node of the graph
     * @return never null
     */
    public Dialect dialectOf(NirNode node) {
        return dialect == Dialect.NIR && "snntorch".equals(node.metadata().get("dialect")) ? Dialect.SNNTORCH : dialect;
    }

    /**
     * What a spike does in a node: as given, else as the node's metadata {@code reset} says, else as the library has it.
     *
     * @param node of the graph
     * @return never null
     */
    public ResetRule resetOf(NirNode.Primitive node) {
        if (reset != null) {
            return reset;
        }
        if (node.metadata().get("reset") instanceof String noted) {
            return noted.equals("zero") ? ResetRule.ZERO : ResetRule.SUBTRACT;
        }
        return switch (dialectOf(node)) {
            case NIR -> node.parameters().containsKey("v_reset") ? ResetRule.V_RESET : ResetRule.SUBTRACT;
            case NORSE -> ResetRule.V_RESET;
            case SNNTORCH, SINABS, ROCKPOOL -> ResetRule.SUBTRACT;
        };
    }

    /**
     * Whether a spike resets the membrane of a node only in the next step: as given, else as the node's metadata
     * {@code reset_delay} says, else as the library has it.
     *
     * @param node of the graph
     * @return whether it does
     */
    public boolean resetDelayedOf(NirNode node) {
        if (resetDelayed != null) {
            return resetDelayed;
        }
        return (node.metadata().get("reset_delay") instanceof NumberArray noted && noted.values().length == 1)
                ? noted.values()[0] != 0
                : dialectOf(node) == Dialect.SNNTORCH;
    }
}
