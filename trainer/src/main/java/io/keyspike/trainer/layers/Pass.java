package io.keyspike.trainer.layers;

import io.keyspike.kernels.SequenceShape;

/**
 * One forward and backward pass.
 *
 * @param steps T
 * @param batch B
 * @param firstStep steps before it are a prefix: readouts begin after it from zero, losses count after it
 * @param randomKey of everything drawn in this pass
 * @param constantInput whether the input is the same at each step, so that it is given once: {@code [B, inputs]}
 * @param constantCurrent whether the stage at hand has a current that is the same at each step, {@code [B, N]}; the
 *     network says so to the neurons behind a constant input
 */
public record Pass(
        int steps, int batch, int firstStep, long randomKey, boolean constantInput, boolean constantCurrent) {

    public Pass {
        if (steps < 1 || batch < 1 || firstStep < 0 || firstStep >= steps) {
            throw new IllegalArgumentException(
                    "pass: expected steps and batch of at least 1 and a first step within them," + " found steps "
                            + steps + ", batch " + batch + ", first step " + firstStep);
        }
    }

    public Pass(int steps, int batch, int firstStep, long randomKey) {
        this(steps, batch, firstStep, randomKey, false, false);
    }

    /** This pass with an input that is the same at each step, given once. */
    public Pass withConstantInput() {
        return new Pass(steps, batch, firstStep, randomKey, true, false);
    }

    /** This pass as a stage sees it whose current is the same at each step. */
    Pass withConstantCurrent() {
        return new Pass(steps, batch, firstStep, randomKey, constantInput, true);
    }

    /** A slice of this pass's batch; what is drawn in it depends on where it begins. */
    Pass slice(int firstSequence, int sequences) {
        return new Pass(steps, sequences, firstStep, randomKey + firstSequence, constantInput, constantCurrent);
    }

    SequenceShape shape(int neurons) {
        return new SequenceShape(steps, batch, neurons);
    }

    int rows() {
        return steps * batch;
    }

    /** Rows of the input: B where it is the same at each step, else T·B. */
    public int inputRows() {
        return constantInput ? batch : rows();
    }
}
