package io.keyspike.trainer.common;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Independent pieces of work over a few threads; every piece writes to a place of its own, so threads change nothing. */
public final class Parallel {

    private Parallel() {}

    /**
     * Runs {@code work} for 0 … count − 1.
     *
     * @throws RuntimeException what a piece of work threw; the pieces not begun are left out
     */
    public static void forEach(int count, int threads, String what, Progress progress, IntConsumer work) {
        var next = new AtomicInteger();
        var done = new AtomicInteger();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                work.accept(i);
                synchronized (done) {
                    progress.advanced(what, done.incrementAndGet(), count);
                }
            }
        };
        try (ExecutorService executor = Executors.newFixedThreadPool(Math.max(1, threads))) {
            var running = new java.util.ArrayList<Future<?>>();
            for (int t = 0; t < threads; t++) {
                running.add(executor.submit(worker));
            }
            try {
                for (Future<?> f : running) {
                    await(f, what);
                }
            } catch (RuntimeException e) {
                next.set(count);
                throw e;
            }
        }
    }

    /**
     * Waits for what another thread does.
     *
     * @param what it does, for the message of an interruption
     * @return its result
     * @throws RuntimeException what the work threw, or, of an {@link Error}, one that it is the cause of
     */
    public static <T> T await(Future<T> work, String what) {
        try {
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(what + " was interrupted", e);
        }
    }
}
