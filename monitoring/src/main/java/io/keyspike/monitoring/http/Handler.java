package io.keyspike.monitoring.http;

import java.io.IOException;

/** Handles the requests of one {@link Route}; called on a virtual thread per request. */
@FunctionalInterface
public interface Handler {

    /**
     * Answers one request.
     *
     * @param request to be read on this thread, before the method returns
     * @return complete, or with a writer that the server calls next
     * @throws RequestException with the status and message to send, if the request cannot be fulfilled
     * @throws IOException if a resource cannot be read; answered with 500
     */
    Answer answer(Request request) throws IOException;
}
