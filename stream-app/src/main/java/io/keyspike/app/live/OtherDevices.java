package io.keyspike.app.live;

import java.util.List;
import java.util.Map;

/** Devices that other instances of the service hear, which this one's page can name but not show. */
@FunctionalInterface
public interface OtherDevices {

    /** For a service of one instance. */
    OtherDevices NONE = (text, limit) -> new Found(Map.of(), List.of());

    /**
     * Devices found.
     *
     * @param instances by device, the instance that hears it, {@code host:port}
     * @param silent what kept the list from being complete, a sentence each
     */
    record Found(Map<String, String> instances, List<String> silent) {}

    /**
     * Devices of other instances whose name contains a text, ordered by name.
     *
     * @param limit maximum number returned
     */
    Found find(String text, int limit);
}
