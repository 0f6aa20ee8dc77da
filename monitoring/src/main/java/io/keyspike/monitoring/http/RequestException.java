package io.keyspike.monitoring.http;

/** A request that cannot be fulfilled, with the status and message to send. */
public final class RequestException extends RuntimeException {

    private final int status;

    /**
     * @param status of HTTP, 400 to 599
     * @param sentence the message sent to the client; must not contain secrets or details of the machine
     */
    public RequestException(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** With status 400: something in the request is not as expected. */
    public static RequestException malformed(String sentence) {
        return new RequestException(400, sentence);
    }

    /** With status 404. */
    public static RequestException notFound(String sentence) {
        return new RequestException(404, sentence);
    }

    /** The HTTP status to send. */
    public int status() {
        return status;
    }

    /** The message to send. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
