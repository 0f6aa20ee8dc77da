package io.keyspike.trainer.features;

import io.keyspike.trainer.common.Parallel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Builds the next batches of an epoch in the background while one is learnt. When enough batches lie ready, one worker does
 * what can be done ahead of the next epoch, and the others sleep; batches come in order and are the same for any number of
 * workers. For use by one thread.
 */
public final class BatchLoader implements AutoCloseable {
    private final BatchSource source;
    private final ExecutorService workers;
    private final ArrayDeque<Batch> free = new ArrayDeque<>();
    private final ArrayDeque<Future<Batch>> ahead = new ArrayDeque<>();
    private final int batchSize;

    private int epoch;
    private int nextBatch;

    /** What is left to do ahead; one worker at a time takes from it. */
    private Queue<Runnable> later = new ConcurrentLinkedQueue<>();

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
     * Begins an epoch; batches of an earlier one that were not taken are dropped, and so is what was not begun of the work
     * ahead.
     *
     * @param firstBatch where to begin
     * @param work ahead of the next epoch, pieces that throw nothing and are done in turn while no batch has to be built
     */
    public void begin(int newEpoch, int firstBatch, List<Runnable> work) {
        later.clear();
        while (!ahead.isEmpty()) {
            free.add(await(ahead.remove()));
        }
        epoch = newEpoch;
        nextBatch = firstBatch;
        buildAhead();
        var pieces = new ConcurrentLinkedQueue<>(work);
        later = pieces;
        workers.execute(() -> workAhead(pieces));
    }

    /** One piece, and the next one behind the batches that are to be built by then. */
    private void workAhead(Queue<Runnable> pieces) {
        Runnable piece = pieces.poll();
        if (piece == null) {
            return;
        }
        piece.run();
        try {
            workers.execute(() -> workAhead(pieces));
        } catch (RejectedExecutionException e) {
            // Closed in the meantime: nobody will want the rest.
            pieces.clear();
        }
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
        return Parallel.await(batch, "waiting for a batch");
    }

    /** Ends the workers; batches in the making and work ahead are dropped. */
    @Override
    public void close() {
        workers.shutdownNow();
    }
}
