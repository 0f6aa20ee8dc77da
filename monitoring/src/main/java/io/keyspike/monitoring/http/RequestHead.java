package io.keyspike.monitoring.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The first line and the headers of a request (RFC 9112, sections 2 to 6), read strictly: what two readers could understand in two
 * ways is refused.
 *
 * @param method any token
 * @param target as it was sent, parsed
 * @param minor 0 or 1: the version is HTTP/1.0 or HTTP/1.1
 * @param headers as they were sent
 * @param length of the body in bytes; {@link #CHUNKED} for one in chunks
 */
record RequestHead(String method, URI target, int minor, Headers headers, long length) {

    static final long CHUNKED = -1;

    private static final String VERSION = "HTTP/1.";
    private static final String SEPARATORS = "\"(),/:;<=>?@[\\]{}";

    /**
     * Reads a head.
     *
     * @param in positioned behind the first byte
     * @param first byte of the head
     * @param most bytes of all lines together
     * @return null if the stream ends within it
     * @throws RequestException with the status to answer, if it is malformed or too long
     * @throws IOException if reading fails
     */
    static @Nullable RequestHead read(InputStream in, int first, int most) throws IOException {
        var lines = new Lines(in, most);
        String line = lines.next(first);
        if (line != null && line.isEmpty()) {
            line = lines.next(in.read()); // an empty line before a request is no error (section 2.2)
        }
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !isToken(parts[0]) || parts[1].isEmpty()) {
            throw RequestException.malformed("expected a method, a path and a version, found something else");
        }
        int minor = parts[2].equals(VERSION + "1") ? 1 : parts[2].equals(VERSION + "0") ? 0 : -1;
        if (minor < 0) {
            throw new RequestException(505, "expected HTTP/1.1 or HTTP/1.0, found something else");
        }
        var headers = new Headers();
        for (String header = lines.next(in.read()); ; header = lines.next(in.read())) {
            if (header == null) {
                return null;
            }
            if (header.isEmpty()) {
                break;
            }
            add(headers, header);
        }
        return new RequestHead(parts[0], target(parts[1]), minor, headers, length(headers));
    }

    private static void add(Headers headers, String line) {
        int colon = line.indexOf(':');
        if (colon < 0 || !isToken(line.substring(0, colon))) {
            throw RequestException.malformed("expected a header's name and a colon, found something else");
        }
        try {
            headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
        } catch (IllegalArgumentException e) {
            throw RequestException.malformed("expected a header of printable characters, found others");
        }
    }

    private static URI target(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw RequestException.malformed("expected a valid address, found something else");
        }
    }

    /** A body has one length or comes in chunks; with both, or with two lengths, readers disagree where it ends. */
    private static long length(Headers headers) {
        var lengths = headers.getOrDefault("Content-Length", List.of());
        var codings = headers.getOrDefault("Transfer-Encoding", List.of());
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new RequestException(501, "expected a body in chunks, found another encoding");
            }
            if (!lengths.isEmpty()) {
                throw RequestException.malformed("expected a length or chunks, found both");
            }
            return CHUNKED;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        String length = lengths.getFirst();
        if (lengths.size() > 1 || !length.matches("[0-9]{1,18}")) {
            throw RequestException.malformed("expected the length of the body, found something else");
        }
        return Long.parseLong(length);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && SEPARATORS.indexOf(c) < 0);
    }

    /** Whether the client wants to send more requests over this connection. */
    boolean staysOpen() {
        String connection = headers.getFirst("Connection");
        boolean closes =
                connection != null && connection.toLowerCase(Locale.ROOT).contains("close");
        return minor == 1 && !closes;
    }

    /** Lines that end with LF or CR LF, up to a number of bytes in all. */
    private static final class Lines {
        private final InputStream in;
        private final StringBuilder line = new StringBuilder();
        private int left;

        Lines(InputStream in, int most) {
            this.in = in;
            this.left = most;
        }

        /** @param first byte of the line, already read; null if the stream ends before the line does */
        @Nullable
        String next(int first) throws IOException {
            line.setLength(0);
            int c = first;
            while (c >= 0 && c != '\n') {
                if (left-- == 0) {
                    throw new RequestException(431, "expected shorter headers, found more");
                }
                line.append((char) c);
                c = in.read();
            }
            if (c < 0) {
                return null;
            }
            if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                line.setLength(line.length() - 1);
            }
            for (int i = 0; i < line.length(); i++) {
                if (line.charAt(i) < ' ' && line.charAt(i) != '\t') {
                    throw RequestException.malformed("expected printable characters in headers, found others");
                }
            }
            return line.toString();
        }
    }

    /** The text of a line as the bytes that it was. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
