package io.keyspike.monitoring.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that has passed access control and limits. */
public final class Request {

    /** Deep nesting and long numbers are expensive to parse and have no use here. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(64)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final HttpExchange exchange;
    private final Route route;
    private final int bodyLimit;
    private final Map<String, String> query;

    Request(HttpExchange exchange, Route route, int bodyLimit) {
        this.exchange = exchange;
        this.route = route;
        this.bodyLimit = bodyLimit;
        this.query = parse(exchange.getRequestURI().getRawQuery());
    }

    /** {@return GET, HEAD, POST, PUT or DELETE} */
    public String method() {
        return exchange.getRequestMethod();
    }

    /** {@return the decoded path, from its first slash on} */
    public String path() {
        return exchange.getRequestURI().getPath();
    }

    /** {@return the part of the path after the route's path and a slash, decoded; empty if there is none} */
    public String rest() {
        String path = path();
        int start = route.path().equals("/") ? 1 : route.path().length() + 1;
        return path.length() <= start ? "" : path.substring(start);
    }

    /**
     * Looks up a header.
     *
     * @param name in upper or lower case
     * @return the first value, or null if the request has no such header
     */
    public @Nullable String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    /** {@return the client's address, or that of a proxy in between} */
    public InetAddress from() {
        return exchange.getRemoteAddress().getAddress();
    }

    /**
     * Looks up a parameter of the address.
     *
     * @param name decoded
     * @return the first value, decoded, or null if there is none
     */
    public @Nullable String query(String name) {
        return query.get(name);
    }

    /**
     * As {@link #query(String)}, for a parameter that must not be missing.
     *
     * @param name decoded
     * @return the first value, decoded, not empty
     * @throws RequestException with 400, if it is missing or empty
     */
    public String required(String name) {
        String value = query.get(name);
        if (value == null || value.isEmpty()) {
            throw RequestException.malformed("expected the parameter " + name + ", found none");
        }
        return value;
    }

    /**
     * A number among the parameters.
     *
     * @param name decoded
     * @param absent returned if there is no such parameter, in the range or not
     * @param least lowest number allowed
     * @param most highest number allowed
     * @return the number
     * @throws RequestException with 400, if it is not a whole number, or not in the range
     */
    public int query(String name, int absent, int least, int most) {
        String text = query.get(name);
        if (text == null) {
            return absent;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw RequestException.malformed(
                "expected a number from " + least + " to " + most + " for " + name + ", found something else");
    }

    /**
     * Reads the body; it can be read only once.
     *
     * @return the bytes, none if the request has no body
     * @throws RequestException with 413, if it is longer than the server's limit; with 400, if it is incomplete or its
     *     chunks are malformed
     */
    public byte[] body() {
        InputStream in = exchange.getRequestBody();
        byte[] bytes;
        try {
            bytes = in.readNBytes(bodyLimit + 1);
        } catch (IOException | RuntimeException e) { // the server's reader of chunks throws both at malformed sizes
            throw RequestException.malformed("expected a complete body in well-formed chunks, found something else");
        }
        if (bytes.length > bodyLimit) {
            throw new RequestException(413, "expected a body of at most " + bodyLimit + " bytes, found more");
        }
        return bytes;
    }

    /**
     * Reads the body as a JSON object.
     *
     * @return a new object, nested at most 16 deep
     * @throws RequestException if it is something else (400), or is not declared as {@code application/json} (415): a
     *     form on another site cannot declare that
     * @throws IOException if the client disconnects before it is complete
     */
    public ObjectNode json() throws IOException {
        String type = header("Content-Type");
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new RequestException(415, "expected a body of type application/json");
        }
        JsonNode node;
        try {
            node = JSON.readTree(body());
        } catch (JsonProcessingException e) {
            throw RequestException.malformed("expected a JSON object, found malformed JSON");
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw RequestException.malformed("expected a JSON object, found a different JSON value");
    }

    /**
     * A number of a JSON object; text and truth values are not taken for numbers.
     *
     * @param node the value of a field, or null if there is none
     * @param name of the field, for the message
     * @param least lowest number allowed
     * @param most highest number allowed
     * @return the number
     * @throws RequestException with 400, if it is something else or not in the range
     */
    public static double number(@Nullable JsonNode node, String name, double least, double most) {
        if (node == null || !node.isNumber() || !(node.asDouble() >= least && node.asDouble() <= most)) {
            throw RequestException.malformed(
                    "expected a number from " + least + " to " + most + " for " + name + ", found something else");
        }
        return node.asDouble();
    }

    /** The body as a form's fields. */
    Map<String, String> form() throws IOException {
        return parse(new String(body(), StandardCharsets.UTF_8));
    }

    private static Map<String, String> parse(@Nullable String raw) {
        var values = new LinkedHashMap<String, String>();
        if (raw == null || raw.isEmpty()) {
            return values;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            try {
                values.putIfAbsent(
                        URLDecoder.decode(name, StandardCharsets.UTF_8),
                        URLDecoder.decode(value, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw RequestException.malformed("expected valid percent-encoding in parameters, found invalid");
            }
        }
        return values;
    }
}
