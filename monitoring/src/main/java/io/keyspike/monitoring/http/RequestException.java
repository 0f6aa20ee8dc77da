package io.keyspike.monitoring.http;

/** A request that cannot be fulfilled, with the status and message to send. */
public final class RequestException extends RuntimeException {

    private final int status;

    /**
     * Made without a cause, since the client is told nothing but the sentence.
     *
     * @param status of HTTP, 400 to 599
     * @param sentence the message sent to the client; must not contain secrets or details of the machine
     */
    public RequestException(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /**
     * With status 400: something in the request is not as expected.
     *
     * @param sentence what was expected and what was found; sent to the client
     * @return to be thrown
     */
    public static RequestException malformed(String sentence) {
        return new RequestException(400, sentence);
    }

    /**
     * With status 404.
     *
     * @param sentence what does not exist; sent to the client
     * @return to be thrown
     */
    public static RequestException notFound(String sentence) {
        return new RequestException(404, sentence);
    }

    /** {@return the HTTP status to send} */
    public int status() {
        return status;
    }

    /** {@return the message to send} */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
