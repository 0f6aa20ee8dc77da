package io.keyspike.app.kafka;

import io.keyspike.monitoring.KeyspikeMeters;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when processing a well-formed frame throws: the frame becomes a dead letter and the stream goes on. Trouble
 * with Kafka or the state store is not the frame's fault and is passed on, to {@link ThreadReplacement}.
 */
public final class DeadLetterHandler implements ProcessingExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterHandler.class);

    /** Setting that carries the {@link KeyspikeMeters} in. */
    static final String METERS = "keyspike.meters";

    private @Nullable KeyspikeMeters meters;

    @Override
    public void configure(Map<String, ?> configs) {
        if (configs.get(METERS) instanceof KeyspikeMeters configured) {
            meters = configured;
        }
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        if (exception instanceof KafkaException) {
            return Response.fail();
        }
        log.error(
                "processing {}-{} offset {} failed; it becomes a dead letter",
                context.topic(),
                context.partition(),
                context.offset(),
                exception);
        KeyspikeMeters counters = meters;
        if (counters != null) {
            counters.deadLetter(DeadLetters.PROCESSING_FAILED);
        }
        byte[] value = context.sourceRawValue();
        var headers = DeadLetters.headers(
                context.headers(),
                DeadLetters.PROCESSING_FAILED,
                "processing threw " + exception,
                context.topic(),
                context.partition(),
                context.offset(),
                context.timestamp(),
                value);
        return Response.resume(List.of(new ProducerRecord<>(
                Topics.DEAD_LETTERS,
                null,
                context.timestamp(),
                DeadLetters.cut(context.sourceRawKey(), DeadLetters.MAXIMUM_KEY_BYTES),
                DeadLetters.cut(value, DeadLetters.MAXIMUM_VALUE_BYTES),
                headers)));
    }
}
