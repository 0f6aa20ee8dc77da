package io.keyspike.monitoring.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The body of an answer: so many bytes, or chunks, or, before HTTP/1.1, all up to the end of the connection. */
final class BodyOut extends OutputStream {

    /** For the length: chunks. */
    static final long CHUNKED = -1;

    /** For the length: the connection ends with the body. */
    static final long OPEN = -2;

    private final OutputStream out;
    private final long length;
    private final byte[] chunk = new byte[4_096];
    private int filled;
    private long left;
    private boolean closed;

    /** @param length in bytes, {@link #CHUNKED} or {@link #OPEN} */
    BodyOut(OutputStream out, long length) {
        this.out = out;
        this.length = length;
        this.left = Math.max(0, length);
    }

    /** Whether all that was announced has been written. */
    boolean isComplete() {
        return closed && left == 0 && length != OPEN;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (closed) {
            throw new IOException("the answer has ended");
        }
        if (length >= 0) {
            if (count > left) {
                throw new IOException("expected at most " + left + " bytes more, found " + count);
            }
            left -= count;
            out.write(bytes, offset, count);
            return;
        }
        int at = offset;
        int rest = count;
        while (rest > 0) {
            int now = Math.min(rest, chunk.length - filled);
            System.arraycopy(bytes, at, chunk, filled, now);
            filled += now;
            at += now;
            rest -= now;
            if (filled == chunk.length) {
                writeChunk();
            }
        }
    }

    private void writeChunk() throws IOException {
        if (filled == 0) {
            return;
        }
        if (length == CHUNKED) {
            out.write((Integer.toHexString(filled) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(chunk, 0, filled);
        if (length == CHUNKED) {
            out.write('\r');
            out.write('\n');
        }
        filled = 0;
    }

    @Override
    public void flush() throws IOException {
        writeChunk();
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        writeChunk();
        if (length == CHUNKED) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
    }
}
