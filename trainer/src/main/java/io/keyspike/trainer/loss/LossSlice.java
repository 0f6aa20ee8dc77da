package io.keyspike.trainer.loss;

/**
 * Which clips a loss looks at: a whole batch, or a slice of it whose outputs lie in arrays of their own. The slices' losses
 * and gradients are the batch's, since each divides by the batch's number of clips.
 *
 * @param steps T
 * @param firstStep steps before it do not count
 * @param batch clips of the slice: the B of its arrays {@code [T, B, N]}
 * @param labels of the whole batch
 * @param labelOffset where the slice's labels begin in {@code labels}
 * @param normalisingBatch clips of the whole batch
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
public record LossSlice(int steps, int firstStep, int batch, int[] labels, int labelOffset, int normalisingBatch) {

    /** @throws IllegalArgumentException if the slice does not lie within the batch, or nothing counts */
    public LossSlice {
        if (firstStep < 0 || firstStep >= steps) {
            throw new IllegalArgumentException(
                    "loss: expected a first step from 0 to below " + steps + ", found " + firstStep);
        }
        if (batch < 1 || labelOffset < 0 || labelOffset + batch > Math.min(normalisingBatch, labels.length)) {
            throw new IllegalArgumentException("loss: expected a slice within a batch of " + normalisingBatch + " with "
                    + labels.length + " labels, found " + batch + " clips from " + labelOffset);
        }
    }

    /** All clips of a batch. */
    public static LossSlice whole(int steps, int firstStep, int batch, int[] labels) {
        return new LossSlice(steps, firstStep, batch, labels, 0, batch);
    }

    /** Steps that count. */
    int counted() {
        return steps - firstStep;
    }

    int label(int clip) {
        return labels[labelOffset + clip];
    }
}
