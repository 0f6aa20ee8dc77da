package io.keyspike.monitoring.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and its answer on a connection of {@link HttpListener}. */
final class Exchange extends HttpExchange {

    private static final Map<Integer, String> REASONS = Map.ofEntries(
            Map.entry(200, "OK"),
            Map.entry(204, "No Content"),
            Map.entry(303, "See Other"),
            Map.entry(304, "Not Modified"),
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(409, "Conflict"),
            Map.entry(413, "Content Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(505, "HTTP Version Not Supported"));

    private final Socket socket;
    private final RequestHead head;
    private final BodyIn in;
    private final OutputStream raw;
    private final Headers answer = new Headers();
    private @Nullable BodyOut out;
    private int status = -1;
    private boolean staysOpen;

    /** @param in positioned at the body */
    Exchange(Socket socket, RequestHead head, InputStream in, OutputStream raw) {
        this.socket = socket;
        this.head = head;
        this.raw = raw;
        this.in = new BodyIn(in, head.length(), this::invite);
        this.staysOpen = head.staysOpen();
    }

    /** A client that asked whether to send its body is told so when the body is wanted. */
    private void invite() {
        if (status < 0 && "100-continue".equalsIgnoreCase(head.headers().getFirst("Expect"))) {
            try {
                raw.write(RequestHead.bytes("HTTP/1.1 100 Continue\r\n\r\n"));
                raw.flush();
            } catch (IOException e) {
                staysOpen = false; // the body will not come, which its reader notices
            }
        }
    }

    /** Whether another request may follow: the answer is complete, and so was the body. */
    boolean mayGoOn() {
        BodyOut body = out;
        return staysOpen && body != null && body.isComplete() && in.isEnded();
    }

    @Override
    public Headers getRequestHeaders() {
        return head.headers();
    }

    @Override
    public Headers getResponseHeaders() {
        return answer;
    }

    @Override
    public URI getRequestURI() {
        return head.target();
    }

    @Override
    public String getRequestMethod() {
        return head.method();
    }

    @Override
    public InputStream getRequestBody() {
        return in;
    }

    @Override
    public OutputStream getResponseBody() {
        BodyOut body = out;
        if (body == null) {
            throw new IllegalStateException("expected the headers of the answer first");
        }
        return body;
    }

    /** @param length of the body; 0 for any, -1 for none */
    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
        if (status >= 0) {
            throw new IOException("the headers have been sent");
        }
        status = code;
        if (!in.isEnded()) {
            staysOpen = false; // a body that nobody read would be taken for the next request
        }
        boolean bodiless = code == 204 || code == 304 || getRequestMethod().equals("HEAD");
        long kind;
        if (length > 0) {
            kind = length;
            answer.set("Content-Length", Long.toString(length));
        } else if (length < 0) {
            kind = 0;
            if (!bodiless) {
                answer.set("Content-Length", "0");
            }
        } else if (head.minor() == 1) {
            kind = BodyOut.CHUNKED;
            answer.set("Transfer-Encoding", "chunked");
        } else {
            kind = BodyOut.OPEN;
        }
        if (!staysOpen || kind == BodyOut.OPEN) {
            staysOpen = false;
            answer.set("Connection", "close");
        }
        answer.set("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        var text = new StringBuilder("HTTP/1.1 ")
                .append(code)
                .append(' ')
                .append(REASONS.getOrDefault(code, ""))
                .append("\r\n");
        answer.forEach((name, values) -> values.forEach(
                value -> text.append(name).append(": ").append(value).append("\r\n")));
        raw.write(RequestHead.bytes(text.append("\r\n").toString()));
        out = new BodyOut(raw, kind);
        if (kind == 0) {
            out.close();
        }
    }

    @Override
    public void close() {
        BodyOut body = out;
        if (body == null) {
            staysOpen = false;
            return;
        }
        try {
            body.close();
        } catch (IOException e) {
            staysOpen = false;
        }
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public int getResponseCode() {
        return status;
    }

    @Override
    public String getProtocol() {
        return "HTTP/1." + head.minor();
    }

    @Override
    public HttpContext getHttpContext() {
        throw new UnsupportedOperationException("there is one context");
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return null;
    }

    @Override
    public void setAttribute(String name, Object value) {
        throw new UnsupportedOperationException("no attributes");
    }

    @Override
    public void setStreams(InputStream input, OutputStream output) {
        throw new UnsupportedOperationException("no filters");
    }

    @Override
    public @Nullable HttpPrincipal getPrincipal() {
        return null;
    }
}
