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
 * @param status of HTTP, 200 to 599
 * @param type content type
 * @param headers further headers by name
 * @param body complete or streamed
 */
public record Answer(int status, String type, Map<String, String> headers, Body body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The content of an answer. */
    public sealed interface Body {
        /**
         * A complete body.
         *
         * @param bytes not copied; may be empty
         */
        @SuppressWarnings("ArrayRecordComponent") // never compared; no other reference to it exists
        record Whole(byte[] bytes) implements Body {}

        /**
         * Written incrementally, for any length of time; ends when it returns, is interrupted or the client leaves.
         *
         * @param writer called once, on the request's thread
         */
        record Streamed(Writer writer) implements Body {}
    }

    /** Writes a streamed body; every {@code flush} is sent at once. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Writes the body, until it is complete or there is no reader.
         *
         * @param out the connection; closed by the server
         * @throws InterruptedException when the server closes, or the client has read nothing for too long
         * @throws IOException when the client has disconnected
         */
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    /**
     * Copies the headers.
     *
     * @throws NullPointerException if a name or a value is null
     * @throws IllegalArgumentException if a value has a line end or another control character
     */
    public Answer {
        headers = Map.copyOf(headers);
        headers.forEach((name, value) -> {
            if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                throw new IllegalArgumentException("answer: expected one line in header " + name + ", found more");
            }
        });
    }

    /**
     * A complete body of any type.
     *
     * @param status of HTTP
     * @param type content type
     * @param bytes not copied
     * @return an answer without further headers
     */
    public static Answer bytes(int status, String type, byte[] bytes) {
        return new Answer(status, type, Map.of(), new Body.Whole(bytes));
    }

    /**
     * Plain text in UTF-8.
     *
     * @param status of HTTP
     * @param text without a line end of its own, none is added
     * @return an answer of type {@code text/plain}
     */
    public static Answer text(int status, String text) {
        return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * JSON, status 200.
     *
     * @param node written at once, so that it may change afterwards
     * @return an answer of one line
     */
    public static Answer json(JsonNode node) {
        return json(200, node);
    }

    /**
     * JSON on one line, with any status.
     *
     * @param status of HTTP
     * @param node written at once, so that it may change afterwards
     * @return an answer of type {@code application/json}
     */
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

    /**
     * {@code {"error": sentence}}.
     *
     * @param status of HTTP, 400 to 599
     * @param sentence what was expected and what was found; must not contain secrets or details of the machine
     * @return an answer of type {@code application/json}
     */
    public static Answer error(int status, String sentence) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", sentence));
    }

    /**
     * Success without content.
     *
     * @return an answer with status 204
     */
    public static Answer done() {
        return bytes(204, "text/plain; charset=utf-8", new byte[0]);
    }

    /**
     * A streamed body, status 200.
     *
     * @param type content type
     * @param writer called once, unless the request is HEAD
     * @return an answer that ends when the writer returns
     */
    public static Answer streamed(String type, Writer writer) {
        return new Answer(200, type, Map.of(), new Body.Streamed(writer));
    }

    /**
     * A redirect, to be fetched with GET.
     *
     * @param location path or address of the other page
     * @return an answer with status 303
     */
    public static Answer seeOther(String location) {
        return text(303, "").withHeader("Location", location);
    }

    /**
     * The same answer with one more header, or with another value for one that it has.
     *
     * @param name as in HTTP
     * @param value without line ends
     * @return a copy; this answer is not changed
     */
    public Answer withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, type, more, body);
    }
}
