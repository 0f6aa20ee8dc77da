package io.keyspike.monitoring.http;

import java.io.IOException;

/** Handles the requests of one {@link Route}; called on a virtual thread per request. */
@FunctionalInterface
public interface Handler {

    /**
     * @throws RequestException with the status and message to send, if the request cannot be fulfilled
     * @throws IOException if a resource cannot be read; answered with 500
     */
    Answer answer(Request request) throws IOException;
}
