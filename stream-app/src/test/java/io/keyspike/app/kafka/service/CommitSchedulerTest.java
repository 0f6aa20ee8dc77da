package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitSchedulerTest {

    private static final CommitScheduler.Pace PACE =
            new CommitScheduler.Pace(Duration.ofMillis(100), Duration.ofMillis(1_000));

    private long nowMicros = 1_000_000_000;
    private int commits;
    private boolean asked;
    private final CommitScheduler prompt = new CommitScheduler(PACE, () -> nowMicros * 1_000);

    private void ask() {
        commits++;
        asked = true;
    }

    private void passMillis(long millis) {
        nowMicros += millis * 1_000;
    }

    private void hear(Runnable commit) {
        prompt.begin();
        prompt.sent(commit);
        prompt.end();
    }

    private void hearNothing() {
        prompt.begin();
        prompt.end();
    }

    @Test
    void shouldCommitAtOnceForAnEventAfterAPause() {
        hear(this::ask);

        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldCommitOnceForAllEventsOfADelay() {
        hear(this::ask);
        for (int i = 0; i < 11; i++) {
            passMillis(9);
            hear(this::ask);
            prompt.tick();
        }
        assertThat(commits).isEqualTo(1);
        passMillis(1);
        prompt.tick();
        assertThat(commits).isEqualTo(2);
    }

    @Test
    void shouldCommitWithTheFirstFrameAfterTheDelay() {
        hear(this::ask);
        passMillis(50);
        hear(this::ask);
        passMillis(49);
        hearNothing();
        assertThat(commits).isEqualTo(1);
        passMillis(1);
        hearNothing();
        assertThat(commits).isEqualTo(2);
    }

    @Test
    void shouldNotCommitWhereNoEventWaits() {
        hear(this::ask);
        for (int i = 0; i < 10; i++) {
            passMillis(1_000);
            hearNothing();
            prompt.tick();
        }

        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldServeAllTasksOfAThreadWithOneCommit() {
        List<String> tasks = new ArrayList<>();
        hear(() -> tasks.add("first"));
        hear(() -> tasks.add("first"));
        hear(() -> tasks.add("second"));
        passMillis(100);
        prompt.tick();
        prompt.tick();

        assertThat(tasks).containsExactly("first", "second");
    }

    @Test
    void shouldAskNoTaskThatHasEnded() {
        Runnable ended = this::ask;
        hear(ended);
        hear(ended);
        prompt.forget(ended);
        passMillis(1_000);
        prompt.tick();

        assertThat(commits).isEqualTo(1);
    }

    /** Frames come all the time, each with an event, and a commit follows the frame that asked for it. */
    private void hearFor(long millis, long commitMillis, long pauseMillis) {
        long end = nowMicros + millis * 1_000;
        while (nowMicros < end) {
            prompt.begin();
            nowMicros += 100;
            prompt.sent(this::ask);
            prompt.end();
            if (asked) {
                asked = false;
                passMillis(commitMillis);
            } else {
                passMillis(pauseMillis);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 20, 25})
    void shouldCommitEveryDelayWhileCommitsAreQuick(int commitMillis) {
        hearFor(20_000, commitMillis, 0);

        assertThat(commits).isBetween(190, 200);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 100, 200})
    void shouldLeaveMostOfTheTimeToHearingWhereCommitsTakeLong(int commitMillis) {
        hearFor(5_000, commitMillis, 0);
        commits = 0;
        hearFor(60_000, commitMillis, 0);

        double share = commits * commitMillis / 60_000.0;
        assertThat(share)
                .isBetween(
                        0.8 * CommitScheduler.MAX_COMMIT_SHARE,
                        Math.nextUp(CommitScheduler.MAX_COMMIT_SHARE) + commitMillis / 60_000.0);
    }

    @Test
    void shouldNeverCommitLessOftenThanCommitsComeAnyway() {
        hearFor(10_000, 700, 0);
        commits = 0;
        hearFor(60_000, 700, 0);

        assertThat(commits).isBetween(58, 61);
    }

    @Test
    void shouldCommitEveryDelayAgainOnceCommitsAreQuickAgain() {
        hearFor(10_000, 200, 0);
        hearFor(10_000, 5, 0);
        commits = 0;
        hearFor(10_000, 5, 0);

        assertThat(commits).isBetween(95, 100);
    }

    @Test
    void shouldNotTakeTheTimeUntilTheRequestForACommit() {
        hear(this::ask);
        passMillis(2);
        for (int i = 0; i < 20; i++) {
            // An event, then nothing to hear until it is time to commit for it.
            hear(this::ask);
            passMillis(100);
            prompt.tick();
            passMillis(2);
        }

        assertThat(commits).isEqualTo(21);
    }
}
