package io.keyspike.app.kafka.service;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Commits soon after a detection. A read-committed consumer sees an event once its transaction is committed; but every
 * commit writes the state of each device active since the last one, and keywords are rare. So commits are far apart,
 * except when an event is waiting for one: then a commit is requested at once, or as soon as the delay since the last
 * request has passed.
 *
 * <p>A thread commits all of its tasks together and processes nothing meanwhile. Therefore one scheduler serves all tasks of
 * a thread, and the delay grows with the duration of commits, so that event-driven commits take at most
 * {@link #MAX_COMMIT_SHARE} of the time, until they are as far apart as regular commits: however many words there are and however slow the broker is,
 * processing continues. Not thread-safe.
 */
final class CommitScheduler {

    /**
     * Maximum share of a thread's time for event-driven commits: with a delay of 60 ms, commits of up to 15 ms come that
     * often. A thread that has fallen behind has the rest of its time to catch up.
     */
    static final double MAX_COMMIT_SHARE = 0.25;

    /** Weight of the latest commit in the moving average of the duration. */
    private static final double EWMA_WEIGHT = 0.25;

    /**
     * Creates a scheduler.
     *
     * @param delay the shortest time between two requests, and the longest that an event waits for its commit while
     *     commits are quick
     * @param longest interval between two requests, however long commits take; the regular commit interval
     */
    record Pace(Duration delay, Duration longest) {}

    private final long delayNanos;
    private final long longestNanos;
    private final LongSupplier nanoTime;

    private @Nullable Runnable waiting;
    private long requestedAt;
    /** When the last frame was finished. */
    private long idleSince;
    /** The longest time between two frames since the last request: a commit comes between two frames. */
    private long longestGap;

    private boolean requested;
    private double expectedNanos;

    CommitScheduler(Pace pace, LongSupplier nanoTime) {
        this.delayNanos = pace.delay().toNanos();
        this.longestNanos = pace.longest().toNanos();
        this.nanoTime = nanoTime;
        this.idleSince = nanoTime.getAsLong();
        this.requestedAt = idleSince - longestNanos;
    }

    /** How often to call {@link #tick}, so that without frames an event waits for at most half a delay more. */
    Duration tickInterval() {
        return Duration.ofNanos(delayNanos / 2);
    }

    /** Called before a frame is processed. */
    void begin() {
        longestGap = Math.max(longestGap, nanoTime.getAsLong() - idleSince);
    }

    /** Called after the frame has been processed and its events sent. */
    void end() {
        idleSince = nanoTime.getAsLong();
        askIfTime(idleSince);
    }

    /** An event of the frame was sent; {@code commit} requests a commit of its task, and with it of all tasks. */
    void sent(Runnable commit) {
        waiting = commit;
    }

    /** To be called at least every {@link #tickInterval}, in case no frames arrive. */
    void tick() {
        askIfTime(nanoTime.getAsLong());
    }

    /** Requests a commit if an event is waiting and the delay has passed. */
    private void askIfTime(long now) {
        Runnable commit = waiting;
        if (commit != null && now - requestedAt >= apartNanos()) {
            if (requested) {
                expectedNanos += EWMA_WEIGHT * (Math.min(longestGap, longestNanos) - expectedNanos);
            }
            requested = true;
            longestGap = 0;
            waiting = null;
            requestedAt = now;
            idleSince = now;
            commit.run();
        }
    }

    /** Forgets the task of {@code commit}, which has ended. */
    void forget(Runnable commit) {
        if (commit.equals(waiting)) {
            waiting = null;
        }
    }

    private long apartNanos() {
        return Math.clamp((long) (expectedNanos / MAX_COMMIT_SHARE), delayNanos, longestNanos);
    }
}
