package io.keyspike.kernels.internal.threads;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share the tasks of one call. Kernels take tens of microseconds and follow one another closely, so a
 * worker that has nothing to do looks for more for a while before it sleeps. The caller works too.
 *
 * <p>How the work is cut into tasks does not depend on the number of threads, and tasks write to places of their own;
 * so it does not matter which thread runs which.
 */
public final class Workers {

    /** One piece of a call's work. */
    @FunctionalInterface
    public interface Task {
        public void run(int index);
    }

    /** Longer than the gaps between the kernels of a training step, short enough not to be felt by others. */
    private static final long SPIN_NANOS = 50_000;

    private static final ConcurrentHashMap<Integer, Workers> BY_THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock busy = new ReentrantLock();
    private final Worker[] workers;
    private volatile @Nullable Job current;

    private Workers(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("keyspike-kernels-" + threads + "-" + (i + 1));
            workers[i].start();
        }
    }

    /** The workers for a total of {@code threads} threads: one set of daemons for all callers, started on first use. */
    public static Workers of(int threads) {
        return BY_THREADS.computeIfAbsent(threads, Workers::new);
    }

    /** How many threads there are, the caller's among them. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs tasks 0 to {@code tasks − 1} and returns when all are done. While another caller has the workers, this one does
     * its work alone.
     */
    public void run(int tasks, Task task) {
        if (workers.length == 0 || tasks < 2 || !busy.tryLock()) {
            for (int i = 0; i < tasks; i++) {
                task.run(i);
            }
            return;
        }
        try {
            Job job = new Job(task, tasks);
            current = job;
            for (Worker worker : workers) {
                if (worker.asleep) {
                    LockSupport.unpark(worker);
                }
            }
            job.work();
            job.await();
        } finally {
            current = null;
            busy.unlock();
        }
    }

    /** The tasks of one call. */
    private static final class Job {

        private final Task task;
        private final int tasks;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile @Nullable Throwable failure;

        Job(Task task, int tasks) {
            this.task = task;
            this.tasks = tasks;
        }

        void work() {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    task.run(i);
                } catch (RuntimeException | Error e) {
                    failure = e;
                } finally {
                    done.incrementAndGet();
                }
            }
        }

        @SuppressWarnings("ThreadPriorityCheck") // results do not depend on it; it lets a worker without a core finish
        void await() {
            for (int spins = 0; done.get() < tasks; spins++) {
                if (spins < 1_000) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }

    private final class Worker extends Thread {

        private volatile boolean asleep;

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            Job last = null;
            while (true) {
                Job job = awaitOther(last);
                job.work();
                last = job;
            }
        }

        private Job awaitOther(@Nullable Job last) {
            long sleepAt = System.nanoTime() + SPIN_NANOS;
            while (true) {
                Job job = current;
                if (job != null && job != last) {
                    return job;
                }
                if (System.nanoTime() < sleepAt) {
                    Thread.onSpinWait();
                    continue;
                }
                asleep = true;
                job = current; // looked at again after the flag went up, so that no wake-up is lost
                if (job == null || job == last) {
                    LockSupport.park(Workers.this);
                }
                asleep = false;
                sleepAt = System.nanoTime() + SPIN_NANOS;
            }
        }
    }
}
