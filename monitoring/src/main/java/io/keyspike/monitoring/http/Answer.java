package io.keyspike.monitoring.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The response to a request.
 *
 * @param type content type
 * @param headers further headers by name
 */
public record Answer(int status, String type, Map<String, String> headers, Body body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The content of an answer. */
    public sealed interface Body {
        /** A complete body. */
        @SuppressWarnings("ArrayRecordComponent") // never compared; no other reference to it exists
        record Whole(byte[] bytes) implements Body {}

        /** Written incrementally, for any length of time; ends when it returns, is interrupted or the client leaves. */
        record Streamed(Writer writer) implements Body {}
    }

    /** Writes a streamed body; every {@code flush} is sent at once. */
    @FunctionalInterface
    public interface Writer {
        /** @throws InterruptedException when the server closes */
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** A complete body of any type. */
    public static Answer bytes(int status, String type, byte[] bytes) {
        return new Answer(status, type, Map.of(), new Body.Whole(bytes));
    }

    /** Plain text in UTF-8. */
    public static Answer text(int status, String text) {
        return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON, status 200. */
    public static Answer json(JsonNode node) {
        return json(200, node);
    }

    /** JSON, a line of it. */
    public static Answer json(int status, JsonNode node) {
        try {
            return bytes(
                    status,
                    "application/json",
                    (JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code {"error": sentence}}. */
    public static Answer error(int status, String sentence) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", sentence));
    }

    /** Success without content. */
    public static Answer done() {
        return bytes(204, "text/plain; charset=utf-8", new byte[0]);
    }

    /** A streamed body. */
    public static Answer streamed(String type, Writer writer) {
        return new Answer(200, type, Map.of(), new Body.Streamed(writer));
    }

    /** A redirect, to be fetched with GET. */
    public static Answer seeOther(String location) {
        return text(303, "").withHeader("Location", location);
    }

    /** The same with one more header. */
    public Answer withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, type, more, body);
    }
}
