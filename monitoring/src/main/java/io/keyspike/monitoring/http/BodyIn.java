package io.keyspike.monitoring.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a request: so many bytes, or chunks (RFC 9112, section 7.1). Ends with the body, not with the connection, and skips
 * trailers.
 */
final class BodyIn extends InputStream {

    private static final int MOST_CHUNK_DIGITS = 8;
    private static final int MOST_LINE = 4_096;
    private static final int MOST_TRAILERS = 64;

    private final InputStream in;
    private final Runnable begun;
    private final boolean chunked;
    private long left;
    private boolean started;
    private boolean ended;

    /**
     * @param length in bytes, or {@link RequestHead#CHUNKED}
     * @param begun called before the first byte is read
     */
    BodyIn(InputStream in, long length, Runnable begun) {
        this.in = in;
        this.begun = begun;
        this.chunked = length == RequestHead.CHUNKED;
        this.left = chunked ? 0 : length;
        this.ended = length == 0;
    }

    /** Whether the whole body has been read. */
    boolean isEnded() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ended && !started) {
            started = true;
            begun.run();
            if (chunked) {
                nextChunk();
            }
        }
        if (ended) {
            return -1;
        }
        int read = in.read(bytes, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("expected " + left + " bytes more, found the end");
        }
        left -= read;
        if (left == 0) {
            if (chunked) {
                if (!line().isEmpty()) {
                    throw new IOException("expected the end of a chunk, found more");
                }
                nextChunk();
            } else {
                ended = true;
            }
        }
        return read;
    }

    private void nextChunk() throws IOException {
        String size = line().split(";", 2)[0].strip();
        if (!size.matches("[0-9a-fA-F]{1," + MOST_CHUNK_DIGITS + "}")) {
            throw new IOException("expected the size of a chunk, found something else");
        }
        left = Long.parseLong(size, 16);
        if (left > 0) {
            return;
        }
        for (int i = 0; !line().isEmpty(); i++) {
            if (i == MOST_TRAILERS) {
                throw new IOException("expected the end of the trailers, found more");
            }
        }
        ended = true;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() == MOST_LINE) {
                throw new IOException("expected the end of a line, found none");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }
}
