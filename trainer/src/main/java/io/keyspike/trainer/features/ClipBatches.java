package io.keyspike.trainer.features;

import io.keyspike.trainer.common.SplitMix;
import java.util.stream.IntStream;

/** Batches of training clips, in an order of its own for each epoch or always the same. */
public final class ClipBatches implements BatchSource {
    /** Apart from every other use of random numbers. */
    private static final long SHUFFLE = 0x5_4F;

    private final BatchBuilder builder;
    private final int clips;
    private final int batchSize;
    private final boolean shuffle;
    private final long seed;
    private int orderedEpoch = Integer.MIN_VALUE;
    private int[] order = new int[0];

    /**
     * @param clips of an epoch; more than there are begin from the first again
     * @param batchSize B of all batches but an epoch's last
     * @param shuffle whether an epoch has an order of its own
     */
    public ClipBatches(BatchBuilder builder, int clips, int batchSize, boolean shuffle, long seed) {
        this.builder = builder;
        this.clips = clips;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.seed = seed;
    }

    @Override
    public Batch newBatch() {
        return builder.newBatch();
    }

    @Override
    public int maximumSteps() {
        return builder.maximumSteps();
    }

    @Override
    public int samples() {
        return clips;
    }

    @Override
    public void build(int epoch, int number, int count, Batch into) {
        builder.build(epoch, number, order(epoch), number * batchSize, count, into);
    }

    private synchronized int[] order(int epoch) {
        if (epoch != orderedEpoch) {
            order = shuffle
                    ? new SplitMix(seed, SHUFFLE, epoch).permutation(clips)
                    : IntStream.range(0, clips).toArray();
            orderedEpoch = epoch;
        }
        return order;
    }
}
