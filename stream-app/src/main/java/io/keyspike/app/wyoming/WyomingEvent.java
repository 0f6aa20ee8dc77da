package io.keyspike.app.wyoming;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.json.Json;

/**
 * An event of the protocol.
 *
 * @param type such as {@code audio-chunk}
 * @param data its data; empty for none
 * @param payload bytes that belong to it, such as samples; empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record WyomingEvent(String type, ObjectNode data, byte[] payload) {

    private static final byte[] NOTHING = new byte[0];

    static WyomingEvent of(String type, ObjectNode data) {
        return new WyomingEvent(type, data, NOTHING);
    }

    static WyomingEvent of(String type) {
        return of(type, Json.object());
    }

    /** Reports an error to the peer. */
    static WyomingEvent error(String sentence) {
        return of("error", Json.object().put("text", sentence).put("code", "keyspike"));
    }
}
