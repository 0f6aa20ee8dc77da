package io.keyspike.app.kafka.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.hearing.KeywordEvent;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * {@link KeywordEvent} as JSON, and its headers by the Kafka binding of CloudEvents 1.0 in binary mode (section 3.2): the
 * value is the data, the headers {@code ce_…} are the attributes. The schema is the resource {@code KeywordEvent.schema.json}.
 */
public final class KeywordEventCodec {

    static final String CE_ID = "ce_id";
    static final String CE_SOURCE = "ce_source";
    static final String CE_TYPE = "ce_type";
    static final String CE_SPEC_VERSION = "ce_specversion";
    static final String CE_TIME = "ce_time";
    static final String CONTENT_TYPE = "content-type";

    static final String TYPE = "io.keyspike.keyword.heard.v1";

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Always six digits, so that times sort and parse alike. */
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private KeywordEventCodec() {}

    /** One line of JSON. */
    public static String toJson(KeywordEvent event) {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", event.id());
        node.put("device", event.device());
        node.put("keyword", event.keyword());
        node.put("score", event.score());
        node.put("model", event.model());
        node.put("sessionId", event.sessionId());
        node.put("samplePosition", event.samplePosition());
        node.put("audioTime", MICROS.format(event.audioTime()));
        node.put("emittedAt", MICROS.format(event.emittedAt()));
        node.put("latencyMillis", event.latencyMillis());
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers is always writable", e);
        }
    }

    public static byte[] encode(KeywordEvent event) {
        return toJson(event).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Parses an event; unknown fields are ignored.
     *
     * @throws IOException naming the field that is missing or of the wrong kind
     */
    public static KeywordEvent decode(byte[] json) throws IOException {
        JsonNode node = JSON.readTree(json);
        if (node == null) {
            throw new IOException("keyword event: expected JSON, found nothing");
        }
        return new KeywordEvent(
                text(node, "id"),
                text(node, "device"),
                text(node, "keyword"),
                (float) number(node, "score").asDouble(),
                text(node, "model"),
                text(node, "sessionId"),
                number(node, "samplePosition").asLong(),
                time(node, "audioTime"),
                time(node, "emittedAt"),
                number(node, "latencyMillis").asDouble());
    }

    public static Headers headers(KeywordEvent event) {
        var headers = new RecordHeaders();
        put(headers, CE_ID, event.id());
        put(headers, CE_SOURCE, "/devices/" + URLEncoder.encode(event.device(), StandardCharsets.UTF_8));
        put(headers, CE_TYPE, TYPE);
        put(headers, CE_SPEC_VERSION, "1.0");
        put(headers, CE_TIME, MICROS.format(event.audioTime()));
        put(headers, CONTENT_TYPE, "application/json");
        return headers;
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(JsonNode node, String name) throws IOException {
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            throw new IOException("keyword event: expected a string " + name + ", found " + value.getNodeType());
        }
        return value.textValue();
    }

    private static Instant time(JsonNode node, String name) throws IOException {
        try {
            return Instant.parse(text(node, name));
        } catch (DateTimeParseException e) {
            throw new IOException("keyword event: expected a time " + name + ", found other text", e);
        }
    }

    private static JsonNode number(JsonNode node, String name) throws IOException {
        JsonNode value = node.path(name);
        if (!value.isNumber()) {
            throw new IOException("keyword event: expected a number " + name + ", found " + value.getNodeType());
        }
        return value;
    }
}
