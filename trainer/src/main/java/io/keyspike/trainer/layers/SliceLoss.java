package io.keyspike.trainer.layers;

import org.jspecify.annotations.Nullable;

/** Judges what the network made of a slice of a batch. */
@FunctionalInterface
public interface SliceLoss {

    /**
     * Loss of a slice. Called on several threads at once, but never twice at once with the same group.
     *
     * @param group from 0 to below {@link TrainableNetwork#groups()}; the slices of a group come in order
     * @param from where the slice begins in the batch
     * @param sequences its length
     * @param output {@code [T, sequences, outputs]}
     * @param membrane the last layer's membranes before the reset, or null where it has none to learn from
     * @param gradient of the output, or of the membranes if {@link TrainableNetwork#learn} was told so; to be written
     */
    void apply(int group, int from, int sequences, float[] output, float @Nullable [] membrane, float[] gradient);
}
