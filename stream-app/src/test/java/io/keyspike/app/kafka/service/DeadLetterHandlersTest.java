package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.wire.DeadLetters;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.monitoring.KeyspikeMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of a failure becomes a dead letter, and what must not. */
class DeadLetterHandlersTest {

    private static final byte[] KEY = {1};
    private static final byte[] VALUE = {2, 3};

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, Object> settings = new HashMap<>();
    private final Origin origin =
            new Origin(Topics.AUDIO_FRAMES, 2, 7, new RecordHeaders(), "spotter", new TaskId(0, 2), 42, KEY, VALUE);

    @BeforeEach
    void configure() {
        var properties = new Properties();
        DeadLetterHandlers.configure(properties);
        properties.forEach((name, value) -> settings.put(String.valueOf(name), value));
        settings.put(DeadLetterHandlers.METERS, new KeyspikeMeters(meters, Clock.SYSTEM));
        assertThat(settings)
                .containsEntry(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, Topics.DEAD_LETTERS);
    }

    @Test
    void shouldSetARecordAsideThatProcessingFailedOn() {
        var handler = new DeadLetterHandlers.Processing();
        handler.configure(settings);

        var response = handler.handleError(origin, record(), new IllegalStateException("a bug"));

        assertThat(response.result()).isEqualTo(ProcessingExceptionHandler.Result.RESUME);
        assertLetter(response.deadLetterQueueRecords(), DeadLetters.PROCESSING_FAILED, "IllegalStateException");
    }

    @Test
    void shouldNotBlameAFrameForTroubleWithTheStore() {
        var handler = new DeadLetterHandlers.Processing();
        handler.configure(settings);

        var response = handler.handleError(origin, record(), new ProcessorStateException("disk full"));

        assertThat(response.result()).isEqualTo(ProcessingExceptionHandler.Result.FAIL);
        assertNothingCounted();
    }

    @Test
    void shouldSetARecordAsideThatKafkaCannotRead() {
        var handler = new DeadLetterHandlers.Reading();
        handler.configure(settings);

        var response = handler.handleError(
                origin,
                new ConsumerRecord<>(Topics.AUDIO_FRAMES, 2, 7, KEY, VALUE),
                new SerializationException("not bytes"));

        assertThat(response.result()).isEqualTo(DeserializationExceptionHandler.Result.RESUME);
        assertLetter(response.deadLetterQueueRecords(), DeadLetters.READING_FAILED, "SerializationException");
    }

    @Test
    void shouldSetAnEventAsideThatTheBrokerNeverTakes() {
        var response = sending(Topics.KEYWORD_EVENTS, new RecordTooLargeException("too large"));

        assertThat(response.result()).isEqualTo(ProductionExceptionHandler.Result.RESUME);
        assertLetter(response.deadLetterQueueRecords(), DeadLetters.SENDING_FAILED, "RecordTooLargeException");
    }

    @Test
    void shouldTryAgainWhatTheBrokerTakesLater() {
        assertThat(sending(Topics.KEYWORD_EVENTS, new TimeoutException("away")).result())
                .isEqualTo(ProductionExceptionHandler.Result.RETRY);
        assertNothingCounted();
    }

    @Test
    void shouldNeverLeaveOutAStateNorWhatOnlyAPersonCanPutRight() {
        assertThat(sending("keyspike-device-state-changelog", new RecordTooLargeException("too large"))
                        .result())
                .isEqualTo(ProductionExceptionHandler.Result.FAIL);
        assertThat(sending(Topics.KEYWORD_EVENTS, new TopicAuthorizationException("not yours"))
                        .result())
                .isEqualTo(ProductionExceptionHandler.Result.FAIL);
        assertNothingCounted();
    }

    @Test
    void shouldNotSendALetterAboutALetter() {
        var response = sending(Topics.DEAD_LETTERS, new RecordTooLargeException("too large"));

        assertThat(response.result()).isEqualTo(ProductionExceptionHandler.Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).isEmpty();
        assertThat(counted(DeadLetters.NOT_SENT)).isEqualTo(1);
    }

    private ProductionExceptionHandler.Response sending(String topic, Exception exception) {
        var handler = new DeadLetterHandlers.Sending();
        handler.configure(settings);
        return handler.handleError(origin, new ProducerRecord<>(topic, KEY, VALUE), exception);
    }

    private static Record<byte[], byte[]> record() {
        return new Record<>(KEY, VALUE, 42);
    }

    private void assertLetter(List<ProducerRecord<byte[], byte[]>> letters, String reason, String exception) {
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo(Topics.DEAD_LETTERS);
            assertThat(letter.key()).isEqualTo(KEY);
            assertThat(letter.value()).isEqualTo(VALUE);
            assertThat(header(letter, DeadLetters.REASON)).isEqualTo(reason);
            assertThat(header(letter, DeadLetters.ERROR)).contains(exception);
            assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(Topics.AUDIO_FRAMES);
            assertThat(header(letter, DeadLetters.PARTITION)).isEqualTo("2");
            assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("7");
            assertThat(header(letter, DeadLetters.TIMESTAMP)).isEqualTo("42");
            // The names of Kafka's own handlers, so that any reader of dead letters finds its way.
            assertThat(header(letter, "__streams.errors.exception")).endsWith(exception);
            assertThat(header(letter, "__streams.errors.topic")).isEqualTo(Topics.AUDIO_FRAMES);
            assertThat(header(letter, "__streams.errors.offset")).isEqualTo("7");
        });
        assertThat(counted(reason)).isEqualTo(1);
    }

    private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
        return new String(
                Objects.requireNonNull(letter.headers().lastHeader(name), name).value(),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    private double counted(String reason) {
        return meters.get("keyspike.dead.letters")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private void assertNothingCounted() {
        assertThat(meters.find("keyspike.dead.letters").counters()).isEmpty();
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
