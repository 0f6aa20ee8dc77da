package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.service.FailurePolicy.Cause;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.LenientTimestamps;
import io.keyspike.app.kafka.wire.Topics;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.RocksDBException;

class FailurePolicyTest {

    private long nowMillis;
    private @Nullable BrokerException diagnosis;
    private final FailurePolicy threads = new FailurePolicy(() -> diagnosis, () -> nowMillis * 1_000_000);

    static List<Arguments> causes() {
        return List.of(
                Arguments.of(new TimeoutException("no answer"), Cause.PASSING),
                Arguments.of(new DisconnectException("gone"), Cause.PASSING),
                Arguments.of(new NotEnoughReplicasException("one broker of three"), Cause.PASSING),
                Arguments.of(new SaslAuthenticationException("wrong password"), Cause.HOPELESS),
                Arguments.of(new TopicAuthorizationException("not yours"), Cause.HOPELESS),
                Arguments.of(new TransactionalIdAuthorizationException("not yours"), Cause.HOPELESS),
                Arguments.of(new UnsupportedVersionException("too old"), Cause.HOPELESS),
                Arguments.of(new RecordTooLargeException("a changelog's"), Cause.HOPELESS),
                Arguments.of(new MissingSourceTopicException("deleted"), Cause.HOPELESS),
                Arguments.of(new OutOfMemoryError("heap"), Cause.HOPELESS),
                Arguments.of(new InvalidReplicationFactorException("three of one"), Cause.HOPELESS),
                Arguments.of(new PolicyViolationException("not here"), Cause.HOPELESS),
                Arguments.of(new ConfigException("no such setting"), Cause.HOPELESS),
                Arguments.of(
                        new ProcessorStateException(
                                "store", new RocksDBException("Corruption: block checksum mismatch")),
                        Cause.DAMAGED),
                Arguments.of(
                        new ProcessorStateException(
                                "checkpoint", new IOException("Malformed line in offset checkpoint")),
                        Cause.DAMAGED),
                Arguments.of(
                        new ProcessorStateException(
                                "store", new RocksDBException("IO error: No space left on device: While appending")),
                        Cause.UNKNOWN),
                Arguments.of(
                        new ProcessorStateException(
                                "store", new RocksDBException("IO error: While lock file: LOCK: Resource busy")),
                        Cause.UNKNOWN),
                Arguments.of(
                        new ProcessorStateException("checkpoint", new IOException("Permission denied")), Cause.UNKNOWN),
                Arguments.of(new InvalidTimestampException("too old"), Cause.UNKNOWN),
                Arguments.of(new ProcessorStateException("disk full"), Cause.UNKNOWN),
                Arguments.of(new IllegalStateException("a bug"), Cause.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void shouldTellWhatHelpsByTheCauseHoweverDeepItLies(Throwable cause, Cause expected) {
        assertThat(FailurePolicy.causeOf(cause)).isEqualTo(expected);
        assertThat(FailurePolicy.causeOf(new StreamsException("task 0_1", new StreamsException("thread 1", cause))))
                .isEqualTo(expected);
    }

    @Test
    void shouldOutliveABrokersOutageHoweverLong() {
        for (int i = 0; i < 1_000; i++) {
            nowMillis += 1_000;
            assertThat(threads.handle(new StreamsException(new TimeoutException("broker away"))))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
        assertThat(threads.fatal()).isNull();
    }

    @Test
    void shouldStopAtOnceAndSayWhyWhereTryingAgainCannotHelp() {
        var denied = new StreamsException(new SaslAuthenticationException("wrong password"));

        assertThat(threads.handle(denied)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(threads.fatal()).isSameAs(denied);
    }

    @Test
    void shouldStopWhenThreadsDieOneAfterAnother() {
        for (int i = 0; i < 10; i++) {
            nowMillis += 20_000;
            assertThat(threads.handle(new StreamsException("again")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
        nowMillis += 20_000;
        assertThat(threads.handle(new StreamsException("again")))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    }

    @Test
    void shouldStopAtOnceWhereTheTopicsHaveBecomeUnsuitable() {
        diagnosis = new BrokerException("expected 8 partitions");

        assertThat(threads.handle(new StreamsException("again")))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(threads.fatal()).isSameAs(diagnosis);
    }

    @Test
    void shouldForgetFailuresOfLongAgo() {
        for (int i = 0; i < 30; i++) {
            nowMillis += 60_000;
            assertThat(threads.handle(new StreamsException("now and then")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
    }

    @Test
    void shouldGiveARecordWithoutATimeThatOfTheOneBefore() {
        var timeless = new ConsumerRecord<Object, Object>(Topics.AUDIO_FRAMES, 0, 0, null, null);

        assertThat(timeless.timestamp()).isNegative();
        assertThat(new LenientTimestamps().extract(timeless, 17)).isEqualTo(17);
        assertThat(new LenientTimestamps().extract(timeless, -1)).isZero();
    }
}
