package io.keyspike.trainer.layers;

import io.keyspike.kernels.SequenceShape;

/**
 * One forward and backward pass.
 *
 * @param steps T
 * @param batch B
 * @param firstStep steps before it are a prefix: readouts begin after it from zero, losses count after it
 * @param randomKey of everything drawn in this pass
 */
public record Pass(int steps, int batch, int firstStep, long randomKey) {

    public Pass {
        if (steps < 1 || batch < 1 || firstStep < 0 || firstStep >= steps) {
            throw new IllegalArgumentException(
                    "pass: expected steps and batch of at least 1 and a first step within them," + " found steps "
                            + steps + ", batch " + batch + ", first step " + firstStep);
        }
    }

    SequenceShape shape(int neurons) {
        return new SequenceShape(steps, batch, neurons);
    }

    int rows() {
        return steps * batch;
    }
}
