package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.DeadLetters;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.monitoring.KeyspikeMeters;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles exceptions while Kafka Streams reads, processes or sends a record (KIP-1034): if the record is at fault it goes to
 * the dead-letter topic and the stream continues; if Kafka or the disk is at fault the exception goes to
 * {@link FailurePolicy}, since an unavailable broker must not turn good frames into dead-letter records.
 *
 * <p>Records that are not frames do not get here: {@link FrameProcessor} sends them to the dead-letter topic itself, with a
 * more precise reason than an exception.
 */
public final class DeadLetterHandlers {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterHandlers.class);

    /** Setting that passes the {@link KeyspikeMeters} in. */
    public static final String METERS = "keyspike.meters";

    private DeadLetterHandlers() {}

    /** Puts the handlers and their topic into the settings of Kafka Streams. */
    static void configure(Properties settings) {
        settings.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, Topics.DEAD_LETTERS);
        settings.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, Reading.class);
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, Processing.class);
        settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, Sending.class);
    }

    /** Where dead-letter records go and how they are counted. */
    abstract static class Sender implements Configurable {

        private @Nullable KeyspikeMeters meters;
        private String topic = Topics.DEAD_LETTERS;

        @Override
        public final void configure(Map<String, ?> configs) {
            if (configs.get(METERS) instanceof KeyspikeMeters configured) {
                meters = configured;
            }
            if (configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG) instanceof String configured) {
                topic = configured;
            }
        }

        final boolean isLetter(ProducerRecord<byte[], byte[]> record) {
            return record.topic().equals(topic);
        }

        final void count(String reason) {
            KeyspikeMeters counters = meters;
            if (counters != null) {
                counters.deadLetter(reason);
            }
        }

        /** A dead-letter record made from the source record that the topology was processing. */
        final List<ProducerRecord<byte[], byte[]>> deadLetter(
                ErrorHandlerContext context, String reason, Exception exception) {
            return deadLetter(context, reason, exception, context.sourceRawKey(), context.sourceRawValue());
        }

        final List<ProducerRecord<byte[], byte[]>> deadLetter(
                ErrorHandlerContext context,
                String reason,
                Exception exception,
                byte @Nullable [] key,
                byte @Nullable [] value) {
            count(reason);
            var headers = DeadLetters.headers(
                    context.headers(),
                    reason,
                    reason.replace('-', ' ') + ": " + exception,
                    new DeadLetters.Origin(context.topic(), context.partition(), context.offset(), context.timestamp()),
                    value);
            headers.add(
                    DeadLetters.KAFKA_EXCEPTION,
                    DeadLetters.utf8(exception.getClass().getName()));
            return List.of(new ProducerRecord<>(
                    topic,
                    null,
                    Math.max(0, context.timestamp()),
                    DeadLetters.cut(key, DeadLetters.MAXIMUM_KEY_BYTES),
                    DeadLetters.cut(value, DeadLetters.MAXIMUM_VALUE_BYTES),
                    headers));
        }
    }

    /** Key and value are plain bytes, so only Kafka's own deserialisation of a record can fail here. */
    public static final class Reading extends Sender implements DeserializationExceptionHandler {
        @Override
        public DeserializationExceptionHandler.Response handleError(
                ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
            log.error(
                    "{}-{} offset {} cannot be read; it goes to the dead-letter topic",
                    context.topic(),
                    context.partition(),
                    context.offset(),
                    exception);
            return DeserializationExceptionHandler.Response.resume(
                    deadLetter(context, DeadLetters.READING_FAILED, exception, record.key(), record.value()));
        }
    }

    /** A bug triggered by a well-formed frame. */
    public static final class Processing extends Sender implements ProcessingExceptionHandler {
        @Override
        public ProcessingExceptionHandler.Response handleError(
                ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
            if (exception instanceof KafkaException) {
                return ProcessingExceptionHandler.Response.fail();
            }
            log.error(
                    "processing {}-{} offset {} failed; the record goes to the dead-letter topic",
                    context.topic(),
                    context.partition(),
                    context.offset(),
                    exception);
            return ProcessingExceptionHandler.Response.resume(
                    deadLetter(context, DeadLetters.PROCESSING_FAILED, exception));
        }
    }

    /**
     * A record that the broker refuses. If it may succeed later it is retried; if it never can (too large for the topic) it
     * goes to the dead-letter topic. A changelog record is never skipped: the state would be lost with it.
     *
     * <p>Under exactly-once a refused record fails its whole transaction whatever a handler says, so {@link Topics#require}
     * checks beforehand that the topics accept what the service sends.
     */
    public static final class Sending extends Sender implements ProductionExceptionHandler {
        @Override
        public ProductionExceptionHandler.Response handleError(
                ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
            if (exception instanceof RetriableException) {
                return ProductionExceptionHandler.Response.retry();
            }
            boolean refused =
                    exception instanceof RecordTooLargeException || exception instanceof InvalidTimestampException;
            if (!refused || record.topic().endsWith(Topics.CHANGELOG_SUFFIX)) {
                return ProductionExceptionHandler.Response.fail();
            }
            if (isLetter(record)) {
                log.error("{} refused a dead-letter record; the record is lost", record.topic(), exception);
                count(DeadLetters.NOT_SENT);
                return ProductionExceptionHandler.Response.resume();
            }
            log.error("{} refused a record; it goes to the dead-letter topic", record.topic(), exception);
            return ProductionExceptionHandler.Response.resume(
                    deadLetter(context, DeadLetters.SENDING_FAILED, exception, record.key(), record.value()));
        }

        /** The topology sends bytes, so this cannot be a record's fault. */
        @Override
        @SuppressWarnings("rawtypes") // as the interface has it
        public ProductionExceptionHandler.Response handleSerializationError(
                ErrorHandlerContext context,
                ProducerRecord record,
                Exception exception,
                SerializationExceptionOrigin origin) {
            return ProductionExceptionHandler.Response.fail();
        }
    }
}
