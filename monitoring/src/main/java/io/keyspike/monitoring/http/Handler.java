package io.keyspike.monitoring.http;

import java.io.IOException;

/** What answers the requests of one {@link Route}; called on a virtual thread of the request's own. */
@FunctionalInterface
public interface Handler {

    /**
     * @throws RequestException with the status and the sentence to answer, if the request cannot be met
     * @throws IOException if something that is needed cannot be read; answered with 500
     */
    Answer answer(Request request) throws IOException;
}
