package io.keyspike.models.nir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node made ready to be run: one step of one sequence at a time. */
abstract class Unit {
    /** A node with more values could not be recorded, and a damaged file must not take all memory. */
    private static final int MAXIMUM_VALUES = 1 << 24;

    final List<Integer> outputShape;
    final int outputs;

    Unit(List<Integer> outputShape) {
        this.outputShape = outputShape;
        this.outputs = io.keyspike.models.arrays.NumberArray.size(outputShape);
        if (outputs > MAXIMUM_VALUES) {
            throw new IllegalArgumentException(
                    "expected nodes of at most " + MAXIMUM_VALUES + " values a step, found one of " + outputShape);
        }
    }

    /** Whether it has a state, so that a loop through it is broken at its output. */
    boolean remembers() {
        return false;
    }

    /** Whether its output are spikes. */
    boolean spikes() {
        return false;
    }

    /** The same without the constant that it adds, where it adds one. */
    Unit withoutBias() {
        return this;
    }

    /** Begins a sequence. */
    void begin() {}

    /**
     * One step.
     *
     * @param in what enters, of the size of its input
     * @param out {@code [outputs]}, written
     */
    abstract void step(double[] in, double[] out);

    /** Membranes after the last step, or null where there are none. */
    double @Nullable [] membrane() {
        return null;
    }

    /** Synaptic currents after the last step, or null where there are none. */
    double @Nullable [] current() {
        return null;
    }
}
