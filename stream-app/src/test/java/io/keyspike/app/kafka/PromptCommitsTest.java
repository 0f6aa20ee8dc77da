package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PromptCommitsTest {

    private long nowMillis = 1_000_000;
    private int commits;
    private final PromptCommits prompt =
            new PromptCommits(() -> commits++, Duration.ofMillis(100), () -> nowMillis * 1_000_000);

    @Test
    void shouldCommitAtOnceForAnEventAfterAPause() {
        prompt.sent();

        assertThat(commits).isEqualTo(1);
    }

    @Test
    void shouldCommitOnceForAllEventsOfADelay() {
        prompt.sent();
        for (int i = 0; i < 10; i++) {
            nowMillis += 9;
            prompt.sent();
            prompt.tick();
        }
        assertThat(commits).isEqualTo(1);
        nowMillis += 10;
        prompt.tick();
        assertThat(commits).isEqualTo(2);
    }

    @Test
    void shouldNotCommitWhereNoEventWaits() {
        prompt.sent();
        for (int i = 0; i < 10; i++) {
            nowMillis += 1_000;
            prompt.tick();
        }

        assertThat(commits).isEqualTo(1);
    }
}
