package io.keyspike.trainer.features;

import io.keyspike.models.network.Network;
import java.util.List;
import java.util.function.Supplier;

/** Where an epoch's batches come from. */
public interface BatchSource {

    /** Room for any batch. */
    Batch newBatch();

    /** T of the longest batch. */
    int maximumSteps();

    /** Samples of an epoch: clips or windows. */
    int samples();

    /**
     * Called before the first batch of an epoch is asked for.
     *
     * @param epoch from 1
     * @param network as it is before the epoch
     */
    default void begin(int epoch, Supplier<Network> network) {}

    /**
     * Called where a run is taken up; {@link #begin} follows if the epoch has not begun.
     *
     * @param epoch from 1
     * @param state what {@link #state} gave when the run was stopped
     */
    default void resume(int epoch, List<float[]> state) {}

    /**
     * What a later epoch needs and can be made while an earlier one's batches are built, as pieces of work for any threads.
     * Pieces that were not begun are left to {@link #begin}.
     *
     * @param epoch from 2, one that is sure to come
     * @return pieces that throw nothing; what goes wrong with them, {@link #begin} throws
     */
    default List<Runnable> ahead(int epoch) {
        return List.of();
    }

    /** What an epoch's batches depend on beside seed, epoch and number of the batch. */
    default List<float[]> state() {
        return List.of();
    }

    /**
     * Fills a batch; the same for the same epoch and number, on any thread.
     *
     * @param epoch from 1
     * @param number of the batch in the epoch, from 0
     * @param count B
     * @param into made by {@link #newBatch}
     */
    void build(int epoch, int number, int count, Batch into);
}
