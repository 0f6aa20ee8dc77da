package io.keyspike.trainer.features;

import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Builds the next batches of an epoch in the background while one is learnt. Workers sleep when enough batches lie ready;
 * batches come in order and are the same for any number of workers. For use by one thread.
 */
public final class BatchLoader implements AutoCloseable {
    private final BatchSource source;
    private final ExecutorService workers;
    private final ArrayDeque<Batch> free = new ArrayDeque<>();
    private final ArrayDeque<Future<Batch>> ahead = new ArrayDeque<>();
    private final int batchSize;

    private int epoch;
    private int nextBatch;

    /**
     * @param batchSize B of all batches but an epoch's last
     * @param workers threads that build; each has one batch more in memory
     */
    public BatchLoader(BatchSource source, int batchSize, int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("batch loader: expected at least 1 worker, found " + workers);
        }
        this.source = source;
        this.batchSize = batchSize;
        this.workers = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().name("batches-", 0).daemon().factory());
        for (int i = 0; i <= workers; i++) {
            free.add(source.newBatch());
        }
    }

    /**
     * Begins an epoch; batches of an earlier one that were not taken are dropped.
     *
     * @param firstBatch where to begin
     */
    public void begin(int newEpoch, int firstBatch) {
        while (!ahead.isEmpty()) {
            free.add(await(ahead.remove()));
        }
        epoch = newEpoch;
        nextBatch = firstBatch;
        buildAhead();
    }

    /**
     * The epoch's next batch, valid until {@link #release}.
     *
     * @throws IllegalStateException if there is no more
     */
    public Batch next() {
        Future<Batch> first = ahead.poll();
        if (first == null) {
            throw new IllegalStateException("batch loader: expected a batch left in epoch " + epoch + ", found none");
        }
        return await(first);
    }

    /** Gives a batch back, to be filled again. */
    public void release(Batch batch) {
        free.add(batch);
        buildAhead();
    }

    private void buildAhead() {
        while (!free.isEmpty() && (long) nextBatch * batchSize < source.samples()) {
            Batch batch = free.remove();
            int number = nextBatch++;
            int ofEpoch = epoch;
            ahead.add(workers.submit(() -> {
                int from = number * batchSize;
                source.build(ofEpoch, number, Math.min(batchSize, source.samples() - from), batch);
                return batch;
            }));
        }
    }

    private static Batch await(Future<Batch> batch) {
        try {
            return batch.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("waiting for a batch was interrupted", e);
        }
    }

    /** Ends the workers; batches in the making are dropped. */
    @Override
    public void close() {
        workers.shutdownNow();
    }
}
