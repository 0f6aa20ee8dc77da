package io.keyspike.app.kafka.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.kafka.wire.FrameReader;
import io.keyspike.monitoring.http.Answer;
import io.keyspike.monitoring.http.Request;
import io.keyspike.monitoring.http.RequestException;
import io.keyspike.monitoring.http.Route;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /devices/ID}: a device's state. {@code GET /devices?prefix=P&limit=N}: the devices, ordered by id. With
 * {@code local=true} the instance asks no other.
 */
public final class DeviceRoutes {

    static final String LOCAL = "local";

    private static final int DEFAULT_LIMIT = 100;
    private static final int HIGHEST_LIMIT = 1_000;

    private DeviceRoutes() {}

    public static Route of(DeviceQuery query) {
        return Route.getBelow(
                "/devices", request -> request.rest().isEmpty() ? list(query, request) : device(query, request));
    }

    private static Answer device(DeviceQuery query, Request request) {
        String device = limited(request.rest(), "device id");
        DeviceQuery.Result result = isLocal(request) ? query.findHere(device) : query.find(device);
        return switch (result) {
            case DeviceQuery.Result.Found found -> Answer.json(found.state());
            case DeviceQuery.Result.Unknown unknown ->
                throw RequestException.notFound("unknown device: it has never sent audio, or its state has expired");
            case DeviceQuery.Result.Unavailable unavailable -> throw new RequestException(503, unavailable.sentence());
        };
    }

    private static Answer list(DeviceQuery query, Request request) {
        String given = request.query("prefix");
        String prefix = given == null ? "" : limited(given, "prefix");
        int limit = request.query("limit", DEFAULT_LIMIT, 1, HIGHEST_LIMIT);
        DeviceQuery.Listing listing = isLocal(request) ? query.listHere(prefix, limit) : query.list(prefix, limit);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("devices").addAll(listing.devices().values());
        json.put("more", listing.more()).put("incomplete", listing.incomplete());
        return Answer.json(json);
    }

    private static boolean isLocal(Request request) {
        return "true".equals(request.query(LOCAL));
    }

    private static String limited(String text, String what) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > FrameReader.MAXIMUM_DEVICE_BYTES) {
            throw RequestException.malformed("expected a " + what + " of at most " + FrameReader.MAXIMUM_DEVICE_BYTES
                    + " bytes of UTF-8, found " + bytes);
        }
        return text;
    }
}
