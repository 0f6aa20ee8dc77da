package io.keyspike.app.kafka.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The format of records in {@link Topics#DEAD_LETTERS}: key, value and headers of the bad record, and headers that give the
 * reason and its origin. A key or value so long that the broker might refuse it is truncated, and a header records that: a
 * bad record must never block good ones.
 */
public final class DeadLetters {

    /** The reason, as a word for programs: {@code no-key}, {@code bad-magic}, … */
    public static final String REASON = "keyspike.reason";

    /** The reason, as a sentence for people. */
    public static final String ERROR = "keyspike.error";

    public static final String TOPIC = "keyspike.topic";
    public static final String PARTITION = "keyspike.partition";
    public static final String OFFSET = "keyspike.offset";

    /** The bad record's timestamp, milliseconds since the epoch. */
    public static final String TIMESTAMP = "keyspike.timestamp";

    /** Original length of a truncated value; absent if it is complete. */
    public static final String VALUE_LENGTH = "keyspike.value.length";

    // The names that Kafka's own handlers use for the same facts (KIP-1034), for programs that read any dead-letter
    // topic.
    public static final String KAFKA_EXCEPTION = "__streams.errors.exception";
    private static final String KAFKA_MESSAGE = "__streams.errors.message";
    private static final String KAFKA_TOPIC = "__streams.errors.topic";
    private static final String KAFKA_PARTITION = "__streams.errors.partition";
    private static final String KAFKA_OFFSET = "__streams.errors.offset";

    public static final String NO_KEY = "no-key";
    public static final String BAD_KEY = "bad-key";
    public static final String NO_VALUE = "no-value";
    public static final String OTHER_SAMPLE_RATE = "other-sample-rate";
    public static final String IMPLAUSIBLE_SEQUENCE = "implausible-sequence";
    public static final String READING_FAILED = "reading-failed";
    public static final String PROCESSING_FAILED = "processing-failed";
    public static final String SENDING_FAILED = "sending-failed";

    /** For meters only: a dead-letter record that its own topic refused. */
    public static final String NOT_SENT = "letter-not-sent";

    /** Half of a broker's default limit, so that the headers fit too. */
    public static final int MAXIMUM_VALUE_BYTES = 512 * 1024;

    public static final int MAXIMUM_KEY_BYTES = 16 * 1024;
    private static final int MAXIMUM_HEADER_BYTES = 64 * 1024;
    private static final int MAXIMUM_SENTENCE = 1_000;

    /** Largest size of a dead-letter record, with its own headers. */
    static final int LARGEST_BYTES = MAXIMUM_VALUE_BYTES + MAXIMUM_KEY_BYTES + MAXIMUM_HEADER_BYTES + 16 * 1024;

    private DeadLetters() {}

    /** The word for an enum constant: {@code TOO_SHORT} is {@code too-short}. */
    static String word(Enum<?> reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The dead-letter record of a bad record, truncated if necessary. */
    public static Record<byte[], byte[]> record(
            byte @Nullable [] key, byte @Nullable [] value, long timestamp, Headers headers) {
        return new Record<>(cut(key, MAXIMUM_KEY_BYTES), cut(value, MAXIMUM_VALUE_BYTES), timestamp, headers);
    }

    /**
     * Where a bad record came from.
     *
     * @param timestamp the record's own, milliseconds since the epoch
     */
    public record Origin(String topic, int partition, long offset, long timestamp) {}

    /**
     * The headers of a dead-letter record: the bad record's own as far as they fit, then why it was refused and where it
     * came from.
     *
     * @param reason as a word for programs, for {@link #REASON}
     * @param sentence for people, cut where it is long, for {@link #ERROR}
     * @param value of the bad record, before it is cut
     * @return new headers
     */
    public static Headers headers(
            Headers original, String reason, String sentence, Origin origin, byte @Nullable [] value) {
        var headers = new RecordHeaders();
        int bytes = 0;
        for (Header header : original) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
            if (bytes > MAXIMUM_HEADER_BYTES) {
                break;
            }
            headers.add(header);
        }
        byte[] error = utf8(sentence.length() > MAXIMUM_SENTENCE ? sentence.substring(0, MAXIMUM_SENTENCE) : sentence);
        put(headers, REASON, reason);
        headers.add(ERROR, error).add(KAFKA_MESSAGE, error);
        headers.add(TOPIC, utf8(origin.topic())).add(KAFKA_TOPIC, utf8(origin.topic()));
        byte[] partitionText = utf8(String.valueOf(origin.partition()));
        headers.add(PARTITION, partitionText).add(KAFKA_PARTITION, partitionText);
        byte[] offsetText = utf8(String.valueOf(origin.offset()));
        headers.add(OFFSET, offsetText).add(KAFKA_OFFSET, offsetText);
        if (original.lastHeader(TIMESTAMP) == null) { // else LenientTimestamps has noted it
            put(headers, TIMESTAMP, String.valueOf(origin.timestamp()));
        }
        if (value != null && value.length > MAXIMUM_VALUE_BYTES) {
            put(headers, VALUE_LENGTH, String.valueOf(value.length));
        }
        return headers;
    }

    public static byte @Nullable [] cut(byte @Nullable [] bytes, int maximum) {
        return bytes == null || bytes.length <= maximum ? bytes : Arrays.copyOf(bytes, maximum);
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(name, utf8(value));
    }
}
