package io.keyspike.app.kafka;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Commits soon after something was heard. A reader that wants only what is certain sees an event when its transaction is
 * committed; but every commit writes the state of each device heard since the last one, and keywords are rare. So commits
 * are far apart, except where an event waits for one: then the next one comes at once, or where that was tried less than
 * the longest delay ago, when that has passed.
 */
final class PromptCommits {

    private final Runnable commit;
    private final long delayNanos;
    private final LongSupplier nanoTime;
    private long requestedAt;
    private boolean waiting;

    /**
     * @param commit asks for a commit
     * @param delay longest that an event waits, and shortest time between two requests
     */
    PromptCommits(Runnable commit, Duration delay, LongSupplier nanoTime) {
        this.commit = commit;
        this.delayNanos = delay.toNanos();
        this.nanoTime = nanoTime;
        this.requestedAt = nanoTime.getAsLong() - delayNanos;
    }

    /** For a task, where the guarantee makes readers wait; null otherwise. */
    static @Nullable PromptCommits of(ProcessorContext<?, ?> context, @Nullable Duration delay) {
        if (delay == null) {
            return null;
        }
        var commits = new PromptCommits(context::commit, delay, System::nanoTime);
        context.schedule(delay, PunctuationType.WALL_CLOCK_TIME, now -> commits.tick());
        return commits;
    }

    /** An event was sent. */
    void sent() {
        waiting = true;
        tick();
    }

    /** Asks for a commit if an event waits and it is time. */
    void tick() {
        long now = nanoTime.getAsLong();
        if (waiting && now - requestedAt >= delayNanos) {
            waiting = false;
            requestedAt = now;
            commit.run();
        }
    }
}
