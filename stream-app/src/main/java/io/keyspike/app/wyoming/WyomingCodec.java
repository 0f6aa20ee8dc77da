package io.keyspike.app.wyoming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Serialised events, following the protocol's public description (github.com/OHF-Voice/wyoming):
 *
 * <pre>
 * {"type": "…", "data": {…}, "data_length": D, "payload_length": P}\n
 * D bytes of JSON, merged into data
 * P bytes of payload
 * </pre>
 *
 * The length of everything that a peer controls is limited.
 */
final class WyomingCodec {

    /** Longest header line. */
    static final int MAXIMUM_HEADER_BYTES = 64 * 1024;

    /** Longest additional data. */
    static final int MAXIMUM_DATA_BYTES = 256 * 1024;

    /** Longest payload: some 20 s of audio at 16 kHz; satellites send 64 ms at a time. */
    static final int MAXIMUM_PAYLOAD_BYTES = 1 << 20;

    private WyomingCodec() {}

    /**
     * Reads an event.
     *
     * @param begun called once the first byte has arrived; from then on the rest must follow soon
     * @return null at the end of the stream
     * @throws WyomingException if it is not a valid event
     * @throws IOException if the connection fails, also in the middle of an event
     */
    static @Nullable WyomingEvent read(InputStream in, Runnable begun) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        begun.run();
        ObjectNode header = object(line(in, first), "header");
        JsonNode type = header.path("type");
        if (!type.isTextual()) {
            throw new WyomingException("expected a header with a type, found " + shown(type));
        }
        byte[] more = bytes(in, length(header, "data_length", MAXIMUM_DATA_BYTES));
        byte[] payload = bytes(in, length(header, "payload_length", MAXIMUM_PAYLOAD_BYTES));
        ObjectNode data = Json.object();
        JsonNode inline = header.path("data");
        if (inline.isObject()) {
            data.setAll((ObjectNode) inline);
        } else if (!inline.isMissingNode() && !inline.isNull()) {
            throw new WyomingException("expected an object as data, found " + shown(inline));
        }
        if (more.length > 0) {
            data.setAll(object(new String(more, StandardCharsets.UTF_8), "data"));
        }
        return new WyomingEvent(type.textValue(), data, payload);
    }

    static void write(OutputStream out, WyomingEvent event) throws IOException {
        byte[] data = event.data().isEmpty() ? new byte[0] : utf8(Json.write(event.data()));
        ObjectNode header = Json.object().put("type", event.type());
        if (data.length > 0) {
            header.put("data_length", data.length);
        }
        if (event.payload().length > 0) {
            header.put("payload_length", event.payload().length);
        }
        var bytes = new ByteArrayOutputStream();
        bytes.write(utf8(Json.write(header) + "\n"));
        bytes.write(data);
        bytes.write(event.payload());
        out.write(bytes.toByteArray());
        out.flush();
    }

    private static String line(InputStream in, int first) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = first; next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new WyomingException("expected a line of JSON, found the end after " + line.size() + " bytes");
            }
            if (line.size() == MAXIMUM_HEADER_BYTES) {
                throw new WyomingException(
                        "expected a header of at most " + MAXIMUM_HEADER_BYTES + " bytes, found more");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static ObjectNode object(String text, String where) throws WyomingException {
        try {
            if (Json.read(text, where) instanceof ObjectNode object) {
                return object;
            }
        } catch (IllegalArgumentException e) {
            throw new WyomingException(String.valueOf(e.getMessage()), e);
        }
        throw new WyomingException(where + ": expected a JSON object, found something else");
    }

    private static int length(ObjectNode header, String name, int most) throws WyomingException {
        JsonNode value = header.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0 || value.intValue() > most) {
            throw new WyomingException("expected " + name + " from 0 to " + most + ", found " + shown(value));
        }
        return value.intValue();
    }

    private static byte[] bytes(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new WyomingException("expected " + length + " bytes, found the end after " + bytes.length);
        }
        return bytes;
    }

    static String shown(JsonNode value) {
        String text = value.isContainerNode() ? "a list or object" : value.toString();
        return text.isEmpty() ? "none" : text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
