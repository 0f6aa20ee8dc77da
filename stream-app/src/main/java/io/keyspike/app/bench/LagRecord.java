package io.keyspike.app.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A service's lag, sampled each second. */
final class LagRecord implements AutoCloseable {

    private static final long EVERY_MILLIS = 1_000;

    private record Sample(long atNanos, long frames) {}

    private final GroupLag lag;
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread;
    private volatile boolean running = true;

    LagRecord(Map<String, Object> settings, String group) {
        lag = new GroupLag(settings, group);
        thread = new Thread(this::ask, "lag");
        thread.start();
    }

    private void ask() {
        try {
            while (running) {
                long frames = lag.frames();
                synchronized (samples) {
                    samples.add(new Sample(System.nanoTime(), frames));
                }
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Uncommitted frames at each sample within a time window, ascending. */
    double[] frames(long fromNanos, long toNanos) {
        synchronized (samples) {
            return samples.stream()
                    .filter(s -> s.atNanos() >= fromNanos && s.atNanos() < toNanos)
                    .mapToDouble(Sample::frames)
                    .sorted()
                    .toArray();
        }
    }

    /** Waits until everything is committed. @return whether it is */
    boolean awaitNone(long limitSeconds) throws InterruptedException {
        long limit = System.nanoTime() + limitSeconds * 1_000_000_000L;
        while (System.nanoTime() < limit) {
            synchronized (samples) {
                if (!samples.isEmpty() && samples.getLast().frames() == 0) {
                    return true;
                }
            }
            Thread.sleep(100);
        }
        return false;
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lag.close();
    }
}
