package io.keyspike.app.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeLimitsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    private final AcceptedTimes accepted = new AcceptedTimes(InstantSource.fixed(NOW));
    private final LenientTimestamps timestamps = new LenientTimestamps();

    TimeLimitsTest() {
        timestamps.configure(Map.of(LenientTimestamps.ACCEPTED, accepted));
    }

    @Test
    void shouldKeepTimesThatEveryTopicTakes() {
        accepted.learn(new TimeLimits(20 * MINUTE, 10 * MINUTE));

        for (long offset : new long[] {-10 * MINUTE, -1, 0, 1, 5 * MINUTE}) {
            var record = record(NOW.toEpochMilli() + offset);
            assertThat(timestamps.extract(record, 0)).isEqualTo(NOW.toEpochMilli() + offset);
            assertThat(record.headers()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000_000_000_000L, 1_772_366_400_000_000L, Long.MAX_VALUE})
    void shouldReplaceTimesThatATopicMightRefuseAndKeepTheOriginal(long time) {
        accepted.learn(new TimeLimits(20 * MINUTE, 10 * MINUTE));
        var record = record(time);

        assertThat(timestamps.extract(record, 0)).isEqualTo(NOW.toEpochMilli());

        var letter = DeadLetters.headers(
                record.headers(),
                "reason",
                "sentence",
                new DeadLetters.Origin("audio-frames", 0, 0, NOW.toEpochMilli()),
                null);
        assertThat(new String(
                        Objects.requireNonNull(letter.lastHeader(DeadLetters.TIMESTAMP))
                                .value(),
                        StandardCharsets.UTF_8))
                .isEqualTo(String.valueOf(time));
    }

    @Test
    void shouldLeaveHalfOfALimitForWhatLiesBetween() {
        accepted.learn(new TimeLimits(20 * MINUTE, 10 * MINUTE));

        assertThat(timestamps.extract(record(NOW.toEpochMilli() - 11 * MINUTE), 0))
                .isEqualTo(NOW.toEpochMilli());
        assertThat(timestamps.extract(record(NOW.toEpochMilli() + 6 * MINUTE), 0))
                .isEqualTo(NOW.toEpochMilli());
    }

    /** An archive that is played back years later keeps its times. */
    @Test
    void shouldTakeAnyPastByDefault() {
        assertThat(timestamps.extract(record(1), 0)).isEqualTo(1);
        assertThat(timestamps.extract(record(Long.MAX_VALUE), 0)).isEqualTo(NOW.toEpochMilli());
    }

    private static ConsumerRecord<Object, Object> record(long time) {
        return new ConsumerRecord<>(
                Topics.AUDIO_FRAMES,
                0,
                0,
                time,
                TimestampType.CREATE_TIME,
                0,
                0,
                new Object(),
                new Object(),
                new RecordHeaders(),
                Optional.empty());
    }
}
