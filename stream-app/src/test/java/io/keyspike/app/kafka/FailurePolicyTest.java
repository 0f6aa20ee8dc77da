package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class FailurePolicyTest {

    private long nowMillis;
    private final FailurePolicy threads = new FailurePolicy(() -> nowMillis * 1_000_000);

    @Test
    void shouldReplaceAThreadThatFailedForAWhile() {
        assertThat(threads.handle(new StreamsException(new TimeoutException("broker away"))))
                .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        assertThat(threads.fatal()).isNull();
    }

    @Test
    void shouldStopWhereTryingAgainCannotHelp() {
        var denied = new StreamsException(new SaslAuthenticationException("wrong password"));

        assertThat(threads.handle(denied)).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(threads.fatal()).isSameAs(denied);
        assertThat(threads.handle(new MissingSourceTopicException("gone")))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
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
    void shouldForgetFailuresOfLongAgo() {
        for (int i = 0; i < 30; i++) {
            nowMillis += 60_000;
            assertThat(threads.handle(new StreamsException("now and then")))
                    .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
    }

    @Test
    void shouldNotBlameAFrameForTroubleWithTheStore() {
        var handler = new DeadLetterHandlers.Processing();
        handler.configure(Map.of());
        var context = new Origin(
                Topics.AUDIO_FRAMES,
                2,
                7,
                new RecordHeaders(),
                "spotter",
                new TaskId(0, 2),
                42,
                new byte[1],
                new byte[2]);
        var record = new Record<>(new byte[1], new byte[2], 42);

        assertThat(handler.handleError(context, record, new ProcessorStateException("disk full"))
                        .result())
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
        var response = handler.handleError(context, record, new IllegalStateException("a bug"));
        assertThat(response.result()).isEqualTo(ProcessingExceptionHandler.Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo(Topics.DEAD_LETTERS);
            assertThat(letter.headers().lastHeader(DeadLetters.OFFSET).value())
                    .asString()
                    .isEqualTo("7");
        });
    }

    @Test
    void shouldGiveARecordWithoutATimeThatOfTheOneBefore() {
        var timeless = new ConsumerRecord<Object, Object>(Topics.AUDIO_FRAMES, 0, 0, null, null);

        assertThat(timeless.timestamp()).isNegative();
        assertThat(new LenientTimestamps().extract(timeless, 17)).isEqualTo(17);
        assertThat(new LenientTimestamps().extract(timeless, -1)).isZero();
    }

    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Origin(
            String topic,
            int partition,
            long offset,
            Headers headers,
            String processorNodeId,
            TaskId taskId,
            long timestamp,
            byte[] sourceRawKey,
            byte[] sourceRawValue)
            implements ErrorHandlerContext {}
}
