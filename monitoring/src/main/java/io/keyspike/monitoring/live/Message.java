package io.keyspike.monitoring.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One server-sent event, the same for all its viewers. It is put into words by the first viewer that sends it, not by the
 * stream that it comes from.
 */
public final class Message {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String kind;
    private @Nullable Supplier<JsonNode> content;
    private byte @Nullable [] bytes;

    /**
     * Makes a message whose content is computed only if a viewer sends it.
     *
     * @param kind name of the event
     * @param content asked once at most; must no longer change
     */
    public Message(String kind, Supplier<JsonNode> content) {
        this.kind = kind;
        this.content = content;
    }

    /** {@code event: kind}, {@code data: {…}} and an empty line. JSON escapes line ends, so events cannot be forged. */
    synchronized byte[] bytes() {
        byte[] made = bytes;
        Supplier<JsonNode> source = content;
        if (made == null && source != null) {
            try {
                made = ("event: " + kind + "\ndata: " + JSON.writeValueAsString(source.get()) + "\n\n")
                        .getBytes(StandardCharsets.UTF_8);
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
            bytes = made;
            content = null;
        }
        return made == null ? new byte[0] : made;
    }
}
