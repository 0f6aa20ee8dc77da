package io.keyspike.app.kafka.service;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Commits soon after something was heard. A reader that wants only what is certain sees an event when its transaction is
 * committed; but every commit writes the state of each device heard since the last one, and keywords are rare. So commits
 * are far apart, except where an event waits for one: then the next one comes at once, or where that was tried less than
 * the delay ago, when that has passed.
 *
 * <p>A thread commits all of its tasks together and hears nothing meanwhile. Therefore one of these serves all tasks of a
 * thread, and the delay grows with what a commit takes, so that commits on account of events take {@link #MOST_TIME} of the
 * time at most, until they are as far apart as commits come anyway: however many words there are and however slow the
 * broker is, hearing goes on. Not for several threads.
 */
final class CommitScheduler {

    /**
     * Share of a thread's time that such commits may take: with a delay of 60 ms, commits of up to 15 ms come that often. A
     * thread that has fallen behind has the rest of its time to catch up.
     */
    static final double MOST_TIME = 0.25;

    /** Weight of the latest commit in what one is expected to take. */
    private static final double LATEST = 0.25;

    /**
     * How long events wait.
     *
     * @param delay the shortest time between two requests, and the longest that an event waits for its commit while
     *     commits are quick
     * @param longest between two requests, however long commits take; as far apart as commits come anyway
     */
    record Pace(Duration delay, Duration longest) {}

    private final long delayNanos;
    private final long longestNanos;
    private final LongSupplier nanoTime;

    private @Nullable Runnable waiting;
    private long requestedAt;
    /** When the last frame was done. */
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

    /** How often {@link #tick} is to be called, so that without frames an event waits for half a delay more at most. */
    Duration tickInterval() {
        return Duration.ofNanos(delayNanos / 2);
    }

    /** A frame is about to be heard. */
    void begin() {
        longestGap = Math.max(longestGap, nanoTime.getAsLong() - idleSince);
    }

    /** The frame has been heard, and its events were sent. */
    void end() {
        idleSince = nanoTime.getAsLong();
        askIfTime(idleSince);
    }

    /** An event of the frame was sent; {@code commit} asks for a commit of its task, and with it of all. */
    void sent(Runnable commit) {
        waiting = commit;
    }

    /** To be called every {@link #tickInterval} at least, for when no frames come. */
    void tick() {
        askIfTime(nanoTime.getAsLong());
    }

    /** Asks for a commit if an event waits and it is time. */
    private void askIfTime(long now) {
        Runnable commit = waiting;
        if (commit != null && now - requestedAt >= apartNanos()) {
            if (requested) {
                expectedNanos += LATEST * (Math.min(longestGap, longestNanos) - expectedNanos);
            }
            requested = true;
            longestGap = 0;
            waiting = null;
            requestedAt = now;
            idleSince = now;
            commit.run();
        }
    }

    /** The task of {@code commit} has ended, and was committed or is not to be. */
    void forget(Runnable commit) {
        if (commit.equals(waiting)) {
            waiting = null;
        }
    }

    private long apartNanos() {
        return Math.clamp((long) (expectedNanos / MOST_TIME), delayNanos, longestNanos);
    }
}
