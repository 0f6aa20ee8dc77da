package io.keyspike.kernels.internal.threads;

/** A kernel of neurons that runs over a range of the lanes and of the steps of a sequence, its state kept in arrays. */
@FunctionalInterface
public interface SequencePiece {

    void run(int fromLane, int toLane, int fromStep, int toStep);
}
