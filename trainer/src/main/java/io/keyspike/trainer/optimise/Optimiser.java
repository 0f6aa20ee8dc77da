package io.keyspike.trainer.optimise;

import io.keyspike.trainer.config.OptimiserConfig;
import io.keyspike.trainer.layers.Parameter;
import java.util.List;

/**
 * Moves parameters along their gradients. A step is {@link #begin} and then every value once through {@link #update}; the
 * values are independent, so it does not matter how they are cut into ranges, nor who updates which.
 */
public interface Optimiser {

    /** The optimiser that a configuration asks for. */
    static Optimiser of(OptimiserConfig config, List<Parameter> parameters) {
        return switch (config.kind()) {
            case ADAM, ADAM_W -> new Adam(config, parameters);
            case SGD -> new StochasticGradientDescent(config, parameters);
        };
    }

    /** What it moves, in the order of the indices of {@link #update}. */
    List<Parameter> parameters();

    /** Begins a step; {@code rateFactor} is the schedule's. */
    void begin(double rateFactor);

    /**
     * Moves values {@code from} to {@code to − 1} of a parameter: once for each value in a step. Ranges that do not overlap
     * may be updated at the same time.
     *
     * @param parameter its index in {@link #parameters}
     */
    void update(int parameter, int from, int to);

    /** A whole step on the calling thread. */
    default void step(double rateFactor) {
        begin(rateFactor);
        for (int i = 0; i < parameters().size(); i++) {
            update(i, 0, parameters().get(i).values().length);
        }
    }

    /** Steps begun. */
    long steps();

    /** Goes on after a checkpoint, whose numbers have been put into {@link #state}. */
    void resumeAt(long stepsTaken);

    /** What it remembers of the steps taken, shared: what a checkpoint keeps. */
    List<float[]> state();
}
